"""Paper out of a template: a tagged PDF (PDF/UA) with its title, its language and its bookmarks.

Nothing is fetched while it is made: style sheets are ours, drawings are inside, letters are the system's.
"""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import get_language

from printing.sheets import sheet

if TYPE_CHECKING:
    from weasyprint import Document

VARIANT = "pdf/ua-1"
# What every paper of this room is written with: the colours of the site, then what all pages share.
SHARED = ("css/tokens.css", "css/sectors.css", "printing/shared.css")

# The library tells each rule of a style sheet that is for screens only.
logging.getLogger("weasyprint").setLevel(logging.ERROR)
logging.getLogger("fontTools").setLevel(logging.ERROR)


def pdf(
    template: str, context: Mapping[str, Any], styles: Sequence[str], painted: str = "", tagged: bool = True
) -> bytes:
    """The template as a PDF. ``styles`` are names of static files (``printing/badges.css``), read after
    those that all papers share; ``painted`` holds rules made on the way, as pictures are. Without tags
    (``tagged`` false) it is only fit for a printer."""
    variant = VARIANT if tagged else None
    with uncollected():
        return written(laid_out(rendered(template, context), [*SHARED, *styles], painted, variant), variant)


@contextmanager
def uncollected() -> Iterator[None]:
    """Millions of boxes are made and all kept to the end: looking for those that nothing holds any more
    takes a third of the time and finds none."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def rendered(template: str, context: Mapping[str, Any]) -> str:
    """One HTML document; ``language`` and ``site`` are known to every template."""
    about = {"language": get_language() or "fr", "site": settings.SITE_URL}
    return render_to_string(template, {**about, **context})


def laid_out(html: str, styles: Sequence[str], painted: str = "", variant: str | None = VARIANT) -> Document:
    """The document on its pages, which may be counted before they are written."""
    from weasyprint import CSS, HTML  # half a second, which only this needs
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

    fetcher = URLFetcher(allowed_protocols=["data"])
    fonts = FontConfiguration()
    rules = "\n".join([*map(sheet, styles), painted])
    css = CSS(string=rules, font_config=fonts, url_fetcher=fetcher)
    whole = HTML(string=html, base_url=settings.SITE_URL, url_fetcher=fetcher)
    return whole.render(stylesheets=[css], font_config=fonts, pdf_variant=variant)


def written(document: Document, variant: str | None = VARIANT) -> bytes:
    body: bytes = document.write_pdf(pdf_variant=variant)
    return body
