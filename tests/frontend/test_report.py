"""« Signaler une erreur » : what a reader without an account can say, and what robots cannot."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import caches
from django.core.signing import TimestampSigner
from django.test import Client

from accounts.visitor import address_of
from directory.models import LONGEST_MESSAGE, Initiative, Merge, Report
from frontend import reporting
from tests.factories import make_initiative
from tests.frontend.reading import text_of

pytestmark = pytest.mark.django_db

ADDRESS = "/initiatives/l-atelier/signaler/"


@pytest.fixture
def atelier(taxonomy: None) -> Initiative:
    return make_initiative("L’Atelier", slug="l-atelier")


@pytest.fixture(autouse=True)
def _fresh_count() -> Iterator[None]:
    caches["visitors"].clear()
    yield
    caches["visitors"].clear()


def stamped(monkeypatch: pytest.MonkeyPatch, seconds: float, slug: str = "l-atelier") -> str:
    """The stamp of a form that was opened so many seconds ago."""
    import time

    now = time.time()
    with monkeypatch.context() as patch:
        patch.setattr("django.core.signing.time.time", lambda: now - seconds)
        return TimestampSigner(salt="frontend.reporting").sign(slug)


@pytest.fixture
def filled(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    return {"reason": "wrong", "message": "Le numéro a changé.", "stamp": stamped(monkeypatch, 20)}


def faults(html: str) -> list[str]:
    summary = re.findall(r'role="alert">(.*?)</div>', html, flags=re.S)
    return [re.sub(r"<[^>]+>", "", item) for item in re.findall(r"<li>(.*?)</li>", "".join(summary))]


def test_every_initiative_leads_there(client: Client, atelier: Initiative) -> None:
    assert f'href="{ADDRESS}"' in text_of(client, "/initiatives/l-atelier/")


def test_the_page_says_why_an_address_is_asked_and_how_long_it_is_kept(
    client: Client, atelier: Initiative
) -> None:
    html = text_of(client, ADDRESS)
    assert "Il ne sert qu’à vous répondre" in html
    assert "effacé douze mois après le traitement" in html
    assert '<meta name="robots" content="noindex">' in html


def test_reading_writes_nothing_and_leaves_no_cookie(client: Client, atelier: Initiative) -> None:
    response = client.get(ADDRESS)
    assert not response.cookies
    assert "no-store" in response["Cache-Control"]
    assert Report.objects.count() == 0


def test_a_message_is_kept_and_thanked_with_its_reference(
    client: Client, atelier: Initiative, filled: dict[str, str]
) -> None:
    response = client.post("/en" + ADDRESS, filled | {"email": "lectrice@example.org"})
    made = Report.objects.get()
    assert (made.initiative, made.reason, made.message) == (atelier, "wrong", "Le numéro a changé.")
    assert (made.email, made.language, made.handled_at) == ("lectrice@example.org", "en", None)
    assert response.status_code == 303
    assert response["Location"] == f"/en{ADDRESS}merci/{made.reference}/"
    thanks = text_of(client, response["Location"])
    assert made.reference in thanks
    assert "lectrice@example.org" not in thanks


def test_a_site_with_strict_checks_of_origin_takes_it_without_a_cookie(
    atelier: Initiative, filled: dict[str, str]
) -> None:
    assert Client(enforce_csrf_checks=True).post(ADDRESS, filled).status_code == 303


def test_without_an_address_no_answer_is_promised(
    client: Client, atelier: Initiative, filled: dict[str, str]
) -> None:
    assert "il n’y aura pas de réponse" in text_of(client, client.post(ADDRESS, filled)["Location"])


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("reason", "", "Choisissez ce que vous voulez signaler."),
        ("reason", "rien", "Choisissez un des motifs proposés."),
        ("message", "  ", "Écrivez quelques mots"),
        ("message", "a\x00b", "caractère"),
        ("message", "é" * (LONGEST_MESSAGE + 1), "4"),
        ("email", "pas une adresse", "Cette adresse n’est pas celle d’un courriel."),
        ("email", "a" * 10_000 + "@example.org", "Cette adresse"),
        ("homepage", "https://spam.example/", "Ce champ doit rester vide"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    client: Client, atelier: Initiative, filled: dict[str, str], field: str, value: str, said: str
) -> None:
    html = client.post(ADDRESS, filled | {field: value}).content.decode()
    assert Report.objects.count() == 0
    assert "Erreur :" in html
    assert said in faults(html)[0]
    if field in ("message", "email"):
        faulty = re.findall(rf'<[^>]* name="{field}"[^>]*>', html)[0]
        assert 'aria-invalid="true"' in faulty
        assert f'aria-describedby="erreur-{field}' in faulty
        assert f'id="erreur-{field}"' in html
    assert f'href="#id_{field}' in html


def test_the_longest_message_is_taken(client: Client, atelier: Initiative, filled: dict[str, str]) -> None:
    assert client.post(ADDRESS, filled | {"message": "é" * LONGEST_MESSAGE}).status_code == 303


def test_what_was_typed_is_still_there_after_a_fault(
    client: Client, atelier: Initiative, filled: dict[str, str]
) -> None:
    html = client.post(ADDRESS, filled | {"email": "non", "message": "</textarea><b>moi"}).content.decode()
    assert "&lt;/textarea&gt;&lt;b&gt;moi" in html
    assert re.search(r'value="wrong"[^>]*checked', html)


@pytest.mark.parametrize(("seconds", "status"), [(1, 200), (5, 303), (86_390, 303), (86_410, 200)])
def test_a_form_is_sent_neither_at_once_nor_the_day_after(
    client: Client, atelier: Initiative, filled: dict[str, str], monkeypatch: Any, seconds: int, status: int
) -> None:
    filled["stamp"] = stamped(monkeypatch, seconds)
    assert client.post(ADDRESS, filled).status_code == status


@pytest.mark.parametrize("stamp", ["", "l-atelier:1:forged", "\x00", "x" * 10_000])
def test_a_forged_time_is_refused_and_a_new_one_given(
    client: Client, atelier: Initiative, filled: dict[str, str], stamp: str
) -> None:
    html = client.post(ADDRESS, filled | {"stamp": stamp}).content.decode()
    assert faults(html) == ["Ce formulaire était ouvert depuis longtemps. Envoyez-le de nouveau."]
    given = re.findall(r'name="stamp" value="([^"]+)"', html)
    assert TimestampSigner(salt=reporting.ReportForm.SALT).unsign(given[0]) == "l-atelier"


def test_the_time_of_another_page_does_not_serve(
    client: Client, atelier: Initiative, filled: dict[str, str], monkeypatch: Any
) -> None:
    filled["stamp"] = stamped(monkeypatch, 20, "la-ferme")
    assert client.post(ADDRESS, filled).status_code == 200


def test_who_sends_too_many_is_asked_to_wait_and_keeps_what_was_typed(
    client: Client, atelier: Initiative, filled: dict[str, str]
) -> None:
    for _time in range(5):
        assert client.post(ADDRESS, filled).status_code == 303
    response = client.post(ADDRESS, filled)
    assert response.status_code == 429
    assert response["Retry-After"] == "3600"
    assert "Le numéro a changé." in response.content.decode()
    assert client.post(ADDRESS, filled, REMOTE_ADDR="127.0.0.2").status_code == 303, (
        "others are not held back"
    )
    assert Report.objects.count() == 6


def test_the_address_that_a_proxy_tells_counts_only_where_the_proxy_is_trusted(
    rf: Any, settings: Any
) -> None:
    request = rf.get("/", headers={"X-Forwarded-For": "forged, 203.0.113.9"})
    assert address_of(request) == "127.0.0.1"
    settings.TRUST_PROXY = True
    assert address_of(request) == "203.0.113.9"


def test_no_address_is_kept(client: Client, atelier: Initiative, filled: dict[str, str]) -> None:
    client.post(ADDRESS, filled, REMOTE_ADDR="203.0.113.77")
    assert "203.0.113.77" not in str(vars(caches["visitors"])) + str(Report.objects.values().get())


def test_a_closed_initiative_can_be_reported(
    client: Client, atelier: Initiative, filled: dict[str, str]
) -> None:
    Initiative.objects.update(activity_state="closed")
    assert client.post(ADDRESS, filled).status_code == 303


def test_a_merged_one_is_reported_under_the_name_that_was_kept(
    client: Client, atelier: Initiative, filled: dict[str, str]
) -> None:
    Merge.objects.create(slug="ancien", target=atelier)
    response = client.get("/initiatives/ancien/signaler/")
    assert (response.status_code, response["Location"]) == (301, ADDRESS)
    assert client.post("/initiatives/ancien/signaler/", filled).status_code == 303
    assert Report.objects.get().initiative == atelier


@pytest.mark.parametrize("publication", ["draft", "hidden", "archived"])
def test_what_is_not_published_cannot_be_reported(
    client: Client, atelier: Initiative, filled: dict[str, str], publication: str
) -> None:
    Initiative.objects.update(publication=publication)
    assert client.get(ADDRESS).status_code == 404
    assert client.post(ADDRESS, filled).status_code == 404


@pytest.mark.parametrize("reference", ["ABCDEFGH", "%00", "a" * 5_000])
def test_no_thanks_for_what_was_not_sent(client: Client, atelier: Initiative, reference: str) -> None:
    assert client.get(f"{ADDRESS}merci/{reference}/").status_code == 404
    assert client.get(f"/initiatives/%00/signaler/merci/{reference}/").status_code == 404


def test_other_methods_are_refused(client: Client, atelier: Initiative) -> None:
    assert client.put(ADDRESS).status_code == 405
