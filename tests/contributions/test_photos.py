"""What becomes of a picture that somebody sends: only its pixels are kept, and only those of a picture."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image

from contributions import photos
from contributions.errors import PhotoRefused
from contributions.models import MOST_PHOTO_BYTES, Photo
from tests.factories import make_initiative


def picture(width: int = 400, height: int = 300, form: str = "JPEG", **options: object) -> bytes:
    written = io.BytesIO()
    mode = "RGBA" if form == "PNG" else "RGB"
    Image.new(mode, (width, height), (180, 52, 27, 0)[: len(mode)]).save(written, form, **options)
    return written.getvalue()


def drawn(content: bytes) -> photos.Drawn:
    return photos.draw(io.BytesIO(content), len(content))


def huge_png(side: int) -> bytes:
    """A few hundred bytes that announce many pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" * 1_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_drawn_anew_as_webp(form: str) -> None:
    made = drawn(picture(form=form))
    assert Image.open(io.BytesIO(made.content)).format == "WEBP"
    assert (made.width, made.height) == (400, 300)


def test_what_travels_with_a_picture_is_gone_and_it_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned a quarter
    exif[0x010F] = "Appareil de Camille"
    exif.get_ifd(0x8825)[1] = "N"  # where it was taken
    made = drawn(picture(exif=exif, comment=b"secret") + b"<script>alert(1)</script>")
    assert (made.width, made.height) == (300, 400)
    again = Image.open(io.BytesIO(made.content))
    assert not again.getexif() and "exif" not in again.info and "xmp" not in again.info
    assert b"Camille" not in made.content and b"secret" not in made.content and b"script" not in made.content


def test_a_large_one_is_made_smaller() -> None:
    made = drawn(picture(3_000, 1_500))
    assert (made.width, made.height) == (1_600, 800)
    assert len(made.content) <= MOST_PHOTO_BYTES


def test_a_side_of_200_pixels_is_enough_and_one_less_is_not() -> None:
    assert drawn(picture(200, 200)).width == 200
    with pytest.raises(PhotoRefused, match="trop petite"):
        drawn(picture(199, 400))


def test_a_bomb_is_refused_by_its_header() -> None:
    with pytest.raises(PhotoRefused, match="pixels"):
        drawn(huge_png(7_072))  # one more than 50 million
    with pytest.raises(PhotoRefused):
        drawn(huge_png(60_000))


def test_what_is_no_picture_is_refused_whatever_it_is_called() -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    gif = picture(form="GIF")
    for content in (b"", b"GIF89a", gif, svg, b"%PDF-1.7", b"\xff\xd8\xff" + b"\0" * 500, picture()[:400]):
        with pytest.raises(PhotoRefused):
            drawn(content)


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_what_says_how_it_was_turned_and_is_cut_short_is_refused(form: str) -> None:
    with pytest.raises(PhotoRefused, match="abîmé"):
        drawn(picture(form=form, exif=b"MM\0*"))


def test_its_weight_is_bounded_before_it_is_read() -> None:
    with pytest.raises(PhotoRefused, match="6 Mo"):
        photos.draw(io.BytesIO(b""), photos.MOST_BYTES + 1)


@pytest.mark.django_db
def test_a_page_has_one_photograph_and_the_former_is_erased(taxonomy: None) -> None:
    mill = make_initiative("Le Moulin")
    first, second = (photos.keep(drawn(picture()), f"Vue {n}") for n in (1, 2))
    photos.put(first, mill)
    photos.put(second, mill)
    assert [each.alternative for each in Photo.objects.all()] == ["Vue 2"]
    assert photos.remove(mill) and not photos.remove(mill)
    assert not Photo.objects.exists()
