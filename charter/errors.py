"""What this room refuses, by name."""


class SigningRefused(Exception):
    """Something that cannot be done with a signature or a version as things are; the text says why."""
