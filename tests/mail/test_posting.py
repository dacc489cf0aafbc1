"""Posting: one letter, one person, in the caller's transaction; text and HTML that say the same."""

from __future__ import annotations

import email
from email import policy
from typing import Any

import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives, send_mail
from django.db import transaction
from django.db.models import QuerySet
from hypothesis import given
from hypothesis import settings as properties
from hypothesis import strategies as st
from procrastinate.contrib.django.models import ProcrastinateJob

from mail import letters
from mail.backends import Unsupported
from mail.letters import Letter, UnknownLetter, register
from mail.models import Message, State
from mail.posting import BadAddress, BadHeader, post, queue
from mail.smtp import as_bytes
from mail.writing import blocks, compose, write
from tests.mail.outbox import last, links, posted

pytestmark = pytest.mark.django_db

TEMPLATE = """{% load i18n %}Nouvelles de {{ name }}

{% if reason %}{{ reason }}

{% endif %}{% translate "Courrier" %} & {{ name }}

Répondre :
{{ link }}
"""


@pytest.fixture(autouse=True)
def _letter(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """A letter of the tests' own, forgotten at the end."""
    monkeypatch.setattr(letters, "_letters", dict(letters._letters))
    engine = {"tests/news.txt": TEMPLATE, "tests/bare.txt": "Un objet seul"}
    loaders = [
        ("django.template.loaders.locmem.Loader", engine),
        "django.template.loaders.app_directories.Loader",
    ]
    (template,) = settings.TEMPLATES
    options = {**template["OPTIONS"], "loaders": loaders}
    settings.TEMPLATES = [{**template, "APP_DIRS": False, "OPTIONS": options}]
    register(Letter("tests.news", "des nouvelles", "tests/news.txt", quoted=("reason",)))
    register(Letter("tests.bare", "sans corps", "tests/bare.txt"))


NEWS = {"name": "Ada & <Bob>", "link": "https://carte.example.org/a?b=1&c=2"}


def test_a_letter_is_queued_with_text_and_html_in_the_language_of_its_reader(smtp_port: int) -> None:
    message = post("tests.news", "ada@example.org", "en", NEWS)
    assert message.state == State.QUEUED
    assert message.subject == "Nouvelles de Ada & <Bob>"
    assert "Mail & Ada & <Bob>\n\nRépondre :\nhttps://carte.example.org/a?b=1&c=2\n\n-- \n" in message.text
    assert '<html lang="en">' in message.html and "Mail &amp; Ada &amp; &lt;Bob&gt;" in message.html
    assert 'href="https://carte.example.org/a?b=1&amp;c=2">Répondre</a>' in message.html
    assert links(message) == [NEWS["link"]]
    (job,) = ProcrastinateJob.objects.filter(task_name="mail.deliver")
    assert job.args == {"message": message.pk}


def test_a_transaction_undone_posts_nothing(smtp_port: int) -> None:
    def posted_in_vain() -> None:
        with transaction.atomic():
            post("tests.news", "ada@example.org", "fr", NEWS)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        posted_in_vain()
    assert not posted() and not ProcrastinateJob.objects.filter(task_name="mail.deliver").exists()


def test_without_a_server_it_stays_in_the_outbox_and_nothing_is_queued() -> None:
    assert post("tests.news", "ada@example.org", "fr", NEWS).state == State.KEPT
    assert not ProcrastinateJob.objects.exists()


def test_the_same_key_gives_the_first_message_and_no_key_gives_another() -> None:
    first = post("tests.news", "ada@example.org", "fr", NEWS, key="notice:1")
    assert post("tests.news", "bob@example.org", "fr", NEWS, key="notice:1") == first
    assert post("tests.news", "bob@example.org", "fr", NEWS, key="notice:2") != first
    assert len({post("tests.news", "ada@example.org", "fr", NEWS).pk for _ in range(2)}) == 2


def test_two_that_post_with_one_key_at_the_same_time_write_one_message(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = post("tests.news", "ada@example.org", "fr", NEWS, key="notice:1")
    monkeypatch.setattr(QuerySet, "first", lambda self: None)  # the other one did not see it yet
    assert post("tests.news", "bob@example.org", "fr", NEWS, key="notice:1") == first
    assert len(posted()) == 1


def test_an_unknown_language_is_that_of_the_site() -> None:
    assert post("tests.news", "ada@example.org", "xx", NEWS).language == "fr"


@pytest.mark.parametrize(
    "address",
    [
        "", "ada", "ada@example.org, bob@example.org", "ada@example.org;bob@example.org",
        "Ada <ada@example.org>",
        "ada@example.org\nBcc: bob@example.org", "ada@example.org\r\n", "ada@example.org\0", "a" * 10_000,
    ],
)  # fmt: skip
def test_a_message_goes_to_one_address_written_alone(address: str) -> None:
    with pytest.raises(BadAddress):
        post("tests.news", address, "fr", NEWS)
    if address:
        with pytest.raises(BadAddress):
            post("tests.news", "ada@example.org", "fr", NEWS, reply_to=address)
    assert not posted()


@properties(max_examples=40)
@given(name=st.text(max_size=60))
def test_no_name_opens_another_header_or_paragraph(name: str) -> None:
    written = write(letters.get("tests.news"), "fr", NEWS | {"name": f"Ada\r\nBcc: x@example.org\n\n{name}"})
    message = Message(
        subject=written.subject, text=written.text, html=written.html, language="fr",
        to="ada@example.org", sender="Maillage <maillage@example.org>", message_id="<1@example.org>",
    )  # fmt: skip
    from django.utils import timezone

    message.created_at = timezone.now()
    parsed: Any = email.message_from_bytes(as_bytes(message), policy=policy.default)  # type: ignore[arg-type]
    assert parsed["Bcc"] is None and parsed.get_all("Subject") == [parsed["Subject"]]
    assert len(written.subject.splitlines()) == 1
    assert links(message)[-1:] == [NEWS["link"]]


def test_what_people_wrote_is_a_quotation_without_links() -> None:
    reason = "Bonjour,\n\nvoyez :\nhttps://ailleurs.example.org\n- et\n> puis <b>"
    message = post("tests.news", "ada@example.org", "fr", NEWS | {"reason": reason})
    assert "> Bonjour,\n>\n> voyez :\n> https://ailleurs.example.org\n> - et\n> > puis <b>\n" in message.text
    assert 'href="https://ailleurs' not in message.html and "&gt; puis &lt;b&gt;</blockquote>" in message.html


def test_a_context_holds_plain_values_only() -> None:
    with pytest.raises(TypeError, match="^name: a letter takes texts, numbers and dates, not object"):
        post("tests.news", "ada@example.org", "fr", NEWS | {"name": object()})


def test_a_letter_that_nobody_registered_or_that_has_no_body_is_refused() -> None:
    with pytest.raises(UnknownLetter):
        post("tests.nothing", "ada@example.org", "fr", {})
    with pytest.raises(ValueError, match="has a subject only"):
        post("tests.bare", "ada@example.org", "fr", {})
    with pytest.raises(ValueError, match=r"Two letters are called tests\.news"):
        register(Letter("tests.news", "autre", "tests/bare.txt"))


def test_a_body_is_paragraphs_lists_quotations_and_links() -> None:
    found = blocks(
        "Un\ndeux\n\n- a\n- b\nsuite\n\nAvant.\nVoir :\nhttps://a.example.org\n\nhttps://b.example.org\n\n> c"
    )
    assert [(block.kind, block.lines, block.address) for block in found] == [
        ("paragraph", ("Un", "deux"), ""), ("items", ("a", "b"), ""), ("paragraph", ("suite",), ""),
        ("paragraph", ("Avant.",), ""), ("link", ("Voir",), "https://a.example.org"),
        ("link", (), "https://b.example.org"), ("quotation", ("c",), ""),
    ]  # fmt: skip


class TestDjangosOwnFunctions:
    def test_text_gets_the_layout_and_its_html(self) -> None:
        send_mail("Objet\nsuite", "Bonjour.", None, ["ada@example.org"])
        message = last("ada@example.org")
        assert message.subject == "Objet suite" and message.text.startswith("Bonjour.\n\n-- \n")
        assert "<p>Bonjour.</p>" in message.html and message.sender.startswith("Maillage <")

    def test_html_beside_the_text_is_kept_as_it_is(self) -> None:
        mail = EmailMultiAlternatives(
            "Objet", "Texte", "Ici <ici@example.org>", ["ada@example.org"],
            reply_to=["bob@example.org"], headers={"X-One": "1", "X-Letter": "accounts.test"},
        )  # fmt: skip
        mail.attach_alternative("<p>HTML</p>", "text/html")
        assert mail.send() == 1
        message = last(letter="accounts.test")
        assert (message.text, message.html, message.sender) == (
            "Texte",
            "<p>HTML</p>",
            "Ici <ici@example.org>",
        )
        assert message.headers == {"X-One": "1", "Reply-To": "bob@example.org"}

    def test_several_recipients_attachments_and_line_breaks_in_headers_are_refused(self) -> None:
        for both in (
            {"to": ["a@example.org", "b@example.org"]},
            {"to": ["a@example.org"], "cc": ["b@example.org"]},
        ):
            with pytest.raises(BadAddress):
                EmailMessage("Objet", "Texte", None, **both).send()
        attached = EmailMessage(
            "Objet", "Texte", None, ["a@example.org"], attachments=[("a.txt", "a", "text/plain")]
        )
        with pytest.raises(Unsupported):
            attached.send()
        with pytest.raises(BadHeader):
            EmailMessage("O", "T", None, ["a@example.org"], headers={"X-One": "1\nBcc: b@example.org"}).send()
        assert not posted()


def test_a_message_leaves_with_what_keeps_machines_from_answering_it() -> None:
    message = queue(compose("Été", "Bonjour é.", "fr"), "ada@example.org")
    parsed: Any = email.message_from_bytes(as_bytes(message), policy=policy.default)  # type: ignore[arg-type]
    assert parsed["Subject"] == "Été" and parsed["Auto-Submitted"] == "auto-generated"
    assert parsed["Message-ID"].strip() == message.message_id and parsed["Content-Language"] == "fr"
    kinds = [part.get_content_type() for part in parsed.walk()]
    assert kinds == ["multipart/alternative", "text/plain", "text/html"]
