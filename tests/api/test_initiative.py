"""One initiative: its published profile, redirects, what may not be read."""

import pytest
from pytest_django import DjangoAssertNumQueries

from directory.models import Initiative
from tests.api.conftest import Ask, World


def test_a_profile_completes_the_properties_of_lists(world: World, ask: Ask) -> None:
    listed = ask("initiatives", ids="initiative-00").json["features"][0]
    answer = ask("initiatives/initiative-00")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/geo+json")
    feature = answer.json
    assert feature["geometry"] == listed["geometry"]
    said = feature["properties"]
    assert {name: said[name] for name in listed["properties"]} == listed["properties"]
    assert said["description"] == "Longue."
    assert said["address"] == {"street": "1 rue X", "postcode": "01000", "locality": "Ouest"}
    assert (said["phone"], said["email"]) == ("+33 1 23 45 67 89", "contact@example.org")
    assert said["opening_hours"] == "Mo-Fr 09:00-17:00"
    assert (said["founded"], said["closed"]) == ({"date": "2014-05", "precision": "month"}, None)
    assert (said["legal_form_note"], said["charter"], said["activity_state"]) == ("loi 1901", False, "open")
    assert said["uuid"] == str(world.initiatives["n0"].uuid)


def test_a_profile_says_what_contains_it_and_what_it_serves(world: World, ask: Ask) -> None:
    said = ask("initiatives/initiative-00").json["properties"]
    assert said["territories"] == {
        "arrondissement": None,
        "commune": {"id": "commune-01001", "name": "Ouest"},
        "epci": {"id": "epci-200000001", "name": "CC du Milieu"},
        "departement": {"id": "departement-01", "name": "Pays"},
        "region": {"id": "region-99", "name": "Région"},
        "country": {"id": "country-FR", "name": "France"},
    }
    assert said["serves"] == [{"id": "commune-01002", "name": "Est"}]


def test_a_profile_labels_its_sectors_and_activities(world: World, ask: Ask) -> None:
    taxonomy = ask("initiatives/initiative-01").json["properties"]["taxonomy"]
    assert [sector["id"] for sector in taxonomy["sectors"]] == ["alimentation", "commerce"]
    assert [activity["sector"] for activity in taxonomy["activities"]] == ["alimentation", "commerce"]
    assert set(taxonomy["activities"][0]["labels"]) == {"fr", "en"}


def test_a_profile_names_only_what_may_be_read(world: World, ask: Ask) -> None:
    said = ask("initiatives/initiative-00").json["properties"]
    assert said["ptces"] == [{"id": "pole", "name": "Pole", "role": "member"}]
    assert said["networks"] == [{"id": "reseau", "name": "Reseau", "role": "member"}]
    assert [(link["kind"], link["direction"], link["initiative"]["id"]) for link in said["links"]] == [
        ("hosts", "out", "initiative-02"),
        ("supplies", "out", "initiative-01"),
        ("finances", "in", "initiative-05"),
    ]
    assert [site["id"] for site in said["sites"]] == ["initiative-01"]
    assert ask("initiatives/initiative-01").json["properties"]["parent"]["id"] == "initiative-00"
    assert ask("initiatives/initiative-03").json["properties"]["ptces"][0]["role"] == "runs"


def test_a_profile_says_where_it_comes_from(world: World, ask: Ask) -> None:
    said = ask("initiatives/initiative-00").json["properties"]
    assert said["provenance"] == {
        "name": {"at": "2026-01-01T00:00:00Z", "by": "maillage-examples", "from": "une source"}
    }
    [record] = said["sources"]
    assert record["source"] == {"id": "source", "name": "Une source", "url": None, "licence": "ODbL-1.0"}
    assert record["external_id"] == "x1"


def test_a_closed_initiative_stays_readable(world: World, ask: Ask) -> None:
    said = ask("initiatives/closed").json["properties"]
    assert (said["activity_state"], said["closed"]) == ("closed", {"date": "2020-05", "precision": "month"})


@pytest.mark.parametrize("slug", ["draft", "nobody", "x" * 5_000, "1"])
def test_what_may_not_be_read_is_not_there(world: World, ask: Ask, slug: str) -> None:
    answer = ask(f"initiatives/{slug}")
    assert (answer.status, answer.headers["Content-Type"]) == (404, "application/problem+json")
    assert answer.json["status"] == 404


@pytest.mark.parametrize("slug", ["hidden", "archived", "ancien-cache"])
def test_what_was_withdrawn_is_gone(world: World, ask: Ask, slug: str) -> None:
    answer = ask(f"initiatives/{slug}")
    assert (answer.status, answer.json["status"]) == (410, 410)
    assert "no longer published" in answer.json["detail"]


def test_a_merged_slug_leads_to_the_one_kept(world: World, ask: Ask) -> None:
    answer = ask("initiatives/ancien-nom", format="json")
    assert answer.status == 308
    assert answer.headers["Location"] == "http://testserver/api/v1/initiatives/initiative-00?format=json"


# one more for what somebody verified
@pytest.mark.parametrize(
    ("slug", "queries"), [("initiative-00", 14), ("initiative-01", 15), ("initiative-30", 14)]
)
def test_a_profile_costs_a_fixed_number_of_queries(
    world: World, ask: Ask, django_assert_num_queries: DjangoAssertNumQueries, slug: str, queries: int
) -> None:
    with django_assert_num_queries(queries):
        ask(f"initiatives/{slug}")


def test_a_profile_never_says_which_account_wrote_a_field(world: World, ask: Ask) -> None:
    note = {"at": "2026-01-01T00:00:00+00:00", "by": "account 12", "from": "administration"}
    Initiative.objects.filter(slug="initiative-00").update(provenance={"name": note})
    said = ask("initiatives/initiative-00").json["properties"]["provenance"]
    assert said == {"name": {"at": note["at"], "by": None, "from": "administration"}}
