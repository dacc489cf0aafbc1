"""What an address asked that could not be read, in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from django.http import QueryDict
from django.utils.translation import gettext as _

from directory.filters import Parameters
from frontend.tokens import NAMES

SHOWN = 60
MOST_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Refusal:
    """``value`` is the beginning of what was given, without control characters."""

    name: str
    label: str
    value: str
    message: str


def refusals(form: Parameters, *, stale_cursor: bool = False) -> list[Refusal]:
    given = cast(QueryDict, form.data)
    found = [
        Refusal(name, label_of(form, name), shown(",".join(given.getlist(name))), " ".join(messages))
        for name, messages in form.refusals().items()
    ]
    for slug in getattr(form, "dropped", ())[:MOST_SHOWN] if "ids" not in form.errors else ():
        found.append(Refusal("ids", str(NAMES["ids"]), shown(slug), _("Elle n’est plus dans l’annuaire.")))
    if stale_cursor:
        message = _("Cette page n’existe plus : voici la première.")
        found.append(Refusal("cursor", str(NAMES["cursor"]), "", message))
    return found


def label_of(form: Parameters, name: str) -> str:
    """What a reader calls a parameter: one of the search, or a field that has its own label."""
    field = form.fields.get(name)
    return str(NAMES.get(name) or (field and field.label) or name)


def shown(value: str) -> str:
    plain = "".join(sign if sign.isprintable() else "·" for sign in value[:SHOWN])
    return plain + ("…" if len(value) > SHOWN else "")
