"""What this room refuses, by name."""

from __future__ import annotations

from collections.abc import Sequence

from formats.listing import Fault


class DiagnosisError(Exception):
    """Base of the errors of this room."""


class OfficialRefused(DiagnosisError):
    """A table of official figures that cannot be loaded; ``faults`` are put in words by ``official.said``."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(faults)
        self.faults = tuple(faults)


class SavingRefused(DiagnosisError):
    """A diagnosis that cannot be saved; says why, in the words of who asked."""


class NothingCounted(DiagnosisError):
    """Figures were never counted on this site: ``manage.py count_figures`` does it."""
