"""What verification refuses, by name."""


class VerificationRefused(Exception):
    """What cannot be confirmed, or a campaign that cannot be run, as things are; the text says why."""
