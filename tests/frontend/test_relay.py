"""« Écrire un message » : an initiative is written to, and its address is nowhere to be read."""

import re
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import caches
from django.core.signing import TimestampSigner
from django.test import Client
from django.utils import timezone

from accounts.models import User
from directory import relay
from directory.models import Consent, Contact, Initiative, Merge, RelayCount, RelayStop
from directory.version import token
from frontend.relaying import LONGEST_MESSAGE, LONGEST_NAME, RelayForm
from mail.models import Message
from tests.factories import make_initiative
from tests.frontend.reading import text_of
from tests.mail.outbox import last, links, posted

pytestmark = pytest.mark.django_db

PAGE = "/initiatives/l-atelier/"
ADDRESS = f"{PAGE}ecrire/"
HIDDEN = "bonjour@atelier.example.org"


@pytest.fixture(autouse=True)
def _fresh_count() -> Iterator[None]:
    caches["visitors"].clear()
    yield
    caches["visitors"].clear()


@pytest.fixture
def atelier(taxonomy: None) -> Initiative:
    return make_initiative("L’Atelier", slug="l-atelier", email=HIDDEN)


@pytest.fixture
def filled(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    return {
        "name": "Une visiteuse",
        "email": "visiteuse@example.org",
        "message": "Bonjour,\nêtes-vous ouverts samedi ?",
        "stamp": stamped(monkeypatch, 20),
    }


def stamped(monkeypatch: pytest.MonkeyPatch, seconds: float) -> str:
    """The stamp of a form that was opened so many seconds ago."""
    now = time.time()
    with monkeypatch.context() as patch:
        patch.setattr("django.core.signing.time.time", lambda: now - seconds)
        return TimestampSigner(salt=RelayForm.SALT).sign("l-atelier")


def agree(contact: Contact, granted: bool = True, method: str = "link") -> Consent:
    return Consent.objects.create(
        contact=contact, purpose="public", granted=granted, method=method, source="test", wording_version="1"
    )


def faults(html: str) -> list[str]:
    summary = re.findall(r'role="alert">(.*?)</div>', html, flags=re.S)
    return [re.sub(r"<[^>]+>", "", item) for item in re.findall(r"<li>(.*?)</li>", "".join(summary))]


def test_a_message_reaches_the_organisation_and_the_answer_goes_to_the_visitor(
    client: Client, atelier: Initiative, filled: dict[str, str]
) -> None:
    assert f'href="{ADDRESS}"' in text_of(client, PAGE)
    response = client.post(ADDRESS, filled)
    assert (response.status_code, response["Location"]) == (303, f"{ADDRESS}merci/")
    message = last(to=HIDDEN)
    assert message.headers == {"Reply-To": "visiteuse@example.org"}
    assert "> êtes-vous ouverts samedi ?" in message.text
    assert "Une visiteuse" in message.subject
    assert "formulaire de la page de L’Atelier" in message.text
    assert links(message)[0].endswith(PAGE)
    assert len(posted()) == 1, "no copy goes anywhere"
    assert HIDDEN not in text_of(client, response["Location"])


def test_the_address_is_in_no_page(client: Client, atelier: Initiative, filled: dict[str, str]) -> None:
    bad = client.post(ADDRESS, filled | {"email": "x"}).content.decode()
    for html in (text_of(client, PAGE), text_of(client, ADDRESS), bad):
        assert HIDDEN not in html
        assert HIDDEN.partition("@")[2] not in html


def test_reading_writes_nothing_and_leaves_no_cookie(client: Client, atelier: Initiative) -> None:
    response = client.get(ADDRESS)
    assert not response.cookies
    assert "no-store" in response["Cache-Control"]
    assert not RelayCount.objects.exists()
    assert not Message.objects.exists()


def test_where_no_address_is_known_the_page_says_so(
    client: Client, filled: dict[str, str], taxonomy: None
) -> None:
    make_initiative("L’Atelier", slug="l-atelier")
    assert ADDRESS not in text_of(client, PAGE)
    assert "aucune adresse n’est connue" in text_of(client, ADDRESS)
    assert "aucune adresse n’est connue" in client.post(ADDRESS, filled).content.decode()
    assert not posted()


def test_without_an_address_of_the_organisation_a_person_who_agreed_is_written_to(
    client: Client, filled: dict[str, str], taxonomy: None
) -> None:
    found = make_initiative("L’Atelier", slug="l-atelier")
    first = Contact.objects.create(initiative=found, name="Qui se tait", email="tue@example.org")
    agree(first, method="written")  # declared for her: she did not say so herself
    second = Contact.objects.create(initiative=found, name="Qui parle", email="parle@example.org")
    agree(second)
    client.post(ADDRESS, filled)
    assert [message.to for message in posted()] == ["parle@example.org"]
    assert "parle@example.org" not in text_of(client, ADDRESS)


@pytest.mark.parametrize(
    "fields", [{"publication": "hidden"}, {"activity_state": "closed"}, {"origin": "synthetic"}]
)
def test_what_is_off_closed_or_invented_is_not_written_to(fields: dict[str, str], taxonomy: None) -> None:
    assert relay.recipient(make_initiative(email=HIDDEN)) is not None
    assert relay.recipient(make_initiative(email=HIDDEN, **fields)) is None


def test_a_merged_initiative_leads_to_the_other(client: Client, atelier: Initiative) -> None:
    Merge.objects.create(slug="ancien", target=atelier)
    response = client.get("/initiatives/ancien/ecrire/")
    assert (response.status_code, response["Location"]) == (301, ADDRESS)
    assert client.get("/initiatives/jamais-vu/ecrire/").status_code == 404
    assert client.get("/initiatives/a%00b/ecrire/").status_code == 404


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "Moi\r\nBcc: tous@example.org"},
        {"name": "Moi\x00"},
        {"name": "x" * (LONGEST_NAME + 1)},
        {"email": ""},
        {"email": "a@example.org\nBcc: tous@example.org"},
        {"email": "a@example.org, b@example.org"},
        {"email": "Nom <a@example.org>"},
        {"message": ""},
        {"message": "   "},
        {"message": "x" * (LONGEST_MESSAGE + 1)},
        {"message": "nul\x00"},
        {"homepage": "http://robot.example.org"},
        {"stamp": ""},
        {"stamp": "x" * 10_000},
    ],
)
def test_what_could_be_a_header_or_a_robot_is_refused_by_name(
    client: Client, atelier: Initiative, filled: dict[str, str], fields: dict[str, str]
) -> None:
    response = client.post(ADDRESS, filled | fields)
    assert response.status_code == 200
    assert faults(response.content.decode())
    assert not posted()


def test_the_longest_name_and_message_pass(client: Client, atelier: Initiative, filled: Any) -> None:
    longest = {"name": "x" * LONGEST_NAME, "message": "y" * LONGEST_MESSAGE}
    assert client.post(ADDRESS, filled | longest).status_code == 303


def test_sent_at_once_it_is_a_robot_s(
    client: Client, atelier: Initiative, filled: Any, monkeypatch: Any
) -> None:
    filled["stamp"] = stamped(monkeypatch, 2)
    assert "trop vite" in client.post(ADDRESS, filled).content.decode()
    filled["stamp"] = stamped(monkeypatch, 4)
    assert client.post(ADDRESS, filled).status_code == 303


def test_the_stamp_of_a_report_does_not_serve(client: Client, atelier: Initiative, filled: Any) -> None:
    filled["stamp"] = TimestampSigner(salt="frontend.reporting").sign("l-atelier")
    assert client.post(ADDRESS, filled).status_code == 200
    assert not posted()


def test_a_visitor_writes_so_many_an_hour_whatever_the_process(
    client: Client, atelier: Initiative, filled: Any
) -> None:
    for _time in range(relay.MOST_OF_A_VISITOR):
        assert client.post(ADDRESS, filled).status_code == 303
    caches["visitors"].clear()  # what a process keeps in memory is not what counts
    response = client.post(ADDRESS, filled)
    assert response.status_code == 429
    assert response["Retry-After"] == "3600"
    assert "êtes-vous ouverts samedi" in response.content.decode(), "what was typed is kept"
    assert client.post(ADDRESS, filled, REMOTE_ADDR="127.0.0.2").status_code == 303
    assert len(posted()) == relay.MOST_OF_A_VISITOR + 1
    kept = str(list(RelayCount.objects.values()))
    assert "127.0.0" not in kept
    assert "visiteuse" not in kept


def test_an_initiative_is_sent_so_many_an_hour(atelier: Initiative) -> None:
    now = timezone.now()
    for n in range(relay.MOST_TO_AN_INITIATIVE):
        relay.pass_on(atelier, "", "a@example.org", "Bonjour", f"visitor {n}", now)
    with pytest.raises(relay.TooMany):
        relay.pass_on(atelier, "", "a@example.org", "Bonjour", "another", now)
    just_before = now + relay.WINDOW - timedelta(seconds=1)
    with pytest.raises(relay.TooMany):
        relay.pass_on(atelier, "", "a@example.org", "Bonjour", "another", just_before)
    relay.pass_on(atelier, "", "a@example.org", "Bonjour", "another", now + relay.WINDOW)


def stop_path(message: Message) -> str:
    return "/compte/" + links(message)[-1].partition("/compte/")[2]


def test_who_receives_them_stops_them_by_the_link_of_any_of_them(
    client: Client, atelier: Initiative, filled: Any
) -> None:
    client.post(ADDRESS, filled)
    path = stop_path(last())
    before = token()
    shown = client.get(path)
    assert not RelayStop.objects.exists(), "a GET changes nothing"
    assert not shown.cookies
    assert HIDDEN not in shown.content.decode()
    strict = Client(enforce_csrf_checks=True)
    assert "ne vous transmet plus" in strict.post(path).content.decode()
    assert strict.post(path).status_code == 200, "twice does no harm"
    assert RelayStop.objects.count() == 1
    assert token() != before, "caches of the page know"
    assert ADDRESS not in text_of(client, PAGE)
    client.post(ADDRESS, filled)
    assert len(posted()) == 1


def test_a_person_who_stops_them_leaves_them_to_another(client: Client, filled: Any, taxonomy: None) -> None:
    found = make_initiative("L’Atelier", slug="l-atelier")
    for name in ("une", "deux"):
        agree(Contact.objects.create(initiative=found, name=name, email=f"{name}@example.org"))
    client.post(ADDRESS, filled)
    client.post(stop_path(last()))
    client.post(ADDRESS, filled)
    assert [message.to for message in posted()] == ["une@example.org", "deux@example.org"]


@pytest.mark.parametrize("forged", ["x", "WzEsbnVsbF0:1abc:forged", "%00", "x" * 3_000])
def test_a_forged_link_stops_nothing(client: Client, atelier: Initiative, forged: str) -> None:
    for response in (client.get(f"/compte/messages/arreter/{forged}/"),
                     client.post(f"/compte/messages/arreter/{forged}/")):  # fmt: skip
        assert response.status_code == 404
        assert "Ce lien ne vaut plus" in response.content.decode()
    assert not RelayStop.objects.exists()


def test_the_link_of_one_initiative_stops_no_other(client: Client, atelier: Initiative, filled: Any) -> None:
    other = make_initiative("La Grange", email="grange@example.org")
    client.post(ADDRESS, filled)
    client.post(stop_path(last()))
    assert relay.recipient(other) is not None


def test_who_answers_for_the_initiative_opens_the_form_again(client: Client, atelier: Initiative) -> None:
    relay.stop(atelier)
    client.force_login(User.objects.create_superuser("admin@example.org"))
    page = "/compte/initiatives/l-atelier/contacts/"
    assert "Recevoir de nouveau les messages" in text_of(client, page)
    client.post("/compte/initiatives/l-atelier/messages/rouvrir/")
    assert relay.recipient(atelier) is not None
