"""What can be wrong with a questionnaire or with answers, by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class AnswersRefused(ValueError):
    """Answers that a questionnaire does not take: ``faults`` says why, by question. In English: programs
    read it, and pages offer no such answer."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(" ".join(faults.values()))
        self.faults = dict(faults)


class ContentRefused(ValueError):
    """A content that no version may hold; ``faults`` are sentences for who wrote it."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__(" ".join(faults))
        self.faults = list(faults)


class PublishingRefused(Exception):
    """A version that cannot be published as things are; the text says why."""


class ResponseRefused(Exception):
    """Something that cannot be done with a profile as things are; the text says why."""


class SessionRefused(Exception):
    """A session that cannot be opened or joined as things are; the text says why."""
