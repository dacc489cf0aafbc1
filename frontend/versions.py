"""Versions of a listing in words: labels, names and dates for what is stored, texts as what changed."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from contributions.moderating import VIA
from directory.history import UNTOLD, Change, Hand, United, Version
from directory.models import ACTIVITIES_PER_SECTOR, Initiative
from frontend.sectors import Taxonomy
from territories.models import Territory

PLACES = {"commune", "arrondissement", "departement"}
DAYS = {"founded": "founded_precision", "closed": "closed_precision"}
FORMATS = {"year": "Y", "month": "F Y", "day": "DATE_FORMAT"}
# Said with the field that they are about.
WITH_ANOTHER = {*DAYS.values()}
LONG = {"summary", "description", "legal_form_note", "source"}
# Words of a text beyond which the difference is not worked out: it would take seconds.
MOST_WORDS = 3_000
AROUND = 10  # words that are shown on each side of a change
WORD = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of a text: ``same``, ``gone``, ``new``, or ``cut`` where what did not change is left out."""

    kind: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A field that changed: its ``pieces`` for a text, else ``before`` and ``after``; neither where what it
    holds is not told."""

    label: str
    before: str = ""
    after: str = ""
    pieces: tuple[Piece, ...] = ()
    told: bool = True


@dataclass(frozen=True, slots=True)
class Shown:
    """A version as its page shows it."""

    version: Version
    hand: str
    lines: list[Line] = field(default_factory=list)


class Words:
    """What the ids of some changes stand for, read at once."""

    def __init__(self, changes: Iterable[Change], territories: Iterable[str] = ()) -> None:
        self.taxonomy = Taxonomy()
        ids, parents = set(territories), set()
        for change in changes:
            values = [value for value in (change.before, change.after) if value]
            if change.field in PLACES:
                ids.update(values)
            elif change.field == "parent":
                parents.update(values)
        self.places = dict(Territory.objects.filter(pk__in=ids).values_list("pk", "name"))
        self.parents = dict(Initiative.objects.published().filter(pk__in=parents).values_list("pk", "name"))

    def line(self, change: Change, precisions: dict[str, tuple[str, str]]) -> Line:
        label = label_of(change.field)
        if change.field in UNTOLD:
            return Line(label, told=False)
        if change.field in LONG and change.before and change.after:
            pieces = difference(change.before, change.after)
            return Line(label, pieces=pieces) if pieces else Line(label, told=False)
        was, now = precisions.get(change.field, ("", ""))
        return Line(
            label, self.value(change.field, change.before, was), self.value(change.field, change.after, now)
        )

    def value(self, name: str, value: Any, precision: str = "") -> str:
        """What a field holds, in words; empty where it holds nothing."""
        if value is None or value in ("", []):
            return ""
        if name == "activities":
            return ", ".join(self.activity(each) for each in value)
        if name in PLACES:
            return self.places.get(value, value)
        if name == "parent":
            return self.parents.get(value, _("une organisation qui n’est pas publiée"))
        if isinstance(value, bool):
            return _("oui") if value else _("non")
        if isinstance(value, datetime):
            return date_format(timezone.localtime(value), "DATE_FORMAT")
        if isinstance(value, date):
            return date_format(value, FORMATS.get(precision, "DATE_FORMAT"))
        choices = dict(getattr(Initiative._meta.get_field(name), "flatchoices", ()))
        return str(choices.get(value, value))

    def activity(self, pk: int) -> str:
        sector, rest = divmod(pk, ACTIVITIES_PER_SECTOR)
        terms: dict[int, Any] = self.taxonomy.activities if rest else self.taxonomy.sectors
        term = terms.get(pk if rest else sector)
        return term.label if term else _("activité qui n’est plus dans la liste")

    def place(self, pk: str) -> str:
        return self.places.get(pk, pk)


def label_of(name: str) -> str:
    if name == "opening_hours":  # the form says more, for who fills it
        return _("Horaires")
    return capfirst(str(Initiative._meta.get_field(name).verbose_name))  # type: ignore[union-attr]


def shown(versions: list[Version]) -> list[Shown]:
    words = Words(
        (change for version in versions for change in version.changes),
        (pk for version in versions for pk in (*version.served, *version.unserved)),
    )
    return [Shown(version, hand(version), lines_of(version, words)) for version in versions]


def united(found: Iterable[United]) -> list[tuple[United, str]]:
    """Each listing that became this one, with who made it so, as the public is told."""
    return [(each, str(dict(Hand.choices).get(each.hand, ""))) for each in found]


def lines_of(version: Version, words: Words) -> list[Line]:
    found = lines(version.changes, words, version.event)
    label = _("Territoires desservis")
    found += [Line(label, before=words.place(pk)) for pk in version.unserved]
    return found + [Line(label, after=words.place(pk)) for pk in version.served]


def lines(changes: list[Change], words: Words, after: Any) -> list[Line]:
    """The changes in words. ``after`` is the row that they lead to, which says how precise its dates are."""
    by_name = {change.field: change for change in changes}
    told = [change for change in changes if change.field not in WITH_ANOTHER]
    precisions = {}
    for name, precision in DAYS.items():
        now = getattr(after, precision)
        precisions[name] = (by_name[precision].before if precision in by_name else now, now)
        if precision in by_name and name not in by_name and (day := getattr(after, name)):
            told.append(Change(name, day, day))
    return [words.line(change, precisions) for change in told]


def hand(version: Version) -> str:
    """Who, as the public is told: a capacity, the name of an import, never a person."""
    if version.via == VIA:
        return _("par la modération, sur la proposition d’un visiteur")
    if version.hand == Hand.IMPORT and version.via and not version.via.startswith("command "):
        return _("par l’import de {source}").format(source=version.via)
    return str(dict(Hand.choices).get(version.hand, ""))


def difference(before: str, after: str) -> tuple[Piece, ...]:
    """Two texts word by word, the rest cut to the words around; one after the other where little is common
    to both; nothing where they are too long."""
    old, new = WORD.findall(before), WORD.findall(after)
    if max(len(old), len(new)) > MOST_WORDS:
        return ()
    found: list[Piece] = []
    matcher = difflib.SequenceMatcher(a=old, b=new, autojunk=False)
    kept = [word for a, _b, size in matcher.get_matching_blocks() for word in old[a : a + size]]
    if 2 * spoken(kept) < min(spoken(old), spoken(new)):
        return Piece("gone", before), Piece("same", " "), Piece("new", after)
    steps = matcher.get_opcodes()
    for place, (step, a, b, c, d) in enumerate(steps):
        if step == "equal":
            found += cut(old[a:b], first=place == 0, last=place == len(steps) - 1)
        if step in ("delete", "replace"):
            found.append(Piece("gone", "".join(old[a:b])))
        if step in ("insert", "replace"):
            found.append(Piece("new", "".join(new[c:d])))
    return tuple(found)


def spoken(words: list[str]) -> int:
    """How many there are, spaces and punctuation left aside."""
    return sum(any(sign.isalnum() for sign in word) for word in words)


def cut(words: list[str], *, first: bool, last: bool) -> list[Piece]:
    """What did not change, with only the words beside what did."""
    near = 2 * AROUND  # spaces are words too
    before, after = ([] if first else words[:near]), ([] if last else words[-near:])
    if len(words) <= len(before) + len(after) + AROUND:
        return [Piece("same", "".join(words))]
    kept = [Piece("same", "".join(before)), Piece("cut"), Piece("same", "".join(after))]
    return [piece for piece in kept if piece.text or piece.kind == "cut"]
