"""What this room refuses, by name."""


class EventRefused(Exception):
    """Something that cannot be done with an event as things are: messages by the name of the field, under
    ``""`` where it is of no field."""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__(" ".join(faults.values()))
        self.faults = faults


class RegistrationRefused(Exception):
    """Something that cannot be done with a registration or an invitation as things are; the text says why."""
