"""PTCE and networks."""

import re
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from tests import factories
from tests.api.conftest import Ask, World


def test_a_list_counts_the_members_that_may_be_seen(world: World, ask: Ask) -> None:
    body = ask("ptces").json
    assert (body["numberMatched"], body["numberReturned"]) == (1, 1)
    [pole] = body["groupings"]
    assert (pole["id"], pole["kind"], pole["members"]) == ("pole", "ptce", 2)
    assert pole["initiative"]["id"] == "initiative-03"
    assert pole["statuses"] == [{"year": 2015, "status": "lauréat", "source": "appel à projets"}]
    [network] = ask("networks").json["groupings"]
    assert (pole["url"], network["url"]) == (
        "http://testserver/ptce/pole/",
        "http://testserver/reseaux/reseau/",
    )
    assert network["perimeter"] == {"id": "departement-01", "name": "Pays"}


def test_one_names_who_runs_it_then_its_members(world: World, ask: Ask) -> None:
    body = ask("ptces/pole").json
    roles = {one["id"]: one["role"] for one in body["initiatives"]}
    assert roles == {"initiative-00": "member", "initiative-03": "runs", "initiative-04": "member"}
    assert (next(iter(roles)), body["members"]) == ("initiative-03", 2)
    assert sorted(ask("initiatives", ptce="pole").ids) == sorted(roles)


def test_one_that_runs_and_is_a_member_is_named_once(world: World, ask: Ask) -> None:
    runs = world.initiatives["n7"]
    pole = factories.make_grouping("autre", "ptce", initiative=runs)
    assert ask("ptces/autre").json["members"] == 0
    factories.join(pole, runs)
    body = ask("ptces/autre").json
    assert [(one["id"], one["role"]) for one in body["initiatives"]] == [(runs.slug, "runs")]
    assert body["members"] == ask("initiatives", ptce="autre").json["numberMatched"] == 1


@pytest.mark.parametrize("unseen", ["draft", "closed"])
def test_one_that_lists_do_not_show_is_not_named(world: World, ask: Ask, unseen: str) -> None:
    factories.make_grouping("autre", "ptce", initiative=world.initiatives[unseen])
    assert ask("ptces/autre").json["initiatives"] == ask("initiatives", ptce="autre").ids == []


@pytest.mark.parametrize(
    "path", ["ptces/reseau", "networks/secret", "networks/nothing", "ptces/" + "x" * 5_000]
)
def test_what_is_not_there_is_a_problem(world: World, ask: Ask, path: str) -> None:
    answer = ask(path)
    assert (answer.status, answer.headers["Content-Type"]) == (404, "application/problem+json")


def test_one_side_alone_is_no_membership(world: World, ask: Ask) -> None:
    pole = factories.make_grouping("autre", "ptce")
    factories.join(pole, world.initiatives["n7"], grouping_agreed_at=None)
    assert ask("ptces/autre").json["initiatives"] == []


@pytest.mark.parametrize("limit", [1, 2])
def test_pages_neither_skip_nor_repeat(world: World, ask: Ask, limit: int) -> None:
    for number in range(4):
        factories.make_grouping(f"autre-{number}", "network", name="Même nom")
    answer = ask("networks", limit=limit)
    ids = [grouping["id"] for grouping in answer.json["groupings"]]
    while following := [link["href"] for link in answer.json["links"] if link["rel"] == "next"]:
        answer = ask(following[0])
        ids += [grouping["id"] for grouping in answer.json["groupings"]]
    assert sorted(ids) == ["autre-0", "autre-1", "autre-2", "autre-3", "reseau"]


@pytest.mark.parametrize(
    ("path", "queries"), [("ptces", 4), ("networks", 5), ("ptces/pole", 4), ("networks/reseau", 5)]
)
def test_they_cost_a_fixed_number_of_queries(
    world: World, ask: Ask, django_assert_num_queries: DjangoAssertNumQueries, path: str, queries: int
) -> None:
    with django_assert_num_queries(queries):
        answer: Any = ask(path)
        assert answer.status == 200


MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


@pytest.mark.parametrize(
    "path", ["initiatives?limit=1", "initiatives/initiative-00", "ptces", "ptces/pole", "networks/reseau"]
)
def test_moments_are_written_one_way(world: World, ask: Ask, path: str) -> None:
    text = re.sub(r'"provenance":\{.*?\}\}', "", ask(f"/api/v1/{path}").text)
    moments = re.findall(r'"(?:\w+_at|first_seen|last_seen)":\s*"([^"]+)"', text)
    assert moments
    assert [moment for moment in moments if not MOMENT.fullmatch(moment)] == []
