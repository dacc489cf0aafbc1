"""What this room refuses, by name."""


class AccountError(Exception):
    """Base of the errors of this room."""


class LastAdministrator(AccountError):
    """Nobody would be left to administer the site: first somebody else must be made administrator."""
