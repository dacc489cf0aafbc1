"""What anyone proposes by a program: the verb of the form, without a browser that works for what it sends.

So an address of mail is asked for, and no moderator reads anything before its owner has opened the link that
is sent there. That link opens the proposal: the answer does not give it, nor says whether it is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from rest_framework import serializers
from rest_framework.exceptions import Throttled
from rest_framework.request import Request

from accounts.pace import WINDOW, too_often
from api.answers import site
from api.bodies import Number, Text, Truth, activities, read, text
from api.serializers import Moment
from contributions import fields, proposing
from contributions.errors import ProposalRefused, TooManyProposals
from contributions.fields import LONGEST, MOST_ACTIVITIES, astray, at_home
from contributions.models import LONGEST_SAID, Proposal
from contributions.near import Likely, near
from directory.errors import BadCriteria
from directory.models import ActivityState, Initiative, LegalForm, Precision
from directory.validators import plain_address
from mail.writing import LANGUAGES
from territories.errors import UnknownTerritory
from territories.gazetteer import locate, resolve
from territories.geometry import Point
from territories.models import Kind, Territory

# What bears another name among the fields of a listing, of which the address of whoever writes is none.
NAMES = {
    "email": "organisation_email",
    "location": "point",
    "precision": "point",
    "author": "email",
    "": "body",
}
# What contributions.fields names likewise.
AS_THEY_ARE = (
    "name", "summary", "description", "legal_form", "siret", "rna", "website", "phone", "opening_hours",
    "street", "postcode", "activity_state", "language",
)  # fmt: skip


def longest(name: str, help_text: str = "", **options: Any) -> Text:
    return text(LONGEST.get(name, 100), help_text, **options)


def slugs(*, required: bool = False) -> serializers.ListField:
    return serializers.ListField(
        child=Text(max_length=100), required=required, min_length=1, max_length=MOST_ACTIVITIES,
        help_text="Slugs of activities, the main one first; the slug of a sector where none is said.",
    )  # fmt: skip


class CorrectionSerializer(serializers.Serializer[Any]):
    """The members to correct, or `remarks` alone. What is not named stays; an empty text empties."""

    name = longest("name", said=True)
    summary = longest("summary", "One sentence, in plain words.")
    description = longest("description")
    activities = slugs()
    commune = Text(
        max_length=100,
        required=False,
        help_text="Its id, as `commune-23008`; that of the point where none is said.",
    )
    point = serializers.ListField(
        child=Number(), required=False, min_length=2, max_length=2,
        help_text="Longitude, then latitude, in degrees (WGS 84).",
    )  # fmt: skip
    at_home = Truth(
        required=False,
        help_text="`true`: it is at somebody's home. Neither point nor street is kept; the chief place of"
        " the commune is shown.",
    )
    street = longest("street", "Number and street.")
    postcode = longest("postcode")
    legal_form = serializers.ChoiceField(choices=LegalForm.choices, required=False)
    siret = longest("siret")
    rna = longest("rna")
    website = longest("website")
    phone = longest("phone", "Of the organisation: it is public.")
    organisation_email = longest(
        "email", "Of the organisation, never of a person: it is public.", validators=[plain_address]
    )
    opening_hours = longest("opening_hours", "In the syntax of OpenStreetMap.")
    activity_state = serializers.ChoiceField(choices=ActivityState.choices, required=False)
    language = serializers.ChoiceField(
        choices=LANGUAGES, required=False, help_text="Of the texts: ISO 639-1."
    )
    remarks = text(LONGEST_SAID, "For the moderators: how you know, where to check it. Not published.")
    email = Text(
        max_length=254, required=True, validators=[validate_email, plain_address], trim_whitespace=False,
        help_text="Of whoever proposes. The link that confirms the proposal, and then follows it, is sent"
        " there. Not published, and erased twelve months after the decision.",
    )  # fmt: skip
    reply_in = serializers.ChoiceField(
        choices=LANGUAGES, required=False, help_text="The language of the letters, `fr` if nothing is said."
    )


class NewInitiativeSerializer(CorrectionSerializer):
    """A new initiative. Its `commune` or its `point` is needed."""

    name = longest("name", said=True, required=True)
    activities = slugs(required=True)


class AlikeSerializer(serializers.Serializer[Any]):
    """A published initiative that may be the one that is proposed, or that stands near it."""

    id = serializers.CharField()
    name = serializers.CharField()
    url = serializers.URLField(help_text="Its page, for people.")
    metres = serializers.FloatField(allow_null=True, help_text="From the point, where both have one.")
    likely = serializers.BooleanField(
        help_text="Whether it may be the same; otherwise it only stands within 300 metres."
    )


class ProposedSerializer(serializers.Serializer[Any]):
    """What becomes of a proposal. The link that opens it is in the letter alone."""

    state = serializers.ChoiceField(
        choices=["confirm"], help_text="It waits for a click on the link that was sent to `email`."
    )
    confirm_before = serializers.DateTimeField(help_text="It is erased then, if nobody confirmed.")
    follow_up = serializers.URLField(
        help_text="A page for people that says what to do next: to read one's mail."
    )
    alike = AlikeSerializer(
        many=True, help_text="Of a new initiative: what the directory knows that is like it. Confirm only"
        " where it is none of them.",
    )  # fmt: skip


def take(request: Request, body: Any, initiative: Initiative | None = None) -> Proposal:
    """Keep what a body proposes; it waits for its author to confirm. BadCriteria names what is refused,
    Throttled says when to come back."""
    if too_often(request._request, "proposal-step", proposing.MOST_LOOKED_AT):
        raise Throttled(WINDOW)
    given = read(body, CorrectionSerializer if initiative else NewInitiativeSerializer)
    with transaction.atomic():
        made = proposed(given, initiative)
        # Only what would be kept counts, as in the form, which is judged before it is sent.
        if too_often(request._request, "proposal", proposing.MOST_IN_AN_HOUR):
            raise Throttled(WINDOW)
    return made


def proposed(given: Mapping[str, Any], initiative: Initiative | None) -> Proposal:
    try:
        return proposing.propose(
            listing_fields(given, initiative),
            email=given["email"],
            language=given.get("reply_in", "fr"),
            initiative=initiative,
            said=given.get("remarks", "").replace("\r\n", "\n").strip(),
            proven=False,
        )
    except TooManyProposals as refused:
        raise Throttled(refused.wait, " ".join(refused.faults[""])) from None
    except ProposalRefused as refused:
        raise BadCriteria({NAMES.get(name, name): said for name, said in refused.faults.items()}) from None


def listing_fields(given: Mapping[str, Any], initiative: Initiative | None) -> dict[str, Any]:
    """As contributions.fields names them."""
    found = {name: given[name] for name in AS_THEY_ARE if name in given}
    if "organisation_email" in given:
        found["email"] = given["organisation_email"]
    if "activities" in given:
        found["activities"] = activities(given["activities"])
    return found | placed(given, initiative)


def placed(given: Mapping[str, Any], initiative: Initiative | None) -> dict[str, Any]:
    """Its commune, its point and how far that may be trusted, as the form says them."""
    commune = commune_of(given["commune"]) if "commune" in given else None
    found = fields.check({"location": given["point"]})["location"] if "point" in given else None
    point = Point(*found) if found else None
    if point and commune and (fault := astray(point, commune)):
        raise BadCriteria({"point": [fault]})
    if given.get("at_home"):
        here = commune or (locate(point) if point else None) or (initiative.commune if initiative else None)
        if here is None:
            raise BadCriteria({"commune": ["Say in which commune it is."]})
        return at_home(here)
    return ({"commune": commune.pk} if commune else {}) | (
        {"location": found, "precision": Precision.ADDRESS.value} if found else {}
    )


def commune_of(text: str) -> Territory:
    """The commune of this id, or the one that a former commune became."""
    try:
        found = resolve(text)
    except UnknownTerritory:
        found = None
    if found is None or found.kind != Kind.COMMUNE:
        raise BadCriteria({"commune": [f"No commune has the id {text[:50]}."]})
    return found


def told(request: Request, made: Proposal) -> dict[str, Any]:
    """The answer: the same whoever the address is of. What is like a new one is public already."""
    with translation.override(made.language):
        page = request.build_absolute_uri(reverse("frontend:proposal_sent"))
    alike = [] if made.initiative else [likely(request, each) for each in near(made.fields)]
    before = Moment().to_representation(made.created_at + proposing.UNCONFIRMED_KEPT)
    return {"state": made.state, "confirm_before": before, "follow_up": page, "alike": alike}


def likely(request: Request, found: Likely) -> dict[str, Any]:
    return {
        "id": found.initiative.slug,
        "name": found.initiative.name,
        "url": f"{site(request)}/initiatives/{found.initiative.slug}/",
        "metres": None if found.metres is None else round(found.metres, 1),
        "likely": found.doubles,
    }
