"""The lines of a text file, in whatever encoding it was written, even two of them.

UTF-8 is known for certain: other text hardly ever happens to be valid UTF-8. What is not is read in the
encoding of one byte whose signs make the most sense in French. Where lines of both kinds stand in one file,
each is read in its own, and said.
"""

from __future__ import annotations

import codecs
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from formats.reading.signs import SAME_NUMBER
from formats.reading.table import Remarks, Unreadable

CHUNK = 2**20
# A line may hold many cells; beyond, it is no table of lines.
LONGEST_LINE = 8 * CHUNK
# The longer mark first: that of UTF-32 begins like that of UTF-16.
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
# Latin-1 is within Windows-1252, whose other signs Latin-1 has no use for.
SINGLE = ("windows-1252", "macintosh", "cp850")
ASKED = ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "iso-8859-15", *SINGLE)
# How usual a sign is in French; others speak against the encoding that reads them.
USUAL = {
    **dict.fromkeys("é", 20), **dict.fromkeys("èàê’", 5), **dict.fromkeys("çâîôûùœ«»°É\xa0", 2),
    **dict.fromkeys("ëïüæÈÀÊÇÂÎÔÙÛŒ‘“”…–—€²§", 1),
}  # fmt: skip
UNUSUAL = -2
# Signs of two and three bytes that European text is made of, within a line that is not UTF-8 as a whole.
SEQUENCE = re.compile(rb"[\xc2-\xc5][\x80-\xbf]|\xe2[\x80-\x84][\x80-\xbf]")
HIGH = re.compile(rb"[\x80-\xff]")


@dataclass(frozen=True, slots=True)
class Text:
    """``encoding`` of most of the file; ``single`` that of the lines that are not UTF-8, if there are some;
    ``skip``: bytes of the mark at its start."""

    path: Path
    encoding: str
    single: str = ""
    mixed: bool = False
    skip: int = 0

    @property
    def wide(self) -> bool:
        return self.encoding.startswith(("utf-16", "utf-32"))

    def lines(self, remarks: Remarks | None = None) -> Iterator[str]:
        """Lines with their ends, of any of the three kinds."""
        with self.path.open("rb") as file:
            file.seek(self.skip)
            if self.wide:
                yield from wide_lines(file, self.encoding)
            else:
                for number, raw in enumerate(raw_lines(file), 1):
                    yield raw.decode() if raw.isascii() else self.decoded(raw, number, remarks)

    def decoded(self, raw: bytes, line: int, remarks: Remarks | None) -> str:
        """UnicodeDecodeError never: what is not UTF-8 is read byte by byte."""
        if not self.mixed and self.single:
            return self.of_single(raw, line, remarks)
        try:
            text, found = raw.decode(), "utf-8"
        except UnicodeDecodeError:
            text, found = self.patched(raw, line, remarks), self.single
            # A line of the main encoding with a sign of the other is one of both.
            if self.encoding == self.single and SEQUENCE.search(raw):
                found = "utf-8"
        if remarks is not None and found != self.encoding:
            said = text.strip()
            remarks.add("other-encoding", line, encoding=found, main=self.encoding, text=said)
        return text

    def patched(self, raw: bytes, line: int, remarks: Remarks | None) -> str:
        """Valid sequences as UTF-8, all other bytes in the encoding of one byte."""
        parts, at = [], 0
        for match in SEQUENCE.finditer(raw):
            parts += [self.of_single(raw[at : match.start()], line, remarks), match[0].decode()]
            at = match.end()
        return "".join([*parts, self.of_single(raw[at:], line, remarks)])

    def of_single(self, raw: bytes, line: int, remarks: Remarks | None) -> str:
        try:
            return raw.decode(self.single)
        except UnicodeDecodeError as error:
            if remarks is not None:
                remarks.add("undefined-byte", line, bytes=raw[error.start : error.end].hex())
            return raw.decode(self.single, SAME_NUMBER)

    def start(self) -> str:
        """How it begins."""
        with self.path.open("rb") as file:
            file.seek(self.skip)
            return file.read(4096).decode(self.encoding, "replace").lstrip()

    def stream(self) -> BinaryIO:
        """The file as UTF-8 without its mark, as readers of JSON and XML want it."""
        if self.encoding == "utf-8" and not self.mixed:
            file = self.path.open("rb")
            file.seek(self.skip)
            return file
        return io.BufferedReader(Recoded(self.lines()), CHUNK)


class Recoded(io.RawIOBase):
    """Lines as bytes of UTF-8, as many at a time as are asked for."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.pieces, self.rest = lines, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self.rest:
            self.rest = next(self.pieces, "").encode("utf-8", "replace")
        size = min(len(buffer), len(self.rest))
        buffer[:size], self.rest = self.rest[:size], self.rest[size:]
        return size


def raw_lines(file: BinaryIO) -> Iterator[bytes]:
    """Lines ending in any way, however long the file; one of which there is no end, such as JSON may be, in
    pieces, cut where no sign is."""
    rest = b""
    while chunk := file.read(CHUNK):
        *whole, rest = (rest + chunk).splitlines(keepends=True)
        # The other half of its end may come with the next chunk.
        if rest.endswith(b"\n"):
            whole, rest = [*whole, rest], b""
        yield from whole
        if len(rest) > LONGEST_LINE:
            cut = rest.rfind(b",") + 1 or len(rest)
            yield rest[:cut]
            rest = rest[cut:]
    yield from rest.splitlines(keepends=True)


def wide_lines(file: BinaryIO, encoding: str) -> Iterator[str]:
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    number = 0
    try:
        while line := text.readline(LONGEST_LINE):
            number += 1
            if len(line) == LONGEST_LINE:
                raise Unreadable("cell-too-long", number, most=LONGEST_LINE)
            yield line
    except UnicodeDecodeError:
        raise Unreadable("bad-encoding", number + 1, encoding=encoding) from None
    finally:
        text.detach()


def open_text(path: Path, asked: str = "") -> Text:
    """Which encoding a file is written in. Unreadable where the asked one is none of ASKED."""
    if asked and asked not in ASKED:
        raise Unreadable("bad-encoding", encoding=asked)
    with path.open("rb") as file:
        start = file.read(2**16)
        marked = next(((mark, name) for mark, name in MARKS if start.startswith(mark)), (b"", ""))
        if marked[1].startswith(("utf-16", "utf-32")):
            return Text(path, marked[1], skip=len(marked[0]))
        wide = asked if asked.startswith("utf-16") else unmarked_wide(start)
        if wide and not (asked and asked != wide):
            return Text(path, wide)
        file.seek(len(marked[0]))
        if asked in ("", "utf-8") and is_utf8(file):
            return Text(path, "utf-8", skip=len(marked[0]))
        file.seek(len(marked[0]))
        return of_bytes(path, file, asked or marked[1], len(marked[0]))


def unmarked_wide(start: bytes) -> str:
    """UTF-16 without a mark shows by its zeros, on one side of nearly every sign."""
    first, second = start[0::2].count(0), start[1::2].count(0)
    if max(first, second) * 4 < len(start) or min(first, second) * 10 > max(first, second):
        return ""
    return "utf-16-be" if first > second else "utf-16-le"


def is_utf8(file: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := file.read(CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def of_bytes(path: Path, file: BinaryIO, known: str, skip: int) -> Text:
    """A file that is not UTF-8 throughout: which encoding most of its lines have."""
    in_utf8 = others = 0
    seen: Counter[bytes] = Counter()
    for raw in raw_lines(file):
        if raw.isascii():
            continue
        try:
            raw.decode()
            in_utf8 += 1
        except UnicodeDecodeError:
            others += 1
            seen.update(HIGH.findall(SEQUENCE.sub(b"", raw)))
    single = known if known not in ("", "utf-8") else likeliest(seen)
    if known == "utf-8" or (not known and in_utf8 > others):
        return Text(path, "utf-8", single, True, skip)
    return Text(path, single, single, not known and in_utf8 > 0, skip)


def likeliest(seen: Counter[bytes]) -> str:
    """Of the encodings of one byte, the one whose signs are the most usual; the first, if several."""

    def sense(name: str) -> int:
        return sum(count * USUAL.get(byte.decode(name, SAME_NUMBER), UNUSUAL) for byte, count in seen.items())

    return max(SINGLE, key=sense)
