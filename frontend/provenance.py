"""Who said what of a listing, and when, as its page tells it: a capacity or a source, never a person."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import FieldDoesNotExist
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contributions.moderating import FROM_PROPOSAL
from directory.examples import SOURCE as EXAMPLES
from directory.history import Hand
from directory.models import Initiative
from directory.publishing import ACCOUNT
from frontend.loaded import cited
from frontend.versions import label_of

# Decisions, or said with the field that they are about: nobody reads them as a fact of the listing.
APART = {"publication", "origin", "source", "language", "verified_at"}
HANDS = {
    Hand.OWNER: gettext_lazy("déclaré par l’équipe"),
    Hand.MODERATION: gettext_lazy("corrigé par la modération"),
    Hand.ADMINISTRATION: gettext_lazy("écrit depuis l’administration du site"),
    Hand.OFFICER: gettext_lazy("écrit par un agent d’une collectivité"),
    Hand.COORDINATOR: gettext_lazy("écrit par la coordination d’un réseau ou d’un PTCE"),
    Hand.MAINTENANCE: gettext_lazy("écrit par un travail d’entretien"),
}


@dataclass(frozen=True, slots=True)
class Declared:
    """``fields`` that came the same way on the same day: their labels, in one sentence; ``source`` is where
    they were read, as it calls itself, ``day`` none where it was not noted."""

    fields: str
    how: str
    source: str | SafeString
    day: date | None


def declared(initiative: Initiative) -> list[Declared]:
    """Newest first. What holds nothing any more is left out, as is what the page does not show."""
    found: dict[tuple[date | None, str, str], list[str]] = defaultdict(list)
    for name, note in initiative.provenance.items():
        if label := _label(initiative, name):
            found[(_day(note.get("at", "")), *origin_of(note))].append(label)
    rows = sorted(found.items(), key=lambda row: row[0][0] or date.min, reverse=True)
    return [
        Declared(capfirst(", ".join(labels)), how, cited(source), day) for (day, how, source), labels in rows
    ]


def _label(initiative: Initiative, name: str) -> str:
    """What the page calls a field; empty for those that it does not tell of."""
    if name in APART or name.endswith("precision"):
        return ""
    try:
        held = getattr(initiative, Initiative._meta.get_field(name).attname)  # type: ignore[union-attr]
    except (FieldDoesNotExist, AttributeError):  # of another time, or of an import's own column
        return ""
    if held in (None, "", []):
        return ""
    label = label_of(name)
    return label if label.isupper() else label[:1].lower() + label[1:]  # SIRET and RNA keep their capitals


def _day(at: str) -> date | None:
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return None
    return timezone.localdate(moment) if timezone.is_aware(moment) else moment.date()


def origin_of(note: dict[str, str]) -> tuple[str, str]:
    """How a field came, in words, and from which source if any."""
    by, hand = note.get("by", ""), note.get("hand", "")
    if note.get("from", "").startswith(f"{FROM_PROPOSAL} "):
        return _("proposé par un visiteur, relu par la modération"), ""
    if hand in HANDS:
        return str(HANDS[Hand(hand)]), ""
    if by.startswith(ACCOUNT):
        return _("écrit par une personne qui a un compte"), ""
    source = note.get("from", "") or by
    if not source:
        return _("sans origine notée"), ""
    return (_("relevé dans") if by == EXAMPLES else _("importé de")), source
