"""Photographs: read as what they are, drawn anew without anything else in them, shown once accepted.

What is kept is not what was sent: the pixels alone are taken, upright, at most SIDE pixels wide or high, and
written as WebP. So no place nor camera nor hidden file travels with them.
"""

from __future__ import annotations

import struct
import warnings
from dataclasses import dataclass
from io import BytesIO
from threading import BoundedSemaphore
from typing import IO

from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from contributions.errors import PhotoRefused
from contributions.models import MOST_PHOTO_BYTES, Photo, PhotoLicence
from directory.models import Initiative

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_BYTES = 6 * 2**20
# Of the cameras of telephones, most; read from the header, before any pixel is.
MOST_PIXELS = 50_000_000
LEAST_SIDE = 200
SIDE = 1_600
QUALITIES = (82, 70, 50)
# What is wrong with a file that is not whole, or not what its header says.
BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)
BROKEN = (OSError, SyntaxError, ValueError, EOFError, struct.error, *BOMBS)
# A picture in memory weighs up to 200 MB: those that come at once are read one after the other.
AT_ONCE = BoundedSemaphore(1)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture drawn anew: WebP, and its size in pixels."""

    content: bytes
    width: int
    height: int


def draw(file: IO[bytes], size: int) -> Drawn:
    """The picture in a file of so many bytes; PhotoRefused, which says why, for any that cannot be taken."""
    if size > MOST_BYTES:
        raise PhotoRefused(_("Cette photo pèse plus de {most} Mo.").format(most=MOST_BYTES // 2**20))
    try:
        with AT_ONCE, warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(file, formats=FORMATS) as image:
                _measure(image)
                return _drawn(image)
    except UnidentifiedImageError:
        raise PhotoRefused(_("Ce fichier n’est pas une photo JPEG, PNG ou WebP.")) from None
    except BROKEN:
        raise PhotoRefused(_("Cette photo ne peut pas être lue : le fichier est abîmé.")) from None


def _measure(image: Image.Image) -> None:
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise PhotoRefused(_("Cette photo a trop de pixels : réduisez-la."))
    if min(width, height) < LEAST_SIDE:
        raise PhotoRefused(
            _("Cette photo est trop petite : {least} pixels de côté au moins.").format(least=LEAST_SIDE)
        )


def _drawn(image: Image.Image) -> Drawn:
    image.draft("RGB", (SIDE, SIDE))  # a JPEG is then read at the size that is wanted
    image.thumbnail((SIDE, SIDE))  # before anything that copies all the pixels
    upright = ImageOps.exif_transpose(image)
    flat = Image.new("RGB", upright.size, "white")
    seen = upright.convert("RGBA")
    flat.paste(seen, mask=seen)
    for quality in QUALITIES:
        written = BytesIO()
        flat.save(written, "WEBP", quality=quality, method=4)
        if written.tell() <= MOST_PHOTO_BYTES:
            return Drawn(written.getvalue(), *flat.size)
    raise PhotoRefused(_("Cette photo a trop de pixels : réduisez-la."))


def keep(drawn: Drawn, alternative: str, credit: str = "", licence: str = PhotoLicence.CC_BY_SA) -> Photo:
    """A photograph that waits: nobody sees it before it is put on a page."""
    return Photo.objects.create(
        content=drawn.content, width=drawn.width, height=drawn.height, alternative=alternative,
        credit=credit, licence=licence,
    )  # fmt: skip


@transaction.atomic
def put(photo: Photo, initiative: Initiative) -> None:
    """Show it on the page of an initiative, in place of the one that was there, which is erased."""
    # two that come at once: the later one stays
    Initiative.objects.select_for_update(of=("self",)).only("pk").get(pk=initiative.pk)
    Photo.objects.filter(initiative=initiative).exclude(pk=photo.pk).delete()
    photo.initiative = initiative
    photo.save(update_fields=["initiative"])


def remove(initiative: Initiative) -> bool:
    """Erase the photograph of an initiative; false where there is none."""
    return bool(Photo.objects.filter(initiative=initiative).delete()[0])
