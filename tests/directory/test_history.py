"""Every change is recorded whatever road it came by, with who and why; versions are read and brought back."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.apps import apps
from django.contrib.gis.geos import Point
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import User
from directory import history, publishing
from directory.errors import NotAllowed, VersionRefused
from directory.examples import load_examples
from directory.history import Hand, noting
from directory.models import Grouping, Initiative, Link, Membership, PtceStatus, Role, ServedTerritory
from directory.version import token
from territories.models import Territory
from tests.directory.test_admin import form_of
from tests.factories import join, make_grouping, make_initiative

Make = Callable[..., Initiative]
WHO = {"by": "account 7", "hand": Hand.MODERATION, "via": "site", "why": "Relu."}


def recorded(model: str, pk: int | None = None) -> list[dict[str, Any]]:
    """What the history says of a row: the label, and what was told."""
    rows = apps.get_model("directory", f"{model}Event")._default_manager.order_by("pgh_id")
    found = rows.filter(pgh_obj=pk) if pk else rows
    return [
        {"label": row.pgh_label, **(row.pgh_context.metadata if row.pgh_context else {})}
        for row in found.select_related("pgh_context")
    ]


# -- Every road -------------------------------------------------------------------------------------


def by_the_verb(made: Initiative) -> None:
    made.summary = "Nouveau"
    publishing.save(made, ["summary"], "account 7", "site", **{n: WHO[n] for n in ("hand", "via", "why")})


def by_update(made: Initiative) -> None:
    Initiative.objects.filter(pk=made.pk).update(summary="Nouveau")


def by_bulk_update(made: Initiative) -> None:
    made.summary = "Nouveau"
    Initiative.objects.bulk_update([made], ["summary"])


def by_sql(made: Initiative) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE directory_initiative SET summary = 'Nouveau' WHERE id = %s", [made.pk])


def by_many(made: Initiative) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE directory_initiative SET summary = %s WHERE id = %s", [("Nouveau", made.pk)]
        )


@pytest.mark.parametrize("road", [by_the_verb, by_update, by_bulk_update, by_sql, by_many])
def test_a_change_is_recorded_with_who_and_why(initiative: Make, road: Callable[[Initiative], None]) -> None:
    made = initiative(summary="Ancien")
    with noting(**WHO):
        road(made)
    assert recorded("Initiative", made.pk) == [{"label": "insert"}, {"label": "update", **WHO}]
    version, first = history.of(made, public=False).found
    assert [(c.field, c.before, c.after) for c in version.changes] == [("summary", "Ancien", "Nouveau")]
    assert first.first


def test_what_comes_by_copy_or_in_bulk_is_recorded_too(initiative: Make, country: Any) -> None:
    kept = initiative()
    with noting(**WHO), connection.cursor() as cursor:
        with cursor.copy("COPY directory_servedterritory (initiative_id, territory_id) FROM STDIN") as copy:
            copy.write_row((kept.pk, "commune-01001"))
        with cursor.copy(
            "COPY directory_initiative (uuid, slug, name, language, summary, description, activities,"
            " legal_form, legal_form_note, siret, rna, website, email, phone, street, postcode, locality,"
            " precision, founded_precision, closed_precision, opening_hours, accepts_testimony,"
            " charter_signatory, publication, activity_state, origin, source, provenance, created_at,"
            " updated_at) FROM STDIN"
        ) as copy:
            copy.write_row(
                ("00000000-0000-0000-0000-000000000001", "copie", "Copie", "fr", "", "", "{101}", "unknown",
                 *[""] * 13, False, False, "draft", "open", "real", "", "{}", "now", "now")
            )  # fmt: skip
    assert recorded("ServedTerritory") == [{"label": "insert", **WHO}]
    assert recorded("Initiative", Initiative.objects.get(slug="copie").pk) == [{"label": "insert", **WHO}]
    with noting(**WHO):
        Initiative.objects.bulk_create(
            [Initiative(slug=f"n{n}", name="N", activities=[101]) for n in range(3)]
        )
    assert recorded("Initiative")[-3:] == [{"label": "insert", **WHO}] * 3


def test_what_people_see_around_an_initiative_is_recorded_until_it_goes(
    initiative: Make, country: dict[str, Territory]
) -> None:
    one, other = initiative(), initiative()
    grouping = make_grouping("pole", initiative=one)
    rows: dict[str, Any] = {
        "Grouping": grouping,
        "Membership": join(grouping, other),
        "Link": Link.objects.create(origin=one, target=other, kind="hosts"),
        "PtceStatus": PtceStatus.objects.create(
            grouping=grouping, year=2015, status="lauréat", source="appel"
        ),
        "ServedTerritory": ServedTerritory.objects.create(initiative=one, territory=country["Ham"]),
    }
    changed = {
        "Grouping": {"name": "Autre"},
        "Membership": {"since": date(2020, 1, 1)}, "Link": {"kind": "finances"},
        "PtceStatus": {"status": "autre"}, "ServedTerritory": {"territory": country["Bourg"]},
    }  # fmt: skip
    keys = {name: row.pk for name, row in rows.items()}
    for name, row in rows.items():
        with noting(**WHO):
            type(row)._default_manager.filter(pk=row.pk).update(**changed[name])
    for model in (Membership, Link, PtceStatus, ServedTerritory, Grouping):
        with noting(**WHO):
            model._default_manager.all().delete()  # type: ignore[attr-defined]
    for name, pk in keys.items():
        assert recorded(name, pk) == [
            {"label": "insert"}, {"label": "update", **WHO}, {"label": "delete", **WHO}
        ], name  # fmt: skip


def test_saving_a_grouping_as_it_was_is_no_change(initiative: Make) -> None:
    made = make_grouping("pole")
    made.save()
    assert [row["label"] for row in recorded("Grouping")] == ["insert"]


def test_what_one_noted_ends_with_it_and_the_inner_one_counts(initiative: Make) -> None:
    made = initiative()
    with noting(**WHO):
        with noting(via="command prune"):
            by_update(made)
        Initiative.objects.filter(pk=made.pk).update(summary="2")
    Initiative.objects.filter(pk=made.pk).update(summary="3")
    with pytest.raises(ZeroDivisionError), noting(**WHO):
        raise ZeroDivisionError
    Initiative.objects.filter(pk=made.pk).update(summary="4")
    told = [{key: row[key] for key in row if key != "label"} for row in recorded("Initiative", made.pk)]
    assert told == [{}, {"via": "command prune"}, WHO, {}, {}]


@pytest.fixture
def administrator(client: Client, db: None) -> User:
    person = User.objects.create_superuser("admin@example.org", "x")
    client.force_login(person)
    return person


def test_the_administration_says_who_in_forms_inlines_and_actions(
    client: Client, administrator: User, initiative: Make, country: dict[str, Territory]
) -> None:
    made = initiative("Le Moulin", publication="draft")
    address = reverse("admin:directory_initiative_change", args=[made.pk])
    sent = form_of(client.get(address), name="Le Moulin neuf", precision="")
    sent |= {"served_territories-TOTAL_FORMS": "1", "served_territories-0-territory": "commune-01001",
             "served_territories-0-initiative": str(made.pk)}  # fmt: skip
    assert client.post(address, sent).status_code == 302
    who = {"by": f"account {administrator.pk}", "hand": "administration", "via": "administration"}
    assert recorded("Initiative", made.pk)[-1] == {"label": "update", **who}
    assert recorded("ServedTerritory") == [{"label": "insert", **who}]
    for action, state in (("publish", "published"), ("hide", "hidden")):
        client.post(
            reverse("admin:directory_initiative_changelist"),
            {"action": action, "_selected_action": [made.pk]},
        )
        made.refresh_from_db()
        assert made.publication == state
        assert made.provenance["publication"]["by"] == who["by"]
        assert recorded("Initiative", made.pk)[-1] == {"label": "update", **who, "why": "administration"}
    client.post(reverse("admin:directory_initiative_delete", args=[made.pk]), {"post": "yes"})
    assert recorded("Initiative", made.pk)[-1] == {"label": "delete", **who}


def test_a_verb_knows_the_capacity_of_an_account(
    initiative: Make, country: dict[str, Territory], moderator: User
) -> None:
    made = initiative(commune=country["Ham"])
    for by, hand in [
        (f"account {moderator.pk}", "moderation"),
        ("account 999999999", None),
        ("import", None),
    ]:
        made.summary = f"Par {by}"
        publishing.save(made, ["summary"], by, "site")
        assert recorded("Initiative", made.pk)[-1].get("hand") == hand
    new = publishing.save(
        Initiative(name="Neuve", activities=[101]), ["name"], f"account {moderator.pk}", "site"
    )
    assert recorded("Initiative", new.pk)[-1]["hand"] == "contributor"


def test_commands_say_their_name(country: dict[str, Territory]) -> None:
    load_examples()
    told = {(row.get("via"), row.get("hand")) for row in recorded("Initiative")}
    assert told <= {("command load_examples", "import")}


def test_a_merge_says_who(initiative: Make) -> None:
    kept, gone = initiative(), initiative()
    pk = gone.pk
    publishing.merge(kept, gone, **WHO)
    assert recorded("Initiative", pk)[-1] == {"label": "delete", **WHO}


# -- Reading it again -------------------------------------------------------------------------------


def fields(version: history.Version) -> set[str]:
    return {change.field for change in version.changes}


def test_the_public_is_told_only_what_was_public(initiative: Make) -> None:
    made = initiative("Brouillon", publication="draft", description="Secret")
    for changed in (
        {"name": "Publiée", "description": "", "publication": "published"},
        {"summary": "Une phrase"},
        {"publication": "hidden"},
        {"summary": "Cachée"},
        {"publication": "published", "website": "https://example.org"},
    ):
        Initiative.objects.filter(pk=made.pk).update(**changed)
    told = history.of(made, public=True).found
    assert [fields(each) for each in told] == [{"summary", "website"}, {"summary"}, set()]
    assert [each.first for each in told] == [False, False, True]
    assert "Secret" not in repr([each.changes for each in told])
    assert len(history.of(made, public=False).found) == 6


def test_versions_come_by_the_page_and_none_is_lost(initiative: Make) -> None:
    made = initiative()
    for number in range(7):
        Initiative.objects.filter(pk=made.pk).update(summary=str(number))
    found, before = [], None
    while True:
        page = history.of(made, public=True, before=before, most=3)
        found += page.found
        before = page.older
        if before is None:
            break
    assert [each.changes[0].after if each.changes else None for each in found] == [
        "6", "5", "4", "3", "2", "1", "0", None
    ]  # fmt: skip


def test_territories_served_go_with_their_moment(initiative: Make, country: dict[str, Territory]) -> None:
    """Each test is one transaction, of one moment: times are set by hand."""
    made = initiative()
    Initiative.objects.filter(pk=made.pk).update(summary="1")
    row = ServedTerritory.objects.create(initiative=made, territory=country["Ham"])
    row.delete()
    events = apps.get_model("directory", "InitiativeEvent")._default_manager.order_by("pgh_id")
    for event, day in zip(events, (1, 2), strict=True):
        events.filter(pk=event.pk).update(pgh_created_at=datetime(2026, 1, day, tzinfo=UTC))
    served = apps.get_model("directory", "ServedTerritoryEvent")._default_manager
    served.filter(pgh_label="insert").update(pgh_created_at=datetime(2026, 1, 1, 12, tzinfo=UTC))
    served.filter(pgh_label="delete").update(pgh_created_at=datetime(2026, 1, 3, tzinfo=UTC))
    newest, first = history.of(made, public=True).found
    assert (newest.served, newest.unserved) == ([], ["commune-01001"])
    assert (first.served, first.unserved) == ([], []), "what came with the first version is no change"


# -- Bringing a version back ------------------------------------------------------------------------


@pytest.fixture
def moderator(country: dict[str, Territory]) -> User:
    return moderator_of(country["Ouestland"])


def moderator_of(territory: Territory) -> User:
    person = User.objects.create_user(f"m{territory.code}@example.org", "x")
    other = User.objects.create_user(f"o{territory.code}@example.org", "x")
    now = datetime(2026, 1, 1, tzinfo=UTC)
    Role.objects.create(
        person=person, kind="moderator", territory=territory, reason="Je relis.",
        decided_at=now, decided_by=other, granted=True,
    )  # fmt: skip
    return person


@pytest.fixture
def spoilt(initiative: Make, country: dict[str, Territory]) -> Initiative:
    made = initiative(
        "Le Moulin",
        at=(0.5, 45.5),
        commune=country["Ham"],
        description="Farine et pain.",
        activities=[101, 701],
    )
    Initiative.objects.filter(pk=made.pk).update(
        name="PUBLICITÉ", description="Achetez", activities=[501], commune="commune-02001",
        location=Point(2.5, 45.5, srid=4326), publication="hidden",
    )  # fmt: skip
    Initiative.objects.filter(pk=made.pk).update(commune="commune-01002")
    made.refresh_from_db()
    return made


def versions(made: Initiative) -> list[Any]:
    return list(history.events().filter(pgh_obj=made.pk).order_by("pgh_id"))


def test_a_moderator_brings_a_version_back(spoilt: Initiative, moderator: User) -> None:
    first = versions(spoilt)[0]
    made = publishing.restore(spoilt, first, moderator, why="Page abîmée.")
    made.refresh_from_db()
    assert (made.name, made.description, made.activities) == ("Le Moulin", "Farine et pain.", [101, 701])
    assert (made.commune_id, made.departement_id) == ("commune-01001", "departement-01")
    assert made.location and made.location.coords == (0.5, 45.5)
    assert made.publication == "hidden", "whether it is published is another decision"
    assert made.provenance["name"]["by"] == f"account {moderator.pk}"
    assert made.provenance["name"]["from"].startswith("rétabli : version du ")
    assert recorded("Initiative", made.pk)[-1] == {
        "label": "update", "by": f"account {moderator.pk}", "hand": "moderation", "via": "site",
        "why": "Page abîmée.",
    }  # fmt: skip


def test_a_moderator_of_elsewhere_an_owner_and_a_stranger_do_not(
    spoilt: Initiative, country: dict[str, Territory]
) -> None:
    owner = User.objects.create_user("owner@example.org", "x")
    Role.objects.create(
        person=owner, kind="owner", initiative=spoilt, reason="La mienne.", granted=True,
        decided_at=datetime(2026, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    for person in (moderator_of(country["Estland"]), owner, User.objects.create_user("x@example.org", "x")):
        with pytest.raises(NotAllowed):
            publishing.restore(spoilt, versions(spoilt)[0], person, why="x")


def test_a_version_does_not_take_a_listing_out_of_ones_territories(
    initiative: Make, country: dict[str, Territory], moderator: User
) -> None:
    made = initiative("La Grange", at=(3.5, 45.5), commune=country["Rive"], description="Du foin.")
    Initiative.objects.filter(pk=made.pk).update(
        commune=country["Ham"], location=Point(0.5, 45.5, srid=4326), description="PUBLICITÉ"
    )
    with pytest.raises(NotAllowed):
        publishing.restore(made, versions(made)[0], moderator, why="x")
    made.refresh_from_db()
    assert (made.commune_id, made.description) == ("commune-01001", "PUBLICITÉ")
    above = moderator_of(country["Région"])
    assert publishing.restore(made, versions(made)[0], above, why="x").description == "Du foin."


def test_a_version_comes_back_whatever_an_import_wrote_beside(spoilt: Initiative, moderator: User) -> None:
    history.events().filter(pgh_obj=spoilt.pk).update(phone="voir le site")
    Initiative.objects.filter(pk=spoilt.pk).update(phone="voir le site")
    assert publishing.restore(spoilt, versions(spoilt)[0], moderator, why="x").name == "Le Moulin"


def test_a_version_of_what_exists_no_more_is_refused_and_changes_nothing(
    spoilt: Initiative, moderator: User, country: dict[str, Territory]
) -> None:
    first = versions(spoilt)[0]
    events = history.events().filter(pk=first.pk)
    events.update(activities=[101, 199])
    Territory.objects.filter(pk="commune-01001").delete()
    with pytest.raises(VersionRefused) as refused:
        publishing.restore(spoilt, events.get(), moderator, why="x")
    assert len(refused.value.reasons) == 2
    assert "commune-01001" in refused.value.reasons[0] and "199" in refused.value.reasons[1]
    spoilt.refresh_from_db()
    assert spoilt.name == "PUBLICITÉ"


def test_a_version_that_would_not_be_taken_today_is_refused(spoilt: Initiative, moderator: User) -> None:
    events = history.events().filter(pk=versions(spoilt)[0].pk)
    events.update(siret="12345678901234")
    with pytest.raises(VersionRefused, match="SIRET"):
        publishing.restore(spoilt, events.get(), moderator, why="x")


def test_a_version_of_another_listing_is_no_version(
    spoilt: Initiative, moderator: User, initiative: Make
) -> None:
    with pytest.raises(ValueError, match="another"):
        publishing.restore(spoilt, versions(make_initiative())[0], moderator, why="x")


# -- Forgetting -------------------------------------------------------------------------------------


def test_what_must_not_be_read_any_more_is_erased_and_what_is_stays(
    initiative: Make, country: dict[str, Territory]
) -> None:
    made, other = initiative(description="Appelez Ada."), initiative()
    Initiative.objects.filter(pk=made.pk).update(description="Appelez-nous.")
    before = token()
    call_command("forget_history", made.slug, stdout=io.StringIO())
    assert token() != before, "no cache confirms the page of before"
    [version] = history.of(made, public=True).found
    assert version.event.description == "Appelez-nous."
    assert len(versions(other)) == 1
    ServedTerritory.objects.create(initiative=made, territory=country["Ham"])
    slug, pk = made.slug, made.pk
    made.delete()
    assert history.forget(slug) == 2
    assert recorded("Initiative", pk) == recorded("ServedTerritory") == []
