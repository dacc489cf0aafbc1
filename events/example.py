"""The example event: the forum of Aubusson of 20 June 2014, as it was announced (fixtures).

Flagged as an example, loaded and removed with those of the directory. Where the directory knows one of its
organisers or of those who testified, it is linked to it.
"""

from __future__ import annotations

import json
import re
from datetime import datetime, time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from directory.examples import register
from directory.models import Grouping, GroupingKind, Initiative, Origin
from events.holding import free_letter
from events.models import Event, Organiser, Public, Session, SessionKind, Status, Testimony
from territories.models import Kind, Territory
from territories.names import fold

FIXTURE = Path(settings.BASE_DIR) / "fixtures" / "aubusson-2014.json"
SLUG = "forum-aubusson-2014-06-20"
PUBLICS = {
    "acteurs": Public.INITIATIVE,
    "élus": Public.ELECTED,
    "techniciens": Public.OFFICER,
    "institutions": Public.INSTITUTION,
}
SCALES = re.compile(r"^(scic|communauté de communes|cc)\s+", re.IGNORECASE)
ASIDE = re.compile(r"\s*\(.*\)$")


def load() -> bool:
    """Add the event, or make it again where the file says otherwise; False where nothing changed, or where
    its commune is not loaded."""
    told = json.loads(FIXTURE.read_text())
    commune = Territory.objects.filter(pk=told["commune"]).first()
    if commune is None:
        return False
    mark = Event.objects.filter(slug=SLUG, title=typographic(told["title_fr"])).first()
    if mark and mark.sessions.count() == len(told["sessions"]):
        return False
    remove()
    event = Event.objects.create(
        slug=SLUG,
        title=typographic(told["title_fr"]),
        description="Suites proposées : " + typographic(" ; ".join(told["followups_fr"])) + ".",
        start=_moment(told["date"], told["sessions"][0]["start"]),
        end=_moment(told["date"], told["sessions"][-1]["end"]),
        venue=told["venue"],
        commune=commune,
        status=Status.PUBLISHED,
        origin=Origin.EXAMPLE,
    )
    for position, name in enumerate(told["organisers"]):
        Organiser.objects.create(event=event, position=position, **_holder(typographic(name), commune))
    for position, each in enumerate(told["sessions"]):
        _load_session(event, position, told["date"], each)
    return True


def remove() -> int:
    """How many example events went."""
    _total, by_model = Event.objects.filter(origin=Origin.EXAMPLE).delete()
    return by_model.get(Event._meta.label, 0)


def _moment(day: str, hour: str) -> datetime:
    written = datetime.combine(datetime.fromisoformat(day), time.fromisoformat(hour))
    return timezone.make_aware(written)


def typographic(text: str) -> str:
    """With the apostrophe of printers, and no line that begins with a colon."""
    return text.replace("'", "’").replace(" :", "\u00a0:").replace(" ;", "\u00a0;").replace(" ?", "\u00a0?")


def _bare(name: str) -> str:
    """What a name says without its legal form and what stands between brackets, folded."""
    return fold(SCALES.sub("", ASIDE.sub("", name)))


def _holder(name: str, commune: Territory) -> dict[str, Any]:
    """The organiser as the directory knows it, or its name."""
    kind = GroupingKind.PTCE if "PTCE" in name else GroupingKind.NETWORK
    for grouping in Grouping.objects.filter(kind=kind, published=True):
        if _bare(grouping.name) == _bare(name):
            return {"grouping": grouping}
    epci = Territory.objects.of_kind(Kind.EPCI).filter(pk=commune.epci_id).first()
    if epci and _bare(epci.name) == _bare(name):
        return {"territory": epci}
    return {"name": name}


def _load_session(event: Event, position: int, day: str, told: dict[str, Any]) -> None:
    workshop = told["kind"] == SessionKind.WORKSHOP
    session = Session.objects.create(
        event=event,
        position=position,
        kind=told["kind"],
        letter=free_letter(event) if workshop else "",
        title=typographic(told["title_fr"]),
        publics=[PUBLICS[word] for word in told["public"].split(", ")] if "public" in told else [],
        start=_moment(day, told["start"]),
        end=_moment(day, told["end"]),
    )
    for rank, each in enumerate(told.get("testimonies", [])):
        name, _sign, said = typographic(each).partition("\u00a0: ")
        known = Initiative.objects.filter(origin=Origin.EXAMPLE, publication="published")
        initiative = next((one for one in known.only("name") if fold(one.name) == _bare(name)), None)
        Testimony.objects.create(session=session, position=rank, initiative=initiative, name=name, said=said)


register("events", load, remove)
