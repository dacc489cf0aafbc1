"""NaN and Infinity, which programs write into JSON and JSON does not know: read as nothing at all."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, fields
from typing import Any, BinaryIO

from formats.reading.table import LONGEST_CELL, Unreadable
from formats.reading.text import CHUNK, Text

STRING = rb'"(?:[^"\\]|\\.)*+"'
TOKEN = re.compile(STRING + rb"|-?\b(?:NaN|Infinity)\b", re.DOTALL)
WHOLE = re.compile(STRING, re.DOTALL)
HINTS = (b"NaN", b"Infinity")
# No string is as long.
MOST_KEPT = 16 * LONGEST_CELL


class Mending(io.RawIOBase):
    """A file of JSON, each number that is none as ``null``; texts are left as they are."""

    def __init__(self, file: BinaryIO) -> None:
        self.file, self.kept, self.ready, self.count = file, b"", b"", 0

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        self.file.close()
        super().close()

    def readinto(self, buffer: Any) -> int:
        while not self.ready:
            piece = self.file.read(CHUNK)
            text = self.kept + piece
            end = whole(text) if piece else len(text)
            self.ready, self.kept = TOKEN.sub(self.mended, text[:end]), text[end:]
            if len(self.kept) > MOST_KEPT:
                raise Unreadable("cell-too-long", most=LONGEST_CELL)
            if not piece:
                break
        size = min(len(buffer), len(self.ready))
        buffer[:size], self.ready = self.ready[:size], self.ready[size:]
        return size

    def mended(self, found: re.Match[bytes]) -> bytes:
        if found[0].startswith(b'"'):
            return found[0]
        self.count += 1
        return b"null"


def whole(text: bytes) -> int:
    """How far the text goes that cuts neither a string nor a number."""
    last = 0
    for string in WHOLE.finditer(text):
        last = string.end()
    opened = text.find(b'"', last)
    return opened if opened >= 0 else max(last, *(text.rfind(sign, last) + 1 for sign in (b",", b"]", b"}")))


@dataclass(frozen=True, slots=True)
class Mended(Text):
    """A text read so."""

    def stream(self) -> BinaryIO:
        return io.BufferedReader(Mending(Text.stream(self)), CHUNK)


def mended(text: Text) -> tuple[Text, int]:
    """The text as JSON, and how many numbers of it are none; as it is where there are none."""
    if not hinted(text):
        return text, 0
    reading = Mending(text.stream())
    with io.BufferedReader(reading, CHUNK) as file:
        while file.read(CHUNK):
            pass
        count = reading.count
    return (Mended(*(getattr(text, each.name) for each in fields(text))), count) if count else (text, 0)


def hinted(text: Text) -> bool:
    rest = b""
    with text.stream() as file:
        while piece := file.read(CHUNK):
            if any(hint in rest + piece for hint in HINTS):
                return True
            rest = piece[-10:]
    return False
