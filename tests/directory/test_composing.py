"""Who composes, changes, lists and effaces a custom territory; what it rests on and what rests on it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.personal import erase, everything
from directory import composing
from directory.composing import Composed, compose, discard, of_ptce, redefine, set_listed
from directory.errors import CompositionRefused, NotAllowed
from directory.models import Grouping, ServedTerritory
from territories.errors import InvalidPerimeter
from territories.gazetteer import suggest
from territories.models import Territory
from tests.factories import make_initiative, make_person

pytestmark = pytest.mark.django_db
FELLETIN, AUBUSSON, USSEL = "commune-23079", "commune-23008", "commune-19275"


def given(*communes: str, name: str = "Pays de la Rozeille", **other: Any) -> Composed:
    said: dict[str, Any] = {"name": name, "communes": communes, "dated": date(2026, 11, 22)}
    return Composed(**said | other)


@pytest.fixture
def author(places: dict[str, Any]) -> User:
    return make_person("autrice")


def test_whoever_has_an_account_composes_and_only_the_address_leads_there(author: User) -> None:
    made = compose(author, given(FELLETIN, AUBUSSON, source="délibération"))
    assert (made.pk, made.owner, made.listed, made.source) == (
        "custom-pays-de-la-rozeille", author, False, "délibération",
    )  # fmt: skip
    assert set(made.communes.values_list("pk", flat=True)) == {FELLETIN, AUBUSSON}
    assert made not in Territory.objects.listed() and suggest("pays de la rozeille") == []
    again = compose(make_person("autre"), given(USSEL))
    assert again.pk == "custom-pays-de-la-rozeille-2" and made.communes.count() == 2


def test_a_name_changes_and_the_address_stays(author: User) -> None:
    made = compose(author, given(FELLETIN))
    changed = redefine(made, author, given(AUBUSSON, USSEL, name="Autre nom"))
    assert (changed.pk, changed.name, changed.listed) == (made.pk, "Autre nom", False)
    assert set(changed.communes.values_list("pk", flat=True)) == {AUBUSSON, USSEL}


@pytest.mark.parametrize("do", [lambda t, p: redefine(t, p, given(USSEL)), discard])
def test_only_the_author_and_administrators_change_it(
    author: User, places: dict[str, Any], do: Callable[[Territory, User], Any]
) -> None:
    made = compose(author, given(FELLETIN))
    for stranger in (make_person("x"), make_person("y", "officer", places["departement"])):
        with pytest.raises(NotAllowed):
            do(made, stranger)
    do(made, User.objects.create_superuser("admin@example.org"))


def test_who_answers_for_all_of_its_ground_lists_it(author: User, places: dict[str, Any]) -> None:
    made = compose(author, given(FELLETIN, USSEL))
    for stranger in (author, make_person("creuse", "officer", places["departement"])):
        with pytest.raises(NotAllowed):
            set_listed(made, stranger, True)
    officer = make_person("region", "officer", places["region"])
    assert set_listed(made, officer, True) in Territory.objects.listed()
    assert suggest("pays de la rozeille")[0].id == made.pk
    assert redefine(made, author, given(FELLETIN, USSEL, source="charte")).listed
    set_listed(made, officer, False)
    assert suggest("pays de la rozeille") == []


@pytest.mark.parametrize("changed", [given(FELLETIN, name="Réclame"), given(FELLETIN, USSEL)])
def test_what_was_offered_to_all_is_not_changed_behind_their_back(author: User, changed: Composed) -> None:
    made, administrator = compose(author, given(FELLETIN)), User.objects.create_superuser("a@example.org")
    set_listed(made, administrator, True)
    assert not redefine(made, author, changed).listed and suggest(changed.name) == []
    set_listed(made, administrator, True)
    assert redefine(made, administrator, given(AUBUSSON)).listed


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        (given(), "aucune commune"), (given(FELLETIN, name=""), "nom"), (given(FELLETIN, name="!!!"), "nom"),
        (given(FELLETIN, name="x" * 101), "100 signes"), (given(FELLETIN, name="a\x00b"), "nom"),
        (given(FELLETIN, dated=date(1899, 12, 31)), "1900"),
        (given(FELLETIN, dated=date(2200, 1, 1)), "1900"),
        (given(FELLETIN, source="x" * 501), "500 signes"), (given("commune-00000"), "commune-00000"),
        (given("departement-23"), "departement-23"),
    ],
)  # fmt: skip
def test_refusals_write_nothing(author: User, said: Composed, problem: str) -> None:
    before = Territory.objects.count()
    with pytest.raises((CompositionRefused, InvalidPerimeter), match=problem):
        compose(author, said)
    assert Territory.objects.count() == before


def test_each_person_has_a_bounded_number(author: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(composing, "MOST", 2)
    first, _second = compose(author, given(FELLETIN)), compose(author, given(FELLETIN))
    with pytest.raises(CompositionRefused, match="déjà composé 2"):
        compose(author, given(FELLETIN))
    discard(first, author)
    compose(author, given(FELLETIN))


def held_role(made: Territory) -> None:
    make_person("agente", "moderator", made)


def perimeter(made: Territory) -> None:
    Grouping.objects.update(perimeter=made)


def served(made: Territory) -> None:
    ServedTerritory.objects.create(initiative=make_initiative(), territory=made)


@pytest.mark.parametrize("rests", [held_role, perimeter, served])
def test_what_others_rest_on_keeps_its_communes_and_stays(
    author: User, rests: Callable[[Territory], None]
) -> None:
    made = compose(author, given(FELLETIN))
    rests(made)
    with pytest.raises(CompositionRefused, match="ne changent plus"):
        redefine(made, author, given(FELLETIN, AUBUSSON))
    assert redefine(made, author, given(FELLETIN, name="Autre nom")).name == "Autre nom"
    with pytest.raises(CompositionRefused, match="effacé"):
        discard(made, author)


def test_a_past_role_keeps_it_too(author: User) -> None:
    made = compose(author, given(FELLETIN))
    make_person("ancien", "moderator", made, ended_at=timezone.now())
    assert redefine(made, author, given(AUBUSSON)).pk == made.pk
    with pytest.raises(CompositionRefused, match="ancien rôle"):
        discard(made, author)


def test_a_ptce_gives_its_perimeter_else_the_communes_of_its_members(places: dict[str, Any]) -> None:
    declared = of_ptce(places["ptce"])
    assert set(declared.ids) == {FELLETIN, AUBUSSON} and "déclaré" in declared.rule
    known = of_ptce(places["other_ptce"])
    assert known.ids == [USSEL] and "membres connus" in known.rule
    with pytest.raises(InvalidPerimeter, match="ni le périmètre"):
        of_ptce(places["pending"])


def test_leaving_takes_what_nobody_else_was_shown(author: User, places: dict[str, Any]) -> None:
    mine, shown, used = (compose(author, given(FELLETIN, name=name)) for name in ("Un", "Deux", "Trois"))
    set_listed(shown, User.objects.create_superuser("admin@example.org"), True)
    perimeter(used)
    told = everything(author)["territories"]
    assert [each["name"] for each in told] == ["Deux", "Trois", "Un"]
    erase(author)
    left = Territory.objects.filter(pk__in=[mine.pk, shown.pk, used.pk])
    assert {(each.pk, each.owner) for each in left} == {(shown.pk, None), (used.pk, None)}
