"""Numbers as they are printed: with their unit, in the reader's language."""

from __future__ import annotations

import phonenumbers
from django.utils.formats import number_format

FRANCE = 33
NO_BREAK_SPACE = "\u00a0"


def plain(value: float, decimals: int = 0) -> str:
    # Django cuts decimals off; a reader expects them rounded.
    return number_format(round(value, decimals), decimals, use_l10n=True, force_grouping=True)


def length(metres: float) -> str:
    """A distance in metres under a kilometre, in kilometres from there."""
    if metres < 1_000:
        return f"{plain(round(metres))}{NO_BREAK_SPACE}m"
    kilometres = metres / 1_000
    decimals = 0 if kilometres >= 20 or kilometres == int(kilometres) else 1
    return f"{plain(kilometres, decimals)}{NO_BREAK_SPACE}km"


def area(km2: float) -> str:
    decimals = 0 if km2 >= 100 else 1 if km2 >= 1 else 2
    return f"{plain(km2, decimals)}{NO_BREAK_SPACE}km²"


def printed_phone(number: str) -> str:
    """A French number in pairs, a foreign one with its country code; as it came where it cannot be read."""
    try:
        read = phonenumbers.parse(number, "FR")
    except phonenumbers.NumberParseException:
        return number
    national = read.country_code == FRANCE
    form = (
        phonenumbers.PhoneNumberFormat.NATIONAL if national else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    )
    return phonenumbers.format_number(read, form).replace(" ", NO_BREAK_SPACE)


def dialled(number: str) -> str:
    """The number for a ``tel:`` link; empty where it cannot be read."""
    try:
        read = phonenumbers.parse(number, "FR")
    except phonenumbers.NumberParseException:
        return ""
    return phonenumbers.format_number(read, phonenumbers.PhoneNumberFormat.E164)
