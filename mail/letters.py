"""The letters that the site writes, each registered by its room in ``<room>/letters.py``.

A letter is one plain text template, in French through gettext. Its first paragraph is the subject. The rest
is both the text of the mail and the source of its HTML (:mod:`mail.writing`), so that both say the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise


@dataclass(frozen=True)
class Letter:
    """A letter: ``name`` is ``<room>.<letter>``, ``title`` says in a few words when it is sent.

    ``example`` is a context for the preview page, or a function that gives one (addresses of pages depend
    on the language). ``quoted`` names what people wrote themselves, in any number of lines: the template
    writes ``{{ reason }}`` in a paragraph of its own, and it is shown as a quotation, without links. Every
    other text of the context is put in one line.
    """

    name: str
    title: str | Promise
    template: str
    example: Mapping[str, Any] | Callable[[], Mapping[str, Any]] = field(default_factory=dict)
    quoted: tuple[str, ...] = ()

    def example_context(self) -> Mapping[str, Any]:
        return self.example() if callable(self.example) else self.example


_letters: dict[str, Letter] = {}


class UnknownLetter(LookupError):
    """No room registered a letter of this name."""


def register(letter: Letter) -> Letter:
    """Make a letter known by its name, which no other may have."""
    if _letters.setdefault(letter.name, letter) != letter:
        raise ValueError(f"Two letters are called {letter.name}.")
    return letter


def get(name: str) -> Letter:
    try:
        return _letters[name]
    except KeyError:
        raise UnknownLetter(f"No letter is called {name}.") from None


def every() -> list[Letter]:
    """All letters, by name."""
    return [_letters[name] for name in sorted(_letters)]
