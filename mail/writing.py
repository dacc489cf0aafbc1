"""From a letter and its context to subject, text and HTML.

The text is made of paragraphs with an empty line between. Lines that begin with ``- `` make a list, lines
that begin with ``> `` a quotation; a line that is an address makes a link, called what the line before it
says if that ends with a colon. Nothing else is markup, and no address inside a sentence or a quotation
becomes a link.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.conf import settings
from django.template import Context
from django.template.loader import get_template, render_to_string
from django.utils import translation
from django.utils.functional import Promise

from mail.letters import Letter

LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)
# How a line begins, by kind of block.
MARKS = {"paragraph": "", "items": "- ", "quotation": "> "}
ADDRESS = re.compile(r"https?://[^\s<>\"]+")
# Blanks, ends of lines, control characters, what turns the direction of writing; no-break spaces stay.
BREAKS = re.compile(r"[ \x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]+")
# French sets these off with a space, which the end of a line must not take: a sign would stand alone.
SET_OFF = re.compile(r"(?<=\S) (?=[:;?!»](?:\W|$))|(?<=«) ")
NARROW_NO_BREAK_SPACE = "\u202f"
PLAIN = (str, int, float, bool, date, type(None), Promise)


@dataclass(frozen=True)
class Written:
    """A mail as it will be read."""

    language: str
    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Block:
    """A piece of the body: ``kind`` is paragraph, items, quotation or link."""

    kind: str
    lines: tuple[str, ...]
    address: str = ""


def one_line(value: str) -> str:
    """The value without line breaks or control characters: a subject cannot open another header."""
    return BREAKS.sub(" ", value).strip()


def known_language(language: str) -> str:
    """One of the site's languages: this one, or that of the site."""
    return language if language in LANGUAGES else settings.LANGUAGE_CODE


def write(letter: Letter, language: str, context: Mapping[str, Any]) -> Written:
    """The letter in this language. TypeError where the context holds more than plain values."""
    language = known_language(language)
    values = {name: _plain(value, name, name in letter.quoted) for name, value in context.items()}
    with translation.override(language):
        rendered = _text(letter.template, values).strip()
    subject, _, body = re.sub(r"\r\n?", "\n", rendered).partition("\n\n")
    if not body.strip():
        raise ValueError(f"The letter {letter.name} has a subject only.")
    return compose(subject, body, language)


def compose(subject: str, body: str, language: str) -> Written:
    """The mail made of this subject and body, in the layout that all mails share."""
    language = known_language(language)
    subject, body = one_line(subject), _tidy(body)
    if language == "fr":
        subject, body = _set_off(subject), "\n".join(_set_off(line) for line in body.split("\n"))
    shared = {"subject": subject, "site": settings.SITE_URL, "language": language}
    with translation.override(language):
        text = _text("mail/layout.txt", shared | {"body": body})
        html = render_to_string("mail/layout.html", shared | {"blocks": blocks(body)})
    return Written(language, subject, text.strip() + "\n", html)


def blocks(body: str) -> list[Block]:
    """The pieces of a body, in order."""
    found: list[Block] = []
    for paragraph in re.split(r"\n\s*\n", _tidy(body)):
        inside: list[Block] = []
        for kind, lines in groupby(paragraph.split("\n"), key=_kind):
            if kind == "link":
                for address in lines:
                    inside.append(Block(kind, _label(inside), address))
            else:
                inside.append(Block(kind, tuple(line.removeprefix(MARKS[kind]) for line in lines)))
        found += inside
    return found


def _kind(line: str) -> str:
    if ADDRESS.fullmatch(line):
        return "link"
    return next((kind for kind in ("items", "quotation") if f"{line} ".startswith(MARKS[kind])), "paragraph")


def _label(inside: list[Block]) -> tuple[str, ...]:
    """What the line before a link calls it, if it ends with a colon; that line is then said."""
    if not inside or inside[-1].kind != "paragraph" or not inside[-1].lines[-1].endswith(":"):
        return ()
    *before, last = inside.pop().lines
    if before:
        inside.append(Block("paragraph", tuple(before)))
    return (last.removesuffix(":").rstrip(),)


def _plain(value: Any, name: str, quoted: bool) -> Any:
    """The value as a letter may show it: texts in one line, or as a quotation."""
    if isinstance(value, Mapping):
        return {key: _plain(each, name, quoted) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each, name, quoted) for each in value]
    if not isinstance(value, PLAIN):
        raise TypeError(f"{name}: a letter takes texts, numbers and dates, not {type(value).__name__}.")
    if isinstance(value, str | Promise):
        lines = [one_line(line) for line in str(value).splitlines()]
        return "\n".join(f"> {line}".rstrip() for line in lines) if quoted else one_line(str(value))
    return value


def _set_off(line: str) -> str:
    """French punctuation with the spaces that keep it on its line; what people wrote stays as it is."""
    return line if _kind(line) == "quotation" else SET_OFF.sub(NARROW_NO_BREAK_SPACE, line)


def _text(template: str, values: Mapping[str, Any]) -> str:
    """Rendered as text: nothing is escaped, whatever the template says of it."""
    return str(get_template(template).template.render(Context(values, autoescape=False)))  # type: ignore[attr-defined]


def _tidy(text: str) -> str:
    """Unix lines without blanks at their ends, and never two empty lines in a row."""
    lines = "\n".join(line.strip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip()
