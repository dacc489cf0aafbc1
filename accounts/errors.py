"""What this room refuses, by name."""


class AccountError(Exception):
    """Base of the errors of this room."""


class LastAdministrator(AccountError):
    """Nobody would be left to administer the site: first somebody else must be made administrator."""


class TokenRefused(AccountError):
    """A key of the API that opens nothing, or cannot be made; ``reason`` is ``unknown``, ``expired``,
    ``revoked``, ``closed`` (the account) or ``too-many``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
