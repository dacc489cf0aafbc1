"""« Auto-évaluation » : answered without an account, a dimension at a time, and its profile at once."""

import re
import time
from collections.abc import Iterator
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.core.cache import caches
from django.core.signing import TimestampSigner
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from directory.taxonomy import load_taxonomy
from frontend.assessment_forms import LinkForm
from frontend.views.assessment import MOST_BEGUN, MOST_LINKS
from questionnaires import answering
from questionnaires.models import QuestionnaireVersion, Response
from questionnaires.versions import load
from tests.factories import make_initiative
from tests.mail.outbox import last, links, posted

pytestmark = pytest.mark.django_db

HOME = "/auto-evaluation/"
BEGIN = f"{HOME}commencer/"
WORKED = {"E1": "3", "E2": "4", "E3": "2", "E4": "3", "E5": "na", "E6": "1", "E7": ""}


@pytest.fixture(autouse=True)
def _fresh_count() -> Iterator[None]:
    caches["visitors"].clear()
    yield
    caches["visitors"].clear()


@pytest.fixture(autouse=True)
def version(db: None) -> QuestionnaireVersion:
    return load()


def said_by(response: Any) -> str:
    """What a page says between its head and its foot, on one line."""
    main = response.content.decode().partition("<main")[2].partition("</main>")[0].partition(">")[2]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", main)).split())


def begun(client: Client, answers: dict[str, str] = WORKED) -> str:
    """The address of the profile of somebody who answered the first dimension."""
    answer = client.post(BEGIN, answers | {"go": "stop"})
    assert answer.status_code == 303
    return str(answer.headers["Location"].partition("?")[0])


def key_of(address: str) -> str:
    return address.rstrip("/").rpartition("/")[2]


# -- Answering ----------------------------------------------------------------------------------------


def test_four_dimensions_lead_to_the_profile_of_the_worked_example(client: Client) -> None:
    assert "Il n’y a pas de note d’ensemble" in said_by(client.get(HOME))
    assert said_by(client.get(BEGIN)).count("non concerné") == 7
    answer = client.post(BEGIN, WORKED | {"go": "next"})
    here = answer.headers["Location"]
    assert here.endswith("/questions/social/")
    for dimension, letter in (("environnemental", "S"), ("territorial", "N"), ("", "T")):
        answer = client.post(here, {f"{letter}{n}": "4" for n in range(1, 8)} | {"go": "next"})
        here = answer.headers["Location"]
        assert dimension in here
    shown = client.get(here)
    said = said_by(shown)
    assert "65 Engagé 92 % (5 sur 6)" in said
    assert said.count("100 Inspirant 100 % (7 sur 7)") == 3
    for advice in ("Publiez une décomposition simple du prix", "Listez trois moyens sous-utilisés"):
        assert advice in said
    assert "partiel" not in said
    row = Response.objects.get()
    assert row.finished_at is not None and row.account is None and row.initiative is None
    assert row.answers["E5"] == "na" and "E7" not in row.answers


def test_one_stops_and_comes_back_by_the_link(client: Client) -> None:
    answer = client.post(BEGIN, WORKED | {"go": "stop"})
    assert answer.headers["Location"].endswith("/?kept=1#garder")
    page = client.get(answer.headers["Location"].partition("#")[0])
    assert "lui seul permet de reprendre" in said_by(page)
    again = client.get(f"{begun(Client())}questions/economique/")
    assert again.content.decode().count("checked") == 7
    assert Response.objects.filter(finished_at=None).count() == 2


def test_a_step_keeps_what_was_answered_before_it_leads_elsewhere(client: Client) -> None:
    here = begun(client)
    answer = client.post(f"{here}questions/territorial/", {"T1": "2", "go": "economique"})
    assert answer.headers["Location"] == f"{here}questions/economique/"
    assert Response.objects.get().answers["T1"] == 2
    client.post(f"{here}questions/territorial/", {"T1": "", "go": "stop"})
    assert "T1" not in Response.objects.get().answers


def test_nothing_is_kept_of_an_empty_page_or_of_a_reading(client: Client) -> None:
    client.get(BEGIN)
    empty = client.post(BEGIN, dict.fromkeys(WORKED, ""))
    assert "Répondez à une question au moins" in said_by(empty)
    assert not Response.objects.exists()


@pytest.mark.parametrize("value", ["5", "-1", "²", "NA", "3\x00", "a" * 10_000, "<script>alert(1)</script>"])
def test_what_is_no_answer_is_refused_beside_its_question(client: Client, value: str) -> None:
    answer = client.post(BEGIN, WORKED | {"E3": value})
    assert answer.status_code == 200
    assert "La formation du prix" in said_by(answer) and "Choisissez une des réponses proposées" in said_by(
        answer
    )
    assert "<script>alert" not in answer.content.decode()
    assert not Response.objects.exists()


def test_other_fields_are_left_alone(client: Client) -> None:
    here = begun(client, WORKED | {"S1": "4", "Z9": "4", "sharing": "public"})
    row = answering.by_key(key_of(here))
    assert set(row.answers) == {"E1", "E2", "E3", "E4", "E5", "E6"}
    assert row.sharing == "private"


def test_the_hour_has_so_many_beginnings(client: Client) -> None:
    for _ in range(MOST_BEGUN):
        begun(client)
    refused = client.post(BEGIN, WORKED)
    assert refused.status_code == 429 and refused.headers["Retry-After"]
    assert Response.objects.count() == MOST_BEGUN


# -- The link --------------------------------------------------------------------------------------------


def stamped(key: str, monkeypatch: pytest.MonkeyPatch) -> str:
    now = time.time()
    with monkeypatch.context() as patch:
        patch.setattr("django.core.signing.time.time", lambda: now - 20)
        return TimestampSigner(salt=LinkForm.SALT).sign(key)


def test_the_link_comes_by_mail_and_opens_the_answers(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = begun(client)
    sent = {"email": "camille@example.org", "stamp": stamped(key_of(here), monkeypatch)}
    answer = client.post(f"{here}lien/", sent)
    assert answer.status_code == 303
    message = last("camille@example.org", "questionnaires.resume")
    assert message.subject == "Votre auto-évaluation\u202f: Profil circuit court solidaire"
    assert "tout est effacé le" in message.text
    address = links(message)[0]
    assert address.endswith(here)
    assert "65" in said_by(Client().get(here))
    assert "camille" not in str(Response.objects.values().get())


def test_robots_others_keys_and_too_many_send_nothing(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, other = begun(client), begun(client)
    good = {"email": "camille@example.org", "stamp": stamped(key_of(here), monkeypatch)}
    for wrong in ({"homepage": "x"}, {"email": "x"}, {"email": "a\nb@example.org"}, {"stamp": ""},
                  {"stamp": stamped(key_of(other), monkeypatch)}):  # fmt: skip
        assert client.post(f"{here}lien/", good | wrong).status_code == 200
    assert not posted()
    for _ in range(MOST_LINKS):
        assert client.post(f"{here}lien/", good).status_code == 303
    assert client.post(f"{here}lien/", good).status_code == 429
    assert len(posted()) == MOST_LINKS


@pytest.mark.parametrize(
    "tail", ["", "questions/economique/", "lien/", "terminer/", "profil.pdf", "effacer/"]
)
def test_a_forged_link_opens_nothing(client: Client, tail: str) -> None:
    key = key_of(begun(client))
    forged = key[:-1] + ("a" if key[-1] != "a" else "b")
    for address in (forged, "x", "A" * 32, "A" * 500):
        assert client.get(f"/compte/auto-evaluation/{address}/{tail}").status_code == 404
        assert client.post(f"/compte/auto-evaluation/{address}/{tail}").status_code == 404
    assert Response.objects.count() == 1


def test_pages_of_one_s_own_are_kept_by_nobody_and_a_get_changes_nothing(client: Client) -> None:
    here = begun(client)
    before = Response.objects.values().get()
    for tail in ("", "questions/social/", "lien/", "terminer/", "effacer/", "profil.pdf"):
        answer = client.get(here + tail)
        assert answer.headers["Cache-Control"] == "private, no-store", tail
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert not answer.cookies
    assert Response.objects.values().get() == before
    assert client.get(f"{here}questions/morale/").status_code == 404


def test_one_says_that_one_has_finished(client: Client) -> None:
    here = begun(client)
    assert "J’ai répondu à ce que je pouvais" in said_by(client.get(here))
    client.post(f"{here}terminer/")
    assert Response.objects.get().finished_at is not None
    assert "J’ai répondu à ce que je pouvais" not in said_by(client.get(here))


def test_one_erases_everything(client: Client) -> None:
    here = begun(client)
    assert "pour de bon" in said_by(client.get(f"{here}effacer/"))
    assert "C’est effacé" in said_by(client.post(f"{here}effacer/"))
    assert not Response.objects.exists()
    assert client.get(here).status_code == 404


# -- The profile -------------------------------------------------------------------------------------------


def test_what_has_no_score_says_why(client: Client) -> None:
    here = begun(client, {"E1": "4", "E2": "4", "E3": "4", **dict.fromkeys(("E4", "E5", "E6", "E7"), "na")})
    said = said_by(client.get(here))
    assert "il faut au moins 4 réponses" in said
    client.post(
        f"{here}questions/social/", dict.fromkeys([f"S{n}" for n in range(1, 8)], "na") | {"go": "stop"}
    )
    said = said_by(client.get(here))
    assert "Sociale et sociétale – non concerné –" in said
    client.post(
        f"{here}questions/social/", {"S1": "4", "S2": "4", "S7": "4", "S6": "4", "S3": "", "S4": "", "S5": ""}
    )
    assert "complétude attendue, 60 %" in said_by(client.get(here))  # 8 of 15


def test_in_english(client: Client) -> None:
    here = begun(client)
    said = said_by(client.get(f"/en{here}"))
    assert "Economic 65 Committed 92% (5 of 6)" in said
    assert "Publish a simple breakdown of the price" in said


def test_who_inspires_nearby_is_named_where_one_asks(
    client: Client, version: Any, places: dict[str, Any]
) -> None:
    load_taxonomy()
    commune = places["commune"]
    commune.chief_place = Point(2.17, 45.88, srid=4326)
    commune.save()
    here = make_initiative("La Belle Filature", at=(2.2, 45.9), commune=commune)
    made, _key = answering.begin(version, {f"E{n}": 4 for n in range(1, 8)}, initiative=here)
    Response.objects.filter(pk=made.pk).update(sharing="public", citable=True, finished_at=timezone.now())
    address = begun(client)
    assert "La Belle Filature" not in said_by(client.get(address))
    said = said_by(client.get(f"{address}?place=Felletin"))
    assert "La Belle Filature" in said and "profil de" in said
    twin = make_initiative("La Voisine", at=(2.2, 45.9), commune=commune)
    own, key = answering.begin(version, {"E1": 0}, initiative=twin)
    said = said_by(client.get(f"/compte/auto-evaluation/{key}/"))  # asked of nobody: near its own place
    assert (
        "La Belle Filature" in said
        and 'value="Felletin' in client.get(f"/compte/auto-evaluation/{key}/").content.decode()
    )
    assert "Aucune commune ne s’appelle" in said_by(client.get(f"{address}?place=Nullepart"))
    assert client.get(f"{address}?place=%00").status_code == 200
    made.citable = False
    made.save()
    assert "La Belle Filature" not in said_by(client.get(f"{address}?place=Felletin"))


def test_the_profile_on_paper_says_the_same(client: Client) -> None:
    here = begun(client)
    answer = client.get(f"{here}profil.pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    read = PdfReader(BytesIO(answer.content))
    said = " ".join(" ".join(page.extract_text().split()) for page in read.pages)
    assert "Économique 65 Engagé 92 % (5 sur 6)" in said
    assert "Publiez une décomposition simple du prix" in said and "ni score d’ensemble" in said
    assert read.trailer["/Root"]["/Lang"] == "fr" and read.trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_no_page_adds_dimensions_up(client: Client) -> None:
    here = begun(client)
    for dimension, letter in (("social", "S"), ("environnemental", "N"), ("territorial", "T")):
        client.post(f"{here}questions/{dimension}/", {f"{letter}{n}": "4" for n in range(1, 8)})
    # the mean of 65, 100, 100 and 100 would be 91
    assert "91" not in said_by(client.get(here)).replace(here, "").replace(key_of(here), "")
