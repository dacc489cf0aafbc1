"""Answering without an account: the key opens one's answers, alone, until they are erased."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.personal import everything
from directory.errors import BadLink
from questionnaires import answering
from questionnaires.errors import AnswersRefused, SessionRefused
from questionnaires.inspiring import NEARBY, inspiring
from questionnaires.models import GroupSession, QuestionnaireVersion, Response
from questionnaires.owning import fix
from questionnaires.personal import forget_responses
from questionnaires.versions import PROFILE
from territories.geometry import Point
from tests.factories import make_initiative

WHOLE = {f"E{n}": 3 for n in range(1, 8)}


def test_a_key_opens_its_own_answers_and_is_kept_nowhere(version: QuestionnaireVersion) -> None:
    made, key = answering.begin(version, {"E1": 3, "E2": None})
    other, _key = answering.begin(version)
    assert answering.by_key(key) == made != other
    assert made.answers == {"E1": 3}
    row = Response.objects.filter(pk=made.pk).values().get()
    assert key not in str(row)
    for forged in (
        key[:-1],
        f"{key}a",
        key[:-1] + ("a" if key[-1] != "a" else "b"),
        made.key_digest,
        "",
        "\x00",
    ):
        with pytest.raises(BadLink):
            answering.by_key(str(forged))


def test_answers_are_changed_one_by_one_and_scores_follow(version: QuestionnaireVersion) -> None:
    made, _key = answering.begin(version, WHOLE)
    assert made.scores == {"economique": 75}
    made = answering.answer(made, {"E1": 4, "E2": None, "S1": "na"})
    assert made.answers == {**{name: 3 for name in WHOLE if name not in ("E1", "E2")}, "E1": 4, "S1": "na"}
    made.refresh_from_db()
    assert made.scores == {
        d.slug: d.score for d in answering.result_of(made).dimensions if d.score is not None
    }
    assert answering.answer(made, dict.fromkeys(WHOLE)).scores == {}


def test_what_is_no_answer_changes_nothing(version: QuestionnaireVersion) -> None:
    made, key = answering.begin(version, WHOLE)
    with pytest.raises(AnswersRefused):
        answering.answer(made, {"E1": 0, "E9": 1})
    assert answering.by_key(key).answers == WHOLE
    with pytest.raises(AnswersRefused):
        answering.begin(version, {"E1": 9})
    assert Response.objects.count() == 1


def test_what_was_erased_is_gone_with_its_link(version: QuestionnaireVersion) -> None:
    made, key = answering.begin(version, WHOLE)
    answering.erase(made)
    with pytest.raises(BadLink):
        answering.by_key(key)
    with pytest.raises(BadLink):
        answering.answer(made, {"E1": 1})


def test_answers_stay_readable_with_the_version_that_they_were_given_to(
    version: QuestionnaireVersion,
) -> None:
    made, key = answering.begin(version, WHOLE)
    content = version.content | {"questions": [q for q in version.content["questions"] if q["id"] != "E1"]}
    newer = QuestionnaireVersion.objects.create(
        questionnaire=version.questionnaire, number=2, content=content, published_at=timezone.now()
    )
    assert version.questionnaire.current() == newer
    again = answering.by_key(key)
    assert again.version == version and again.answers["E1"] == 3
    assert answering.result_of(again).dimensions[0].answered == 7


def test_answers_of_nobody_are_erased_twelve_months_after_they_were_touched(
    taxonomy: None, version: QuestionnaireVersion
) -> None:
    kept, _ = answering.begin(version, WHOLE)
    old, _ = answering.begin(version, WHOLE)
    owned, _ = answering.begin(version, WHOLE, initiative=make_initiative())
    now = timezone.now()
    day = answering.KEPT
    Response.objects.filter(pk__in=[old.pk, owned.pk]).update(updated_at=now - day)
    Response.objects.filter(pk=kept.pk).update(updated_at=now - day + timedelta(seconds=1))
    assert answering.erased_on(owned) is None
    assert answering.forget_old(now) == 1
    assert set(Response.objects.values_list("pk", flat=True)) == {kept.pk, owned.pk}


def test_who_leaves_is_told_first_and_leaves_the_initiative_its_profile(
    taxonomy: None, version: QuestionnaireVersion
) -> None:
    person = User.objects.create_user("camille@example.org")
    answering.begin(version, {"E1": 2}, account=person)
    owned, _ = answering.begin(version, WHOLE, account=person, initiative=make_initiative())
    answering.begin(version, {"E1": 0})
    told: Any = everything(person)["assessments"]
    assert [each["answers"] for each in told] == [{"E1": 2}, WHOLE]
    forget_responses(person)
    person.delete()
    owned.refresh_from_db()
    assert owned.account is None
    assert Response.objects.count() == 2


def test_answers_of_a_session_stay_as_they_were_at_its_end(version: QuestionnaireVersion) -> None:
    now = timezone.now()
    session = GroupSession.objects.create(
        code="ABCDEFG", title="Séance", version=version, closes_at=now + timedelta(minutes=1)
    )
    made, key = answering.begin(version, WHOLE, group=session)
    assert answering.answer(made, {"E1": 4}).answers["E1"] == 4
    assert answering.erased_on(made) is None
    GroupSession.objects.update(closes_at=now - timedelta(seconds=1))
    for verb in (lambda: answering.answer(made, {"E1": 0}), lambda: answering.finish(made)):
        with pytest.raises(SessionRefused):
            verb()
    assert answering.by_key(key).answers["E1"] == 4
    Response.objects.update(updated_at=now - 2 * answering.KEPT)
    assert answering.forget_old() == 0  # they go with their session


def test_a_page_that_was_open_while_the_answers_were_fixed_changes_nothing(
    version: QuestionnaireVersion,
) -> None:
    made, key = answering.begin(version, WHOLE)
    opened = answering.by_key(key)
    assert answering.answer(opened, {"E1": 4}).answers["E1"] == 4
    fix(made)
    for verb in (lambda: answering.answer(opened, {"E1": 0}), lambda: answering.erase(opened)):
        with pytest.raises(BadLink):
            verb()
    assert Response.objects.get().answers["E1"] == 4
    with pytest.raises(BadLink):  # nor does the row without its key
        answering.answer(Response.objects.get(), {"E1": 0})


# -- Inspiring initiatives nearby --------------------------------------------------------------------

AT = (2.17, 45.95)


def cited(
    version: QuestionnaireVersion, name: str, at: tuple[float, float], answers: Any, **fields: Any
) -> Any:
    here = make_initiative(name, at=at, **fields.pop("of", {}))
    made, _ = answering.begin(version, answers, initiative=here)
    how = {"sharing": "public", "citable": True, "finished_at": timezone.now()} | fields
    Response.objects.filter(pk=made.pk).update(**how)
    return here


def names(dimension: str = "economique", **options: Any) -> list[str]:
    return [each.initiative.name for each in inspiring(PROFILE, dimension, Point(*AT), **options)]


def test_the_nearest_that_inspire_and_agreed_are_cited(taxonomy: None, version: QuestionnaireVersion) -> None:
    near = cited(version, "Proche", AT, WHOLE)
    cited(version, "Plus loin", (2.3, 45.95), WHOLE)
    cited(version, "Au bord", (2.17, 45.05), WHOLE)  # 100 km and 30 m
    cited(version, "Dedans", (2.17, 45.06), WHOLE)  # 98.9 km
    cited(version, "Engagée", AT, WHOLE | {"E1": 2})  # 70
    assert names() == ["Proche", "Plus loin", "Dedans"]
    assert names(apart=near) == ["Plus loin", "Dedans"]
    assert names("social") == []
    assert NEARBY == 100_000


@pytest.mark.parametrize(
    "fields",
    [{"citable": False}, {"citable": False, "sharing": "networks"}, {"finished_at": None},
     {"of": {"publication": "hidden"}}, {"of": {"activity_state": "closed"}}],
)  # fmt: skip
def test_who_did_not_agree_or_is_gone_is_not_cited(
    taxonomy: None, version: QuestionnaireVersion, fields: Any
) -> None:
    cited(version, "Discrète", AT, WHOLE, **fields)
    assert names() == []


def test_the_last_profile_that_may_be_cited_counts(taxonomy: None, version: QuestionnaireVersion) -> None:
    here = cited(version, "Changeante", AT, WHOLE, year=2024)
    newer, _ = answering.begin(version, WHOLE | {"E1": 0, "E3": 0}, initiative=here)
    Response.objects.filter(pk=newer.pk).update(
        sharing="public", citable=True, finished_at=timezone.now(), year=2026
    )
    assert names() == []
    newer.delete()
    assert names() == ["Changeante"]
