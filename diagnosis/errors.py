"""What this room refuses, by name."""


class DiagnosisError(Exception):
    """Base of the errors of this room."""


class NothingCounted(DiagnosisError):
    """Figures were never counted on this site: ``manage.py count_figures`` does it."""
