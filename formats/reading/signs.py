"""Signs that nobody typed: control signs, and UTF-8 that some program took for Windows-1252."""

from __future__ import annotations

import codecs
import re

# Bytes that Windows-1252 leaves undefined are kept as the sign of the same number, so that none is lost.
SAME_NUMBER = "same-number"


def same_number(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("latin-1"), error.end


codecs.register_error(SAME_NUMBER, same_number)


def as_read(numbers: range) -> str:
    """The signs that Windows-1252 reads in these bytes, for use between brackets in a pattern."""
    return re.escape(bytes(numbers).decode("cp1252", SAME_NUMBER))


# A surrogate that stands alone comes from escaped JSON; no encoding holds it, nor does a database.
BINARY = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
# What turns the direction of a text comes with numbers copied from an address book, and would turn the page
# around it.
CONTROL = re.compile(f"{BINARY.pattern[:-1]}\u202a-\u202e\u2066-\u2069]")
# é, à, ç… (C3), « » ° and hard spaces (C2), œ Œ (C5 93, C5 92), quotes, dashes and € (E2 80…84, E2 82 AC),
# each byte read as a sign of its own. No French word puts these signs beside each other.
FOLLOWING = f"[{as_read(range(0x80, 0xC0))}]"
DOUBLE = re.compile(
    f"[\xc2\xc3]{FOLLOWING}|\xc5[{as_read(range(0x92, 0x94))}]|\xe2[{as_read(range(0x80, 0x83))}]{FOLLOWING}"
)
ODD = re.compile(f"{CONTROL.pattern}|{DOUBLE.pattern}")
SIGN_OF = {number: bytes([number]).decode("cp1252", SAME_NUMBER) for number in range(0x80, 0x100)}
NUMBER_OF = {sign: number for number, sign in SIGN_OF.items()}


def without_control(text: str) -> str:
    return CONTROL.sub("", text)


def without_double_encoding(text: str) -> str:
    return DOUBLE.sub(read_again, text)


def read_again(found: re.Match[str]) -> str:
    try:
        return bytes(NUMBER_OF[sign] for sign in found[0]).decode()
    except UnicodeDecodeError:
        return found[0]
