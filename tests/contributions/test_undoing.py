# ruff: noqa: F811
"""All that one person wrote, taken back: what others wrote since stays, and is said."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import User
from contributions import moderating, undoing
from contributions.models import Photo, Proposal
from contributions.proposing import propose
from contributions.undoing import Author
from directory import history, publishing
from directory.history import noting
from directory.models import Initiative
from territories.models import Territory
from tests.directory.conftest import country, initiative  # noqa: F401
from tests.factories import make_person
from tests.mail.outbox import last

SPOILER = "robot@example.org"
WHY = "Publicités."
Country = dict[str, Territory]
NEW = {"name": "Pilules", "activities": [101], "commune": "commune-01001"}


@pytest.fixture
def mill(initiative: Callable[..., Initiative], country: Country) -> Initiative:
    return initiative(
        "Le Moulin", at=(0.5, 45.5), commune=country["Ham"], summary="Farine", website="https://moulin.fr"
    )


@pytest.fixture
def moderator(country: Country) -> User:
    return make_person("moderation", "moderator", country["Ouestland"])


def accepted(
    moderator: User, made: Initiative | None = None, email: str = SPOILER, **fields: Any
) -> Initiative:
    if made is not None:
        made.refresh_from_db()
    return moderating.accept(propose(fields, email=email, initiative=made), moderator)


def written(row: Initiative, by: str, **fields: Any) -> None:
    with noting(by=by, via="site"):
        Initiative.objects.filter(pk=row.pk).update(**fields)


def said(plan: undoing.Plan) -> dict[str, tuple[list[str], list[str], bool, bool]]:
    return {
        step.initiative.name: ([each.field for each in step.back], step.left, step.hides, step.kept)
        for step in plan.steps
    }


def test_what_was_proposed_goes_back_and_what_others_changed_since_stays(
    mill: Initiative, moderator: User
) -> None:
    accepted(moderator, mill, summary="PILULES", website="https://pilules.fr")
    written(mill, "account 999", website="https://juste.fr")
    seen = undoing.plan(Author(None, SPOILER.upper()), moderator)
    assert said(seen) == {"Le Moulin": (["summary"], ["website"], False, False)}
    mill.refresh_from_db()
    assert mill.summary == "PILULES"  # a plan changes nothing
    undoing.undo(Author(None, SPOILER), moderator, WHY)
    mill.refresh_from_db()
    assert (mill.summary, mill.website) == ("Farine", "https://juste.fr")
    version = history.of(mill, public=True).found[0]
    assert (version.why, version.hand) == (WHY, "moderation")
    (again,) = undoing.plan(Author(None, SPOILER), moderator).steps
    assert (again.back, again.left) == ([], ["website"])  # what is back is not spoken of


def test_it_goes_back_to_what_was_before_all_of_it(mill: Initiative, moderator: User) -> None:
    for text in ("Un", "Deux", "Trois"):
        accepted(moderator, mill, summary=text)
    undoing.undo(Author(None, SPOILER), moderator, WHY)
    mill.refresh_from_db()
    assert mill.summary == "Farine"


def test_it_goes_back_to_what_somebody_else_wrote_in_between(mill: Initiative, moderator: User) -> None:
    accepted(moderator, mill, summary="Un")
    accepted(moderator, mill, email="voisine@example.org", summary="Juste")
    accepted(moderator, mill, summary="Deux")
    undoing.undo(Author(None, SPOILER), moderator, WHY)
    mill.refresh_from_db()
    assert mill.summary == "Juste"


def test_what_one_wrote_with_an_account_goes_back_too(mill: Initiative, moderator: User) -> None:
    spoiler = make_person("robot", "owner", mill)
    written(mill, f"{publishing.ACCOUNT}{spoiler.pk}", summary="PILULES")
    written(mill, f"{publishing.ACCOUNT}{spoiler.pk}0", website="https://juste.fr")  # another account
    undoing.undo(Author(spoiler.pk), moderator, WHY)
    mill.refresh_from_db()
    assert (mill.summary, mill.website) == ("Farine", "https://juste.fr")


def test_what_a_moderator_accepted_is_of_who_proposed_it(
    mill: Initiative, moderator: User, country: Country
) -> None:
    accepted(moderator, mill, summary="Juste")
    above = make_person("region", "moderator", country["Région"])
    assert undoing.plan(Author(moderator.pk), above).steps == []


def test_a_listing_that_is_theirs_alone_is_hidden(country: Country, moderator: User) -> None:
    made = accepted(moderator, **NEW)
    assert said(undoing.undo(Author(None, SPOILER), moderator, WHY)) == {"Pilules": ([], [], True, False)}
    made.refresh_from_db()
    assert made.publication == "hidden"


def test_a_listing_that_others_took_up_stays(country: Country, moderator: User) -> None:
    made = accepted(moderator, **NEW)
    written(made, "account 999", name="Pharmacie coopérative")
    undoing.undo(Author(None, SPOILER), moderator, WHY)
    made.refresh_from_db()
    assert made.publication == "published"


def test_a_place_goes_back_as_a_whole_or_stays(mill: Initiative, moderator: User, country: Country) -> None:
    accepted(moderator, mill, location=[1.5, 45.5], precision="address")
    undoing.undo(Author(None, SPOILER), moderator, WHY)
    mill.refresh_from_db()
    assert (mill.commune, mill.location.x) == (country["Ham"], 0.5)
    accepted(moderator, mill, location=[1.5, 45.5], precision="address")
    written(mill, "account 999", precision="street")
    undoing.undo(Author(None, SPOILER), moderator, WHY)
    mill.refresh_from_db()
    assert (mill.commune, mill.location.x) == (country["Bourg"], 1.5)


def test_a_place_does_not_go_back_out_of_ones_territories(
    initiative: Callable[..., Initiative], moderator: User, country: Country
) -> None:
    above = make_person("region", "moderator", country["Région"])
    away = initiative("La Grange", at=(3.5, 45.5), commune=country["Rive"], summary="Juste")
    accepted(above, away, location=[0.5, 45.5], commune=country["Ham"].pk, summary="PILULES")
    (seen,) = undoing.plan(Author(None, SPOILER), moderator).steps
    (step,) = undoing.undo(Author(None, SPOILER), moderator, WHY).steps
    away.refresh_from_db()
    assert (away.summary, away.commune, away.location.x) == ("Juste", country["Ham"], 0.5)
    for each in (seen, step):  # what is looked at is what is done
        assert each.outside and [change.field for change in each.back] == ["summary"]
    undoing.undo(Author(None, SPOILER), above, WHY)
    away.refresh_from_db()
    assert (away.commune, away.location.x) == (country["Rive"], 3.5)


def test_what_an_import_wrote_keeps_nothing_from_going_back(mill: Initiative, moderator: User) -> None:
    written(mill, "import", phone="voir le site")
    accepted(moderator, mill, summary="PILULES")
    undoing.undo(Author(None, SPOILER), moderator, WHY)
    mill.refresh_from_db()
    assert (mill.summary, mill.phone) == ("Farine", "voir le site")


def test_what_a_listing_would_not_be_taken_with_today_stays_and_is_said(
    mill: Initiative, moderator: User
) -> None:
    written(mill, "import", phone="voir le site")
    accepted(moderator, mill, phone="0123456789")
    (step,) = undoing.undo(Author(None, SPOILER), moderator, WHY).steps
    assert (step.unfit, step.back) == (["phone"], [])
    mill.refresh_from_db()
    assert mill.phone == "0123456789"


def test_what_waits_is_refused_with_the_reason(country: Country, moderator: User) -> None:
    propose(NEW, email=SPOILER)
    other = propose(NEW | {"name": "Le vrai"}, email="voisine@example.org")
    undoing.undo(Author(None, SPOILER), moderator, WHY)
    assert WHY in last(SPOILER).text
    assert [each.pk for each in Proposal.objects.filter(state="waiting")] == [other.pk]


def test_what_is_outside_of_ones_territories_stays_and_is_counted(
    mill: Initiative, moderator: User, country: Country
) -> None:
    accepted(moderator, mill, summary="PILULES")
    away = propose(NEW | {"commune": country["Rive"].pk}, email=SPOILER)
    east = make_person("est", "moderator", country["Estland"])
    done = undoing.undo(Author(None, SPOILER), east, WHY)
    assert (done.steps, done.elsewhere) == ([], 1)
    mill.refresh_from_db()
    away.refresh_from_db()
    assert (mill.summary, away.state) == ("PILULES", "refused")


def test_a_photograph_of_theirs_goes_and_nobody_elses(mill: Initiative, moderator: User) -> None:
    photo = Photo.objects.create(content=b"x", width=1, height=1, alternative="Pilules")
    moderating.accept(propose({}, email=SPOILER, initiative=mill, photo=photo), moderator)
    done = undoing.undo(Author(None, "voisine@example.org"), moderator, WHY)
    assert done.steps == [] and Photo.objects.filter(initiative=mill).exists()
    undoing.undo(Author(None, SPOILER), moderator, WHY)
    assert not Photo.objects.exists()


def test_nobody_is_everybody(mill: Initiative, moderator: User) -> None:
    moderating.accept(propose({"summary": "Sans adresse"}, initiative=mill), moderator)
    assert not Author(None).known and undoing.plan(Author(None), moderator).steps == []
