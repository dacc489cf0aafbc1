"""The outbox and the previews of letters: who reads them, and what of a message."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.mail import send_mail
from django.test import Client

from accounts.models import User
from mail import letters
from mail.models import ENDED_BADLY, Message, State
from tests.mail.outbox import last

pytestmark = pytest.mark.django_db

OUTBOX = "/compte/courrier/"
SECRET = "https://carte.example.org/compte/lien/abc/"


@pytest.fixture
def message() -> Message:
    send_mail("Votre lien de connexion", f"Entrer :\n{SECRET}", None, ["ada@example.org"])
    return last("ada@example.org")


@pytest.fixture
def administrator() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("admin@example.org", "maillage"))
    return client


@pytest.fixture
def public(settings: Any) -> None:
    """A public site: SECRET_KEY is set."""
    settings.ONE_PERSON = False


def pages(message: Message) -> list[str]:
    one = f"{OUTBOX}{message.uuid}/"
    letter = letters.every()[0].name
    return [OUTBOX, one, f"{one}html/", f"{OUTBOX}lettres/", f"{OUTBOX}lettres/{letter}/"]


def test_at_ones_own_machine_everything_is_read_without_signing_in(client: Client, message: Message) -> None:
    for page in pages(message):
        assert client.get(page).status_code == 200, page
    read = client.get(f"{OUTBOX}{message.uuid}/").content.decode()
    assert f'<a href="{SECRET}"' in read and "ada@example.org" in read


@pytest.mark.parametrize(
    "headers",
    [
        {"REMOTE_ADDR": "192.0.2.7"}, {"REMOTE_ADDR": ""}, {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"HTTP_FORWARDED": "for=127.0.0.1"}, {"HTTP_VIA": "1.1 proxy"}, {"HTTP_X_REAL_IP": "127.0.0.1"},
    ],
)  # fmt: skip
def test_from_elsewhere_or_through_a_proxy_one_has_to_sign_in(
    client: Client, message: Message, headers: dict[str, str]
) -> None:
    for page in pages(message):
        answer = client.get(page, **headers)  # type: ignore[arg-type]
        assert answer.status_code == 302 and "/compte/login/" in answer["Location"]


@pytest.mark.usefixtures("public")
def test_on_a_public_site_only_administrators_come_in_and_no_body_is_shown(
    client: Client, administrator: Client, message: Message
) -> None:
    someone = Client()
    someone.force_login(User.objects.create_user("bob@example.org", "maillage"))
    for page in pages(message):
        assert client.get(page).status_code == 302
        assert someone.get(page).status_code == 404
    for page in (OUTBOX, f"{OUTBOX}{message.uuid}/"):
        read = administrator.get(page)
        assert read.status_code == 200 and "Votre lien de connexion" in read.content.decode()
        assert SECRET not in read.content.decode()
    assert administrator.get(f"{OUTBOX}{message.uuid}/html/").status_code == 404
    assert someone.post(f"{OUTBOX}{message.uuid}/renvoyer/").status_code == 404


def test_the_html_of_a_mail_is_shut_in(client: Client, message: Message) -> None:
    answer = client.get(f"{OUTBOX}{message.uuid}/html/")
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "script-src" not in policy and "sandbox" in policy
    assert "allow-scripts" not in policy and "allow-same-origin" not in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN" and "no-store" in answer["Cache-Control"]


def test_what_ended_badly_is_found_and_sent_again_by_hand(
    administrator: Client, message: Message, settings: Any
) -> None:
    settings.EMAIL_HOST = "127.0.0.1"
    for state in State:
        Message.objects.update(state=state)
        bad = state in ENDED_BADLY
        listed = administrator.get(f"{OUTBOX}?etat=a-voir").content.decode()
        shown = administrator.get(f"{OUTBOX}{message.uuid}/").content.decode()
        assert ("Votre lien de connexion" in listed) == bad == ("renvoyer/" in shown), state
    Message.objects.update(state=State.UNCERTAIN)
    again = f"{OUTBOX}{message.uuid}/renvoyer/"
    assert administrator.get(again).status_code == 405
    assert administrator.post(again).status_code == 302
    message.refresh_from_db()
    assert message.state == State.QUEUED


def test_without_a_server_there_is_nothing_to_press(client: Client, message: Message) -> None:
    assert "EMAIL_URL" in client.get(OUTBOX).content.decode()
    assert "renvoyer/" not in client.get(f"{OUTBOX}{message.uuid}/").content.decode()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_letter_of_the_site_has_a_preview_that_says_the_same_as_text_and_html(
    client: Client, language: str
) -> None:
    names = [letter.name for letter in letters.every()]
    assert {"accounts.confirm", "accounts.reset", "directory.role_granted"} <= set(names)
    listed = client.get(f"{OUTBOX}lettres/").content.decode()
    for name in names:
        assert f"{OUTBOX}lettres/{name}/" in listed
        shown = client.get(f"{OUTBOX}lettres/{name}/?langue={language}")
        assert shown.status_code == 200, name
        written = shown.context["written"]
        html = client.get(f"{OUTBOX}lettres/{name}/html/?langue={language}").content.decode()
        assert f'<html lang="{language}">' in html
        for address in [line for line in written.text.splitlines() if line.startswith("http")]:
            assert address.replace("&", "&amp;") in html, (name, address)
        assert "{{" not in written.text and "{%" not in written.text and "None" not in written.text


@pytest.mark.parametrize(
    "page",
    [
        "lettres/nothing/",
        "lettres/nothing/html/",
        "00000000-0000-0000-0000-000000000000/",
        "x/",
        "lettres/a%00b/",
    ],
)  # fmt: skip
def test_what_is_not_there_is_a_404(client: Client, page: str) -> None:
    assert client.get(f"{OUTBOX}{page}").status_code == 404


@pytest.mark.parametrize(
    "query", ["?page=x", "?page=99999999999999999999", "?etat=%00", "?langue=xx", "?page=-1"]
)
def test_odd_queries_do_no_harm(client: Client, message: Message, query: str) -> None:
    assert client.get(f"{OUTBOX}{query}").status_code == 200
    name = letters.every()[0].name
    assert client.get(f"{OUTBOX}lettres/{name}/{query}").status_code == 200


def test_messages_that_were_erased_are_not_listed(client: Client, message: Message) -> None:
    Message.objects.update(to="", subject="", key="notice:1")
    assert "Rien ici" in client.get(OUTBOX).content.decode()
    assert client.get(f"{OUTBOX}{message.uuid}/").status_code == 404
