"""What the directory refuses, by name."""


class DirectoryError(Exception):
    """Base of the errors of this room."""


class BadCriteria(DirectoryError):
    """Search criteria that cannot be read: messages by the name of the parameter."""

    def __init__(self, refusals: dict[str, list[str]]) -> None:
        super().__init__("; ".join(f"{name}: {' '.join(messages)}" for name, messages in refusals.items()))
        self.refusals = refusals


class BadCursor(DirectoryError):
    """A page cursor that was altered, or that belongs to another search."""
