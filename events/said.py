"""When and where an event is held, as a person reads it: letters, papers and pages say the same."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from events.models import Event


def hour(moment: datetime) -> str:
    """« 9 h 45 », « 14 h » ; 9:45, 14:00 in English."""
    local = timezone.localtime(moment)
    return str(_("{hour} h {minute}") if local.minute else _("{hour} h")).format(
        hour=local.hour, minute=f"{local.minute:02d}"
    )


def hours(start: datetime, end: datetime) -> str:
    return str(_("{start} – {end}")).format(start=hour(start), end=hour(end))


def day(moment: datetime) -> str:
    """« vendredi 20 juin 2014 », « mardi 1er juin 2027 »."""
    local = timezone.localtime(moment)
    return date_format(local, _("l 1\\e\\r F Y") if local.day == 1 else _("l j F Y"))


def when(start: datetime, end: datetime) -> str:
    """« vendredi 20 juin 2014, 9 h 30 – 17 h » ; from one day to another where there are two."""
    first, last = timezone.localtime(start), timezone.localtime(end)
    if first.date() == last.date():
        return str(_("{day}, {hours}")).format(day=day(start), hours=hours(start, end))
    return str(_("du {first}, {start}, au {last}, {end}")).format(
        first=day(start), start=hour(start), last=day(end), end=hour(end)
    )


def where(event: Event) -> str:
    """The venue, its address and its commune, what is repeated said once."""
    town = event.commune.name if event.commune else ""
    parts: list[str] = []
    for part in (event.venue, event.address, town):
        if part and not any(part.casefold() in each.casefold() for each in parts):
            parts.append(part)
    return ", ".join(parts)
