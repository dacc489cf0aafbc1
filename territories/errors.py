"""What the territories refuse, by name."""


class TerritoryError(Exception):
    """Base of the refusals of this room; the text is meant for whoever gave the input."""


class UnknownTerritory(TerritoryError):
    """No territory bears this id, nor did one before."""


class LoadRefused(TerritoryError):
    """What was to be loaded does not hold together; nothing was written."""


class InvalidPerimeter(TerritoryError):
    """A custom territory was given no commune, too many of them, or something that is not a commune."""


class AddressServiceDown(TerritoryError):
    """The national address service failed, or did a moment ago."""
