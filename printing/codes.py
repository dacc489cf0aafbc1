"""QR codes: an address that a telephone reads off the paper."""

from __future__ import annotations

import segno
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from printing.palette import palette

# A tenth of a code may be lost to a stain.
LEVEL = "m"
# One pattern for all: to compare the eight that the standard has takes longer than all else of a code.
PATTERN = 0
PIXELS = 6  # of the side of a square: a programme that shows the page may soften edges


def code(address: str) -> SafeString:
    """The code of an absolute address as SVG without size, told to those who hear the page."""
    drawn = segno.make(address, error=LEVEL, micro=False)
    return mark_safe(drawn.svg_inline(border=0, dark=palette()["ink"], omitsize=True, title=told(address)))


def one_of_many(address: str) -> SafeString:
    """The same as a picture, for pages that hold hundreds: drawn as lines, they would
    take most of the time and of the memory of a directory."""
    drawn = segno.make(address, error=LEVEL, micro=False, mask=PATTERN)
    return format_html('<img src="{}" alt="{}">', drawn.png_data_uri(border=0, scale=PIXELS), told(address))


def told(address: str) -> str:
    return _("Code QR : %(address)s") % {"address": address}
