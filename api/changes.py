"""What a program may change of an initiative, told strictly and checked as the model checks it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from rest_framework import serializers

from accounts.models import User
from api.bodies import Text, Truth, activities, read, text
from api.errors import Changed
from directory import publishing
from directory.errors import BadCriteria
from directory.history import LONGEST_WHY, hand_of
from directory.models import Initiative, LegalForm
from directory.permissions import Action, require

LONGEST_TEXT = 20_000
VIA = "API"
# What bears another name in the answers than in the table.
COLUMNS = {"testimony": "accepts_testimony"}
NAMES = {column: name for name, column in COLUMNS.items()}


class InitiativeChangeSerializer(serializers.Serializer[Any]):
    """The members to change, any of them; what is not named stays. An empty text empties."""

    name = text(300, said=True)
    summary = text(500, "One sentence.")
    description = text(LONGEST_TEXT)
    activities = serializers.ListField(
        child=Text(max_length=100),
        required=False, min_length=1, max_length=20,
        help_text="Slugs of activities, the main one first; the slug of a sector where none is said.",
    )  # fmt: skip
    legal_form = serializers.ChoiceField(choices=LegalForm.choices, required=False)
    website = text(500)
    phone = text(50, "Of the organisation.")
    email = text(254, "Of the organisation, never of a person.")
    opening_hours = text(1_000, "In the syntax of OpenStreetMap.")
    testimony = Truth(required=False, help_text="Accepts to testify.")
    why = text(LONGEST_WHY, "Why it is changed; public, so that it names nobody.")
    updated_at = text(
        40, "As it was read: refused with 409 where the initiative has changed since.", said=True
    )


def read_change(body: Any) -> dict[str, Any]:
    """What is to change, by name; BadCriteria names what is refused."""
    given = read(body, InitiativeChangeSerializer)
    if not given.keys() - {"why", "updated_at"}:
        raise BadCriteria({"body": ["Nothing is to change."]})
    if "activities" in given:
        given["activities"] = activities(given["activities"])
    return given


@transaction.atomic
def change(slug: str, given: dict[str, Any], by: User) -> Initiative | None:
    """The initiative as changed, in one verb; None where none of this name is published."""
    row = Initiative.objects.published().select_for_update(of=("self",)).filter(slug=slug).first()
    if row is None:
        return None
    require(by, Action.EDIT_INITIATIVE, row)
    written = row.updated_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ") if row.updated_at else ""
    if (read_at := given.get("updated_at")) is not None and read_at != written:
        raise Changed(
            f"The initiative {slug[:60]} has changed since it was read: it was updated at {written}."
        )
    hand, changed = hand_of(by, row), []
    for name, value in given.items():
        column = COLUMNS.get(name, name)
        if name not in ("why", "updated_at") and getattr(row, column) != value:
            setattr(row, column, value)
            changed.append(column)
    if not changed:
        return row
    check(row, changed)
    account = f"{publishing.ACCOUNT}{by.pk}"
    return publishing.save(row, changed, account, VIA, hand=hand, via=VIA, why=given.get("why", ""))


def check(row: Initiative, changed: list[str]) -> None:
    """What the model says of the fields that change."""
    others = [field.name for field in row._meta.fields if field.name not in changed]
    try:
        row.full_clean(exclude=others, validate_unique=False)
    except ValidationError as error:
        raise BadCriteria(
            {NAMES.get(name, name): said for name, said in error.message_dict.items()}
        ) from None
