"""Answering together: a code, nobody's name, figures from five answers on, an end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from directory.errors import NotAllowed
from questionnaires import gathered, owning, personal, sessions, tasks
from questionnaires.answering import begin, erase, finish
from questionnaires.errors import SessionRefused
from questionnaires.models import GroupSession, QuestionnaireVersion, Response
from questionnaires.owning import tie
from tests.factories import make_grouping, make_initiative, make_person
from tests.questionnaires.answered import alike, answered

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(version: QuestionnaireVersion) -> GroupSession:
    return sessions.open_session(
        make_person("ouvre"), version, "Assemblée", circles=["Salariés", "Bénévoles"]
    )


def means(session: GroupSession) -> list[int | None] | None:
    found = gathered.figures(session)
    return found and [each.mean for each in found.dimensions]


def test_four_answers_say_nothing_and_the_fifth_says_all_at_once(session: GroupSession) -> None:
    for step in (4, 4, 4, 4):
        answered(session.version, step, group=session)
    begin(session.version, alike(session.version, 0), group=session)  # not finished: not counted
    assert (gathered.numbers(session), gathered.figures(session)) == ((4, 1), None)
    answered(session.version, 2, group=session)
    assert means(session) == [90, 90, 90, 90]


def test_a_part_is_told_of_from_five_on_and_never_beside_four_others(session: GroupSession) -> None:
    for _n in range(5):
        answered(session.version, 4, group=session, circle=0)
    for _n in range(4):
        answered(session.version, 0, group=session, circle=1)
    found = gathered.figures(session)
    assert found is not None
    assert (found.count, found.parts) == (9, [])
    answered(session.version, 0, group=session, circle=1)
    found = gathered.figures(session)
    assert found is not None
    assert [(part.number, {each.mean for each in part.dimensions}) for part in found.parts] == [
        (0, {100}),
        (1, {0}),
    ]


def test_what_is_finished_after_the_end_does_not_count(session: GroupSession) -> None:
    for _n in range(5):
        answered(session.version, 4, group=session)
    late, _key = begin(session.version, alike(session.version, 0), group=session)
    assert session.opened_by is not None
    session = sessions.end(session, session.opened_by)
    assert not session.is_open
    with pytest.raises(SessionRefused):
        finish(late)
    assert gathered.numbers(session) == (5, 0)
    assert means(session) == [100] * 4


def test_it_closes_by_itself(session: GroupSession) -> None:
    assert session.is_open
    assert timedelta(hours=23) < session.closes_at - timezone.now() <= timedelta(days=1)
    GroupSession.objects.update(closes_at=timezone.now())
    session.refresh_from_db()
    assert not session.is_open


def test_figures_may_wait_for_the_end(version: QuestionnaireVersion) -> None:
    by = make_person("ouvre")
    session = sessions.open_session(by, version, "À la fin", live=False)
    assert not sessions.visible(session)
    assert sessions.visible(sessions.end(session, by))


def test_a_code_is_read_as_people_type_it(session: GroupSession) -> None:
    typed = f" {session.code[:3].lower()}-{session.code[3:]} "
    found = sessions.called(typed)
    assert found == session
    assert set(session.code) <= set(sessions.ALPHABET)
    for wrong in ("", "ABC", session.code + "A", "\x00" * 7, "é" * 7, "X" * 10_000):
        assert sessions.called(wrong) is None


def test_who_may_run_a_session(version: QuestionnaireVersion) -> None:
    network = make_grouping("reseau", kind="network")
    coordinator, colleague = (
        make_person("a", "coordinator", network),
        make_person("b", "coordinator", network),
    )
    stranger = make_person("c")
    session = sessions.open_session(coordinator, version, "Réseau", grouping=network)
    own = sessions.open_session(stranger, version, "Atelier")
    assert [sessions.holds(who, session) for who in (coordinator, colleague, stranger)] == [True, True, False]
    assert [sessions.holds(who, own) for who in (coordinator, stranger)] == [False, True]
    assert list(sessions.own_sessions(colleague)) == [session]
    for verb in (sessions.end, sessions.discard):
        with pytest.raises(NotAllowed):
            verb(session, stranger)
    with pytest.raises(NotAllowed):
        sessions.open_session(stranger, version, "En son nom", grouping=network)


@pytest.mark.parametrize(
    ("circles", "taken"),
    [
        (["é" * 60], True), (["é" * 61], False), ([str(n) for n in range(8)], True),
        ([str(n) for n in range(9)], False), (["a", " a ", ""], True),
    ],
)  # fmt: skip
def test_few_groups_of_few_signs(version: QuestionnaireVersion, circles: list[str], taken: bool) -> None:
    if taken:
        made = sessions.open_session(make_person("x"), version, "T", circles=circles)
        assert made.circles == list(dict.fromkeys(each.strip() for each in circles if each))
    else:
        with pytest.raises(SessionRefused):
            sessions.open_session(make_person("x"), version, "T", circles=circles)


def test_a_year_later_the_figures_stay_and_the_answers_go(session: GroupSession) -> None:
    for step in (4, 4, 4, 2, 2):
        answered(session.version, step, group=session, circle=0)
    mine = answered(session.version, 1, group=session)
    owner = make_person("owner", "owner", initiative := make_initiative("L’Atelier"))
    tie(mine, initiative, owner)
    before = gathered.figures(session)
    assert session.opened_by is not None
    session = sessions.end(session, session.opened_by)
    over = session.over_at
    assert not sessions.expired(over + timedelta(days=364)).exists()
    assert list(sessions.expired(over + timedelta(days=365))) == [session]
    sessions.forget_answers(session)
    session.refresh_from_db()
    assert gathered.figures(session) == before
    assert gathered.numbers(session) == (6, 0)
    assert [each.initiative for each in Response.objects.all()] == [initiative]
    assert not sessions.expired(over + timedelta(days=400)).exists()


def test_a_session_goes_with_what_was_answered_in_it(session: GroupSession) -> None:
    answered(session.version, 4, group=session, circle=1)
    assert session.opened_by is not None
    sessions.discard(session, session.opened_by)
    assert not Response.objects.exists()
    assert not GroupSession.objects.exists()


def test_an_account_that_is_no_longer_active_goes_with_its_sessions(session: GroupSession) -> None:
    answered(session.version, 4, group=session)
    by = session.opened_by
    assert by is not None
    by.is_active = False
    by.save()
    personal.forget_sessions(by)
    assert not Response.objects.exists()
    assert not GroupSession.objects.exists()


@pytest.mark.parametrize("how", ["ended", "closed", "open"])
def test_who_erases_after_the_end_moves_no_figure(session: GroupSession, how: str) -> None:
    """Of six answers, one is erased with its link, one by the owner who made it a profile."""
    mine, _key = begin(session.version, alike(session.version, 0), group=session)
    finish(mine)
    taken = answered(session.version, 0, group=session)
    for _n in range(5):
        answered(session.version, 4, group=session)
    owner = make_person("owner", "owner", initiative := make_initiative("L’Atelier"))
    tie(taken, initiative, owner)
    assert session.opened_by is not None
    if how == "ended":
        sessions.end(session, session.opened_by)
    elif how == "closed":
        GroupSession.objects.update(closes_at=timezone.now())
    erase(mine)
    owning.discard(taken, owner)
    session.refresh_from_db()
    assert Response.objects.count() == 5
    assert (gathered.numbers(session)[0], means(session)) == (
        (5, [100] * 4) if how == "open" else (7, [71] * 4)
    )


def test_the_figures_of_what_closed_by_itself_are_kept_at_night(session: GroupSession) -> None:
    for _n in range(5):
        answered(session.version, 4, group=session)
    tasks.forget(0)
    session.refresh_from_db()
    assert session.figures == {}
    GroupSession.objects.update(closes_at=timezone.now())
    tasks.forget(0)
    session.refresh_from_db()
    assert session.figures["count"] == 5
    Response.objects.all().delete()
    assert means(session) == [100] * 4
