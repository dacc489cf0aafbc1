"""The letters of events; what each says stands in templates/events/letters/."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory.letters import page
from events.models import Event
from events.said import when, where
from mail.letters import Letter, register


def about_event(event: Event) -> dict[str, Any]:
    """What every letter says of the event, in the language that is active."""
    organisers = event.organisers.select_related("grouping", "territory", "initiative")
    return {
        "title": event.title,
        "summary": event.summary,
        "when": when(event.start, event.end),
        "where": where(event),
        "organisers": ", ".join(str(each) for each in organisers),
        "event": page("frontend:event", event.slug),
    }


def example() -> dict[str, Any]:
    paris = ZoneInfo("Europe/Paris")
    start, end = datetime(2027, 6, 18, 9, 30, tzinfo=paris), datetime(2027, 6, 18, 17, tzinfo=paris)
    return {
        "title": _("Forum des circuits courts"),
        "summary": _("Une journée d’ateliers et de témoignages."),
        "when": when(start, end),
        "where": _("Salle des fêtes, Aubusson"),
        "organisers": _("PTCE du Plateau"),
        "event": page("frontend:about"),
        "name": _("Camille"),
        "initiative": "L’Atelier de Felletin",
        "waiting": False,
        "workshop": _("B · Ressources et énergies locales"),
        "answer": page("people:invitation", "xxxx"),
        "own": page("people:own_registration", "xxxx"),
        "rights": page("people:own_details", "xxxx"),
    }


for name, title in [
    ("invitation", gettext_lazy("à une personne que l’on invite à un évènement")),
    ("reminder", gettext_lazy("à qui n’a pas répondu à une invitation")),
    ("registered", gettext_lazy("à qui s’inscrit à un évènement")),
    ("already_registered", gettext_lazy("à qui s’inscrit une seconde fois à un évènement")),
    ("let_in", gettext_lazy("à qui attendait une place dans un évènement, quand elle se libère")),
    ("placed", gettext_lazy("à qui attendait une place dans un atelier, quand elle se libère")),
    ("cancelled", gettext_lazy("à qui annule son inscription à un évènement")),
    ("called_off", gettext_lazy("à qui est inscrit à un évènement qui est annulé")),
    ("called_off_invited", gettext_lazy("à qui est invité à un évènement qui est annulé")),
]:
    register(
        Letter(name=f"events.{name}", title=title, template=f"events/letters/{name}.txt", example=example)
    )
