"""Organisations are told once of the record that others wrote, and do with it what they want."""

from __future__ import annotations

import io
import time
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.models import User
from directory import notices, publishing, tasks
from directory.errors import BadLink
from directory.models import Initiative, Notice, Report, Role
from tests.factories import make_initiative
from tests.mail.outbox import last, links, posted

pytestmark = pytest.mark.django_db

OFFICE = "bureau@atelier.example.org"


@pytest.fixture
def atelier(taxonomy: None) -> Initiative:
    return make_initiative("L’Atelier", slug="l-atelier", email=OFFICE, source="annuaire de la mairie")


def owned(initiative: Initiative, **fields: Any) -> None:
    person = User.objects.create_user(f"owner-{initiative.pk}@example.org")
    values = {"kind": "owner", "granted": True, "decided_at": timezone.now(), "reason": "Test."} | fields
    Role.objects.create(person=person, initiative=initiative, **values)


def test_who_is_due_and_who_is_not(atelier: Initiative) -> None:
    for name, fields in {
        "exemple": {"origin": "example"},
        "essai": {"origin": "synthetic"},
        "brouillon": {"publication": "draft"},
        "masquée": {"publication": "hidden"},
        "fermée": {"activity_state": "closed"},
        "sans adresse": {"email": ""},
    }.items():
        make_initiative(name, **{"email": "a@example.org"} | fields)
    owned(make_initiative("tenue", email="a@example.org"))
    owned(make_initiative("quittée", email="a@example.org"), ended_at=timezone.now())
    asked = make_initiative("demandée seulement", email="a@example.org")
    owned(asked, granted=False, decided_at=None)
    assert list(notices.due()) == [atelier, asked]


def test_the_letter_says_where_it_comes_from_and_leads_to_each_right(atelier: Initiative) -> None:
    assert notices.send() == 1
    letter = last(to=OFFICE)
    assert "L’Atelier figure sur Maillage" in letter.subject
    assert "annuaire de la mairie" in letter.text
    found = links(letter)
    assert [link.split("/")[3] for link in found] == [
        "initiatives", "initiatives", "compte", "compte", "compte", "donnees-personnelles"
    ]  # fmt: skip
    assert found[2].endswith("/compte/initiatives/l-atelier/tenir/")
    told = Notice.objects.get()
    assert (told.sent_to, told.wording_version, told.kind) == (OFFICE, notices.WORDING, "recorded")


def test_nobody_is_told_twice(atelier: Initiative) -> None:
    assert notices.send() == 1
    assert notices.send() == 0
    assert len(posted()) == 1


def test_the_letter_is_in_the_language_of_the_record(atelier: Initiative) -> None:
    Initiative.objects.update(language="en")
    notices.send()
    assert last().language == "en"
    assert "/en/compte/fiche/" in last().text


def test_a_record_in_a_language_that_the_site_has_not_is_told_in_french(atelier: Initiative) -> None:
    Initiative.objects.update(language="oc")
    notices.send()
    assert last().language == "fr"
    assert "/oc/" not in last().text


def test_the_command_lists_limits_and_sends(atelier: Initiative) -> None:
    make_initiative("La Grange", slug="la-grange", email="grange@example.org")

    def said(*options: str) -> str:
        out = io.StringIO()
        call_command("send_notices", *options, stdout=out)
        return out.getvalue()

    assert said("--dry-run") == "l-atelier\nla-grange\n2 organisations would be told.\n"
    assert not posted(), "a dry run writes to nobody"
    assert said("--limit", "1") == "1 organisations told.\n"
    assert said("--dry-run") == "la-grange\n1 organisations would be told.\n"


def test_the_worker_tells_only_where_the_site_was_told_to(atelier: Initiative, settings: Any) -> None:
    assert settings.NOTICES is False, "off by default"
    tasks.send_notices(0)
    assert not posted()
    settings.NOTICES = True
    tasks.send_notices(0)
    assert [message.to for message in posted()] == [OFFICE]


# -- What the links do -------------------------------------------------------------------------------


def paths() -> tuple[str, str]:
    """The links that hide and remove."""
    found = links(last(to=OFFICE, letter="directory.recorded"))
    hide, remove = (link for link in found if "/fiche/" in link)
    return hide.partition("/compte/")[2], remove.partition("/compte/")[2]


def test_a_get_changes_nothing_a_post_hides_and_a_moderator_brings_back(
    client: Client, atelier: Initiative
) -> None:
    notices.send()
    hide, _remove = paths()
    shown = client.get(f"/compte/{hide}")
    assert shown.status_code == 200
    assert not shown.cookies
    assert "no-store" in shown["Cache-Control"]
    atelier.refresh_from_db()
    assert atelier.publication == "published"
    done = Client(enforce_csrf_checks=True).post(f"/compte/{hide}")
    assert "La fiche est masquée" in done.content.decode()
    atelier.refresh_from_db()
    assert atelier.publication == "hidden"
    assert client.get("/initiatives/l-atelier/").status_code == 410
    assert not Report.objects.exists()
    assert "déjà masquée" in client.get(f"/compte/{hide}").content.decode()
    event = atelier._meta.apps.get_model("directory", "InitiativeEvent").objects.latest("pgh_id")
    assert event.pgh_context.metadata["why"] == "demande de l’organisation"
    assert publishing.publish(atelier, "account 1", "à sa demande")


def test_a_removal_hides_at_once_and_asks_the_moderators(client: Client, atelier: Initiative) -> None:
    admin = User.objects.create_superuser("admin@example.org")
    notices.send()
    _hide, remove = paths()
    client.get(f"/compte/{remove}")
    assert not Report.objects.exists()
    for _time in range(2):
        page = client.post(f"/compte/{remove}").content.decode()
    told = Report.objects.get()
    assert (told.reason, told.email, told.initiative) == ("withdrawal", OFFICE, atelier)
    assert told.reference in page
    atelier.refresh_from_db()
    assert atelier.publication == "hidden", "and never deleted unseen"
    assert [message.to for message in posted(letter="directory.withdrawal_asked")] == [admin.email]
    assert [message.to for message in posted(letter="directory.report_received")] == [OFFICE]


def test_a_link_does_one_thing_for_one_record_for_a_year(
    atelier: Initiative, monkeypatch: pytest.MonkeyPatch
) -> None:
    notices.send()
    notice = Notice.objects.get()
    token = notices.token_of(notice, notices.HIDE)
    assert notices.by_token(token) == notices.Asked(notice, notices.HIDE)
    with pytest.raises(BadLink):
        notices.by_token(notices.token_of(notice, "publish"))
    year = notices.LINK_KEPT_DAYS * 24 * 3_600
    end = time.time() + year
    for seconds, works in ((-60, True), (60, False)):
        with monkeypatch.context() as patch:
            patch.setattr("django.core.signing.time.time", lambda seconds=seconds: end + seconds)
            if works:
                assert notices.by_token(token)
            else:
                with pytest.raises(BadLink):
                    notices.by_token(token)
    Initiative.objects.update(email="autre@atelier.example.org")
    with pytest.raises(BadLink):
        notices.by_token(token)


@pytest.mark.parametrize("forged", ["x", "%00", "WzEsImhpZGUiXQ:1abc:forged", "x" * 3_000])
def test_a_forged_link_does_nothing(client: Client, atelier: Initiative, forged: str) -> None:
    notices.send()
    for response in (client.get(f"/compte/fiche/{forged}/"), client.post(f"/compte/fiche/{forged}/")):
        assert response.status_code == 404
    atelier.refresh_from_db()
    assert atelier.publication == "published"
