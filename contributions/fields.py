"""What may be proposed of a listing, as plain JSON values by the name of the field.

A commune is its id, a point ``[lon, lat]`` in degrees (WGS 84), activities a list of ids, the main one first;
all else is text. The names are those of Initiative, as in ``directory.history.SEEN``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.gis.geos import Point as GeosPoint
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

from contributions.errors import ProposalRefused
from directory.models import ACTIVITIES_PER_SECTOR, Activity, Initiative, Precision, Sector
from directory.validators import is_in_sight
from territories.gazetteer import locate
from territories.geometry import Point, check_position
from territories.models import Kind, Territory

# In the order of the page.
FIELDS = (
    "name", "summary", "description", "activities", "legal_form", "siret", "rna", "website", "phone", "email",
    "opening_hours", "street", "postcode", "commune", "location", "precision", "activity_state", "language",
)  # fmt: skip
# Letters at most. The database holds more: imports are not cut.
LONGEST = {
    "name": 200, "summary": 300, "description": 6_000, "website": 500, "email": 254, "phone": 40,
    "street": 200, "postcode": 10, "opening_hours": 300,
}  # fmt: skip
ON_SEVERAL_LINES = {"description"}
MOST_ACTIVITIES = 8
DECIMALS = 6  # a tenth of a metre


def told(row: Any) -> dict[str, Any]:
    """All of them as they stand in an initiative, or in a row of its history."""
    found = {name: getattr(row, name) for name in FIELDS if name not in ("commune", "location")}
    point = row.location
    return {
        **found,
        "activities": list(row.activities or ()),
        "commune": row.commune_id,
        "location": [round(point.x, DECIMALS), round(point.y, DECIMALS)] if point else None,
    }


def differing(row: Any, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the fields that say something else than the row."""
    now = told(row)
    return {name: value for name, value in fields.items() if name in now and now[name] != value}


def write(initiative: Initiative, fields: Mapping[str, Any]) -> list[str]:
    """Set them on an initiative, which is not saved; the names of those that changed.

    Who leaves a commune leaves its point and its arrondissement with it: ``directory.places.complete_place``
    finds those of the next.
    """
    changed = differing(initiative, fields)
    for name, value in changed.items():
        if name == "location":
            initiative.location = GeosPoint(value[0], value[1], srid=4326) if value else None
        elif name == "commune":
            initiative.commune = Territory.objects.get(pk=value) if value else None
            initiative.arrondissement = None
        else:
            setattr(initiative, name, value)
    if "commune" in changed and "location" not in changed:
        initiative.location = None
    if initiative.location is None:
        initiative.precision = ""
    elif not initiative.precision:
        initiative.precision = Precision.ADDRESS
    return list(changed)


def check(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The same fields, tidied; ProposalRefused where one is unknown or holds what a listing cannot say."""
    faults: dict[str, list[str]] = {}
    tidy: dict[str, Any] = {}
    for name, value in fields.items():
        try:
            tidy[name] = _checked(name, value)
        except ValidationError as error:
            faults[name] = error.messages
    if faults:
        raise ProposalRefused(faults)
    return tidy


def astray(point: Point, commune: Territory) -> str:
    """What is wrong with a point that lies in another commune than the one that is said; nothing else."""
    under = locate(point)
    if under is None or under.pk == commune.pk:
        return ""
    told = _("Ce point est à {there}, pas à {commune} : corrigez l’un des deux.")
    return told.format(there=under.name, commune=commune.name)


def at_home(commune: Territory) -> dict[str, Any]:
    """The place of what is at somebody's home: nothing nearer than the chief place of the commune is kept."""
    chief = commune.chief_place
    place = [round(chief.x, DECIMALS), round(chief.y, DECIMALS)] if chief else None
    precision = Precision.BLURRED.value if place else ""
    return {"commune": commune.pk, "location": place, "precision": precision, "street": ""}


def _checked(name: str, value: Any) -> Any:
    if name not in FIELDS:
        raise ValidationError(_("Ce champ ne peut pas être proposé."))
    if name == "activities":
        return _activities(value)
    if name == "commune":
        return _commune(value)
    if name == "location":
        return _position(value)
    if not isinstance(value, str):
        raise ValidationError(_("Un texte est attendu."))
    text = _text(name, value)
    if text or name in ("name", "legal_form", "activity_state", "language"):
        Initiative._meta.get_field(name).clean(text, None)  # type: ignore[union-attr]
    if name == "website" and text:
        URLValidator(["http", "https"])(text)
    return text


def _text(name: str, value: str) -> str:
    lines = value.replace("\r\n", "\n").replace("\r", "\n").strip()
    kept = lines.replace("\n", "").replace("\t", "") if name in ON_SEVERAL_LINES else lines
    if not is_in_sight(kept):
        raise ValidationError(_("Ce texte contient des caractères invisibles : écrivez-le de nouveau."))
    if len(lines) > LONGEST.get(name, 100):
        raise ValidationError(
            _("Ce texte est trop long : {most} signes au plus.").format(most=LONGEST.get(name, 100))
        )
    return lines


def _activities(value: Any) -> list[int]:
    if not isinstance(value, list) or not all(type(each) is int for each in value):
        raise ValidationError(_("Une liste d’activités est attendue."))
    found = list(dict.fromkeys(value))
    if not 1 <= len(found) <= MOST_ACTIVITIES:
        raise ValidationError(_("Choisissez d’une à {most} activités.").format(most=MOST_ACTIVITIES))
    known = {pk * ACTIVITIES_PER_SECTOR for pk in Sector.objects.values_list("pk", flat=True)}
    known |= set(Activity.objects.filter(pk__in=found).values_list("pk", flat=True))
    if unknown := [each for each in found if each not in known]:
        raise ValidationError(_("L’activité {id} n’existe pas.").format(id=unknown[0]))
    return found


def _commune(value: Any) -> str | None:
    if value is None:
        return None
    known = Territory.objects.filter(kind=Kind.COMMUNE)
    if isinstance(value, str) and "\x00" not in value and known.filter(pk=value).exists():
        return value
    raise ValidationError(_("Cette commune n’existe pas."))


def _position(value: Any) -> list[float] | None:
    if value is None:
        return None
    try:
        if not isinstance(value, list | tuple):
            raise TypeError
        lon, lat = (float(each) for each in value)
        check_position(lon, lat)
    except (TypeError, ValueError, OverflowError):
        raise ValidationError(_("Une longitude et une latitude en degrés sont attendues.")) from None
    return [round(lon, DECIMALS), round(lat, DECIMALS)]
