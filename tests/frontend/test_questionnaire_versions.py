"""An administrator publishes another version of a questionnaire; answers stay with theirs."""

import copy
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from frontend.views.questionnaires import LARGEST
from questionnaires import answering
from questionnaires.content import read
from questionnaires.differing import differences
from questionnaires.models import Questionnaire, QuestionnaireVersion
from questionnaires.versions import PROFILE, asked, load

pytestmark = pytest.mark.django_db

PAGE = "/compte/questionnaires/"


@pytest.fixture(autouse=True)
def first(db: None) -> QuestionnaireVersion:
    return load()


@pytest.fixture
def administrator(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("admin@example.org", "x"))
    return client


def send(client: Client, version: QuestionnaireVersion, body: Any) -> Any:
    written = body if isinstance(body, bytes) else json.dumps(body).encode()
    file = SimpleUploadedFile("version.json", written, "application/json")
    return client.post(PAGE, {"questionnaire": version.questionnaire_id, "content": file})


def changed(version: QuestionnaireVersion) -> Any:
    content = copy.deepcopy(version.content)
    content["questions"][0]["weight"] = 1
    content["questions"][1]["text"]["fr"] = "Combien d’<b>intermédiaires</b> ?"
    del content["questions"][27]
    return content


def test_a_version_is_taken_changed_compared_and_published(
    administrator: Client, first: QuestionnaireVersion
) -> None:
    response, _key = answering.begin(first, {"T7": 4})
    taken = administrator.get(f"{PAGE}{first.pk}/contenu.json")
    assert json.loads(taken.content) == first.content
    sent = send(administrator, first, changed(first))
    assert sent.status_code == 302
    said = administrator.get(sent.url).content.decode()
    for place in ("questions › E1 › weight", "questions › E2 › text › fr", "questions › T7 › weight"):
        assert place in said
    assert "<b>" not in said and "questions › E3" not in said
    assert asked(PROFILE) == first
    administrator.post(sent.url, {"do": "publish"})
    current = asked(PROFILE)
    assert current is not None and current.number == 2 and len(current.parsed.questions) == 27
    assert answering.answer(response, {"E1": 2}).answers == {"E1": 2, "T7": 4}
    assert "1 réponse gardée" in administrator.get(PAGE).content.decode()
    again = administrator.post(sent.url, {"do": "publish"}, follow=True)
    assert "déjà publiée" in again.content.decode()


def test_a_draft_is_thrown_away_and_what_was_published_is_not(
    administrator: Client, first: QuestionnaireVersion
) -> None:
    address = send(administrator, first, changed(first)).url
    administrator.post(address, {"do": "discard"})
    assert administrator.get(address).status_code == 404
    administrator.post(f"{PAGE}{first.pk}/", {"do": "discard"})
    administrator.post(f"{PAGE}{first.pk}/", {"do": "x"})
    assert asked(PROFILE) == first


def test_an_administrator_writes_another_questionnaire(
    administrator: Client, first: QuestionnaireVersion
) -> None:
    def sent(**told: Any) -> Any:
        file = SimpleUploadedFile("v.json", json.dumps(first.content).encode(), "application/json")
        return administrator.post(PAGE, {"content": file} | told)

    wrongs = [{"slug": each} for each in ("", "a b", "É", PROFILE, "x" * 61, "a\x00")]
    for wrong in (*wrongs, {"slug": "autre", "questionnaire": first.questionnaire_id}):
        refused = sent(**wrong)
        assert list(refused.context["form"].errors) == ["slug"], wrong
    assert Questionnaire.objects.count() == 1
    address = sent(slug="autre").url
    assert asked("autre") is None
    administrator.post(address, {"do": "discard"})
    assert Questionnaire.objects.count() == 1
    administrator.post(sent(slug="autre").url, {"do": "publish"})
    assert administrator.get("/auto-evaluation/questionnaires/autre/").status_code == 200
    assert asked(PROFILE) == first


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "vide"),
        (b"\xff\xfe", "UTF-8"),
        (b"[" * 100_000, "UTF-8"),
        (b"9" * 10_000, "UTF-8"),
        (b'{"title": "x"}', "$.title"),
        (b"[]", "forme attendue"),
        (b" " * (LARGEST + 1), "512"),
    ],
)
def test_a_file_that_is_no_content_is_refused_with_its_reason(
    administrator: Client, first: QuestionnaireVersion, body: bytes, why: str
) -> None:
    answer = send(administrator, first, body)
    assert answer.status_code == 200
    assert why in answer.content.decode()
    assert QuestionnaireVersion.objects.count() == 1


def test_others_are_kept_out(client: Client, first: QuestionnaireVersion) -> None:
    addresses = (PAGE, f"{PAGE}{first.pk}/", f"{PAGE}{first.pk}/contenu.json")
    for address in addresses:
        assert client.get(address).headers["Location"].startswith("/compte/login/")
    client.force_login(User.objects.create_user("camille@example.org"))
    for address in addresses:
        assert client.get(address).status_code == 403
    assert send(client, first, changed(first)).status_code == 403
    assert client.post(f"{PAGE}{first.pk}/", {"do": "publish"}).status_code == 403
    assert QuestionnaireVersion.objects.count() == 1


def test_numbers_that_no_row_has_lead_nowhere(administrator: Client) -> None:
    for number in (0, 999, 2**63, 10**30):
        assert administrator.get(f"{PAGE}{number}/").status_code == 404


def test_what_only_moved_is_no_difference(first: QuestionnaireVersion) -> None:
    content = copy.deepcopy(first.content)
    content["questions"].reverse()
    assert differences(first.parsed, read(content)) == []
