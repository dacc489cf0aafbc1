"""Archives: what they hold, how much it is once unpacked, and the one file of them that is meant.

Sizes that an archive states about itself are not believed: everything is unpacked once, to nowhere, before
any other program reads it.
"""

from __future__ import annotations

import gzip
import shutil
import struct
import tempfile
import weakref
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from formats.reading.table import Unreadable

CHUNK = 2**20
MOST_FILES = 2_000
LOCAL_HEADER = 30
# What systems and programs add to archives, that nobody means.
LITTER = ("__MACOSX/", ".", "Thumbs.db", "desktop.ini")

Looker = Callable[[str, Iterator[bytes]], None]


class Folder:
    """A folder of the disk that goes when nobody holds it any more."""

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="reading-"))
        weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)


def check_archive(path: Path, look: Looker | None, most: int, first: Sequence[str] = ()) -> list[str]:
    """The names in a zip, of which everything could be unpacked: ``look`` sees each name with its pieces,
    those of ``first`` (in small letters) before the others.

    Unreadable: damaged, encrypted, packed in another way than usual, a bomb, too many files, an archive
    within it.
    """
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as file:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if len(entries) > MOST_FILES:
                raise Unreadable("too-many-files", most=MOST_FILES)
            budget = [most]
            for entry in sorted(entries, key=lambda each: each.filename.lstrip("/").lower() not in first):
                if entry.flag_bits & 1:
                    raise Unreadable("encrypted")
                pieces = counted(pieces_of(file, entry), budget, most)
                if look:
                    look(entry.filename, pieces)
                for _ in pieces:
                    pass
            return [entry.filename for entry in entries]
    # NotImplementedError is how zipfile refuses an archive of a later version of the format
    except (zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, OSError) as error:
        raise Unreadable("damaged", format="zip", error=error) from error


def counted(pieces: Iterator[bytes], budget: list[int], most: int) -> Iterator[bytes]:
    for piece in pieces:
        budget[0] -= len(piece)
        if budget[0] < 0:
            raise Unreadable("bomb", most=most)
        yield piece


def pieces_of(file: BinaryIO, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """What an entry unpacks to, whatever length it states."""
    file.seek(entry.header_offset)
    name, extra = struct.unpack("<HH", file.read(LOCAL_HEADER)[26:30])
    file.seek(name + extra, 1)
    left = entry.compress_size
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Unreadable("compression")
    inflate = zlib.decompressobj(-15) if entry.compress_type == zipfile.ZIP_DEFLATED else None
    while left > 0 and (packed := file.read(min(CHUNK, left))):
        left -= len(packed)
        at = file.tell()
        while inflate and packed:
            yield inflate.decompress(packed, CHUNK)
            packed = inflate.unconsumed_tail
        if packed:
            yield packed
        file.seek(at)  # whoever took the piece may have read elsewhere


def meant(names: list[str]) -> list[str]:
    """Without what programs add."""
    return [
        name for name in names
        if not name.startswith("__MACOSX/") and not PurePosixPath(name).name.startswith(LITTER)
    ]  # fmt: skip


def only_file(path: Path, names: list[str], wanted: str) -> tuple[Folder, Path, str]:
    """The one file of an archive, or the one asked for, unpacked."""
    inside = meant(names)
    if wanted in inside:
        inside = [wanted]
    if not inside:
        raise Unreadable("nothing-inside")
    if len(inside) > 1:
        raise Unreadable("several-files", names="; ".join(inside))
    folder = Folder()
    target = folder.path / "file"
    with zipfile.ZipFile(path) as archive, archive.open(inside[0]) as source, target.open("wb") as file:
        shutil.copyfileobj(source, file, CHUNK)
    return folder, target, PurePosixPath(inside[0]).name


def gunzipped(path: Path, name: str, most: int) -> tuple[Folder, Path, str]:
    """The file that gzip packed, and its name without the ending."""
    folder, size = Folder(), 0
    target = folder.path / "file"
    try:
        with gzip.open(path) as source, target.open("wb") as file:
            while piece := source.read(CHUNK):
                size += len(piece)
                if size > most:
                    raise Unreadable("bomb", most=most)
                file.write(piece)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise Unreadable("damaged", format="gzip", error=error) from error
    return folder, target, name.removesuffix(".gz")
