"""What the tests of this room share."""

from tests.france import creuse, creuse_committed

__all__ = ["creuse", "creuse_committed"]
