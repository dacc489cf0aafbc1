"""What the database itself keeps right, by whatever road a row comes."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.apps import apps
from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from directory.models import Consent, Contact, Grouping, Initiative, LexiconWord, Link, Membership
from territories.models import Territory
from tests.factories import make_territory

Make = Callable[..., Initiative]

REFUSED = {
    "no name": {"name": ""},
    "a slug with a capital": {"slug": "Le-Moulin"},
    "a slug with two dashes": {"slug": "le--moulin"},
    "no activity": {"activities": []},
    "an activity of no sector": {"activities": [99]},
    "too many activities": {"activities": list(range(101, 122))},
    "a point of unknown precision": {"location": Point(0, 0, srid=4326), "precision": ""},
    "a precision without a point": {"location": None, "precision": "address"},
    "a short SIRET": {"siret": "123"},
    "an RNA without its letter": {"rna": "123456789"},
    "an end before the beginning": {
        "founded": date(2020, 1, 1), "founded_precision": "year",
        "closed": date(2019, 1, 1), "closed_precision": "year",
    },
    "a date of unknown precision": {"founded": date(2020, 1, 1), "founded_precision": ""},
    "a verified synthetic row": {"origin": "synthetic", "verified_at": timezone.now()},
}  # fmt: skip


@pytest.mark.parametrize("fields", REFUSED.values(), ids=REFUSED)
def test_the_database_refuses(initiative: Make, fields: dict) -> None:
    initiative()
    with pytest.raises(IntegrityError), transaction.atomic():
        Initiative.objects.update(**fields)


def test_limits_that_just_hold(initiative: Make) -> None:
    initiative(activities=[100, 1499, 3099])
    initiative(activities=list(range(101, 121)))
    initiative(
        founded=date(2020, 1, 1), founded_precision="day", closed=date(2020, 1, 1), closed_precision="day"
    )
    initiative(siret="35600000000048", rna="W231000123")


@pytest.mark.parametrize(
    ("siret", "valid"),
    [("35600000000048", True), ("73282932000074", True), ("73282932000075", False), ("7328293200007", False)],
)
def test_the_check_digit_of_a_siret(initiative: Make, siret: str, valid: bool) -> None:
    made = initiative(siret=siret) if len(siret) == 14 else initiative()
    made.siret = siret
    if valid:
        made.full_clean()
    else:
        with pytest.raises(ValidationError, match="SIRET"):
            made.full_clean()


@pytest.mark.parametrize("road", ["save", "update", "bulk_create", "sql"])
def test_territories_follow_the_commune_by_every_road(
    initiative: Make, country: dict[str, Territory], road: str
) -> None:
    ham = country["Ham"]
    if road == "save":
        made = initiative(commune=ham)
    elif road == "bulk_create":
        [made] = Initiative.objects.bulk_create(
            [Initiative(slug="x", name="X", activities=[101], commune=ham)]
        )
    else:
        made = initiative()
        if road == "update":
            Initiative.objects.filter(pk=made.pk).update(commune=ham)
        else:
            with connection.cursor() as cursor:
                cursor.execute("UPDATE directory_initiative SET commune_id = 'commune-01001'")
    made.refresh_from_db()
    assert (made.epci, made.departement, made.region, made.country) == (
        country["CC des Trois"], country["Ouestland"], country["Région"], country["France"]
    )  # fmt: skip


def test_an_arrondissement_gives_its_commune_and_a_departement_its_region(
    initiative: Make, country: dict[str, Territory]
) -> None:
    first = make_territory("arrondissement", "01901", "Ham 1er", commune=country["Ham"])
    assert initiative(arrondissement=first).commune == country["Ham"]
    alone = initiative(departement=country["Estland"])
    assert (alone.region, alone.country, alone.epci) == (country["Région"], country["France"], None)
    alone.departement = None
    alone.save()
    alone.refresh_from_db()
    assert alone.region is None


def test_sectors_and_cells_are_derived(initiative: Make) -> None:
    made = initiative(activities=[1402, 101, 100], at=(0, 0))
    assert (made.sector_mask, made.main_sector) == (1 << 13 | 1, 14)
    assert (made.tile_x, made.tile_y) == (2**23, 2**23)
    nowhere = initiative()
    assert (nowhere.tile_x, nowhere.tile_y) == (None, None)
    for at, cell in [((-180, 90), (0, 0)), ((180, -90), (2**24 - 1, 2**24 - 1))]:
        far = initiative(at=at)
        assert (far.tile_x, far.tile_y) == cell


def test_words_of_published_listings_enter_the_lexicon(
    initiative: Make, country: dict[str, Territory]
) -> None:
    initiative("Brouillonneux", publication="draft")
    hidden = initiative("Zythologues", publication="hidden", commune=country["Saint-Loup"])
    known = LexiconWord.objects.filter(word__in=["brouillonneux", "zythologues", "loup"]).values_list(
        "word", flat=True
    )
    assert list(known) == []
    hidden.publication = "published"
    hidden.save()
    assert sorted(known.all()) == ["loup", "zythologues"]


@pytest.mark.parametrize("road", ["save", "update", "sql"])
def test_history_records_what_changed_by_every_road(
    initiative: Make, country: dict[str, Territory], road: str
) -> None:
    event = apps.get_model("directory", "InitiativeEvent")
    made = initiative("Avant")
    if road == "save":
        made.name, made.location, made.precision = "Après", Point(1, 2, srid=4326), "street"
        made.save()
    elif road == "update":
        Initiative.objects.update(name="Après", location=Point(1, 2, srid=4326), precision="street")
    else:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE directory_initiative"
                " SET name = 'Après', location = ST_Point(1, 2, 4326), precision = 'street'"
            )
    labels = list(event.objects.order_by("pgh_id").values_list("pgh_label", "name", "precision"))
    assert labels == [("insert", "Avant", ""), ("update", "Après", "street")]
    Initiative.objects.update(updated_at=timezone.now() + timedelta(days=1))
    assert event.objects.count() == 2, "what follows from the rest is not history"
    Initiative.objects.all().delete()
    assert event.objects.latest("pgh_id").pgh_label == "delete"


def test_a_membership_is_asserted_by_one_side_at_least_and_current_once(
    ptce: Grouping, initiative: Make
) -> None:
    member = initiative()
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(grouping=ptce, initiative=member)
    now = timezone.now()
    Membership.objects.create(grouping=ptce, initiative=member, member_agreed_at=now, until="2020-01-01")
    Membership.objects.create(grouping=ptce, initiative=member, member_agreed_at=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(grouping=ptce, initiative=member, grouping_agreed_at=now)


def test_a_link_joins_two_and_stands_once(initiative: Make) -> None:
    one, two = initiative(), initiative()
    Link.objects.create(origin=one, target=two, kind="supplies")
    Link.objects.create(origin=two, target=one, kind="supplies")
    for origin, target in [(one, one), (one, two)]:
        with pytest.raises(IntegrityError), transaction.atomic():
            Link.objects.create(origin=origin, target=target, kind="supplies")


def test_consents_are_added_and_never_changed(initiative: Make) -> None:
    contact = Contact.objects.create(initiative=initiative(), name="Une personne")
    consent = Consent.objects.create(
        contact=contact,
        purpose="public",
        granted=True,
        wording_version="1",
        method="written",
        source="courrier",
    )
    consent.granted = False
    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        consent.save()
    contact.delete()
    assert not Consent.objects.exists(), "a deletion erases"


def test_no_person_enters_a_history() -> None:
    names = {model.__name__ for model in apps.get_models() if hasattr(model, "pgh_tracked_model")}
    assert names == {
        f"{model}Event"
        for model in (
            "Initiative",
            "Membership",
            "Link",
            "Grouping",
            "PtceStatus",
            "ServedTerritory",
            "Lever",
        )  # fmt: skip
    } | {f"{model}Version" for model in ("Event", "Organiser", "Session", "Testimony")}
