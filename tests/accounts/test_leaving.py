"""One's profile, one's data, and leaving: the name is nowhere afterwards, and somebody still administers."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from accounts import personal, tokens
from accounts.errors import LastAdministrator
from accounts.forgetting import forget
from accounts.models import User
from directory import publishing
from directory.models import Initiative, Report, Role
from directory.taxonomy import load_taxonomy
from jobs.models import Work
from tests.accounts.conftest import PASSWORD, Signed
from tests.factories import make_initiative, make_person
from tests.mail.outbox import last, posted

pytestmark = pytest.mark.django_db


def proved(client: Client) -> Client:
    client.post("/compte/reauthenticate/", {"password": PASSWORD})
    return client


def leave(client: Client, person: User) -> Any:
    return proved(client).post("/compte/effacer/", {"email": person.email.upper()})


def administrator(name: str) -> User:
    return User.objects.create_superuser(f"{name}@example.org", PASSWORD, name=f"Admin {name}")


# -- Profile --------------------------------------------------------------------------------------


def test_the_language_of_the_profile_is_that_of_the_letters(camille: User, signed: Signed) -> None:
    client = signed(camille)
    answer = client.post("/compte/", {"name": "  Camille\n\tE. ", "language": "en"})
    assert answer.headers["Location"] == "/en/compte/"
    camille.refresh_from_db()
    assert (camille.name, camille.language) == ("Camille E.", "en")
    Client().post("/compte/lien/", {"email": camille.email})
    assert last(camille.email).subject == "Your sign-in link"


@pytest.mark.parametrize(
    ("field", "value", "taken"),
    [
        ("name", "é" * 150, True),
        ("name", "é" * 151, False),
        ("name", "a\0b", False),
        ("language", "de", False),
    ],
)
def test_a_profile_takes_what_it_can_keep(
    camille: User, signed: Signed, field: str, value: str, taken: bool
) -> None:
    answer = signed(camille).post("/compte/", {"name": "Camille", "language": "fr"} | {field: value})
    assert answer.status_code == (302 if taken else 200)
    camille.refresh_from_db()
    assert (getattr(camille, field) == value) is taken


# -- One's data -----------------------------------------------------------------------------------


def test_one_takes_away_all_that_is_kept_and_nothing_of_others(camille: User, signed: Signed) -> None:
    make_person("autre")
    client = signed(camille)
    assert (
        client.get("/compte/donnees/maillage.json").headers["Location"].startswith("/compte/reauthenticate/")
    )
    answer = proved(client).get("/compte/donnees/maillage.json")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="maillage-')
    told = json.loads(answer.content)
    assert told["account"]["email"] == camille.email
    assert told["addresses"] == [{"email": camille.email, "verified": True, "primary": True}]
    assert [session["ip"] for session in told["sessions"]] == ["127.0.0.1"]
    assert "autre@" not in answer.content.decode()
    assert camille.password not in answer.content.decode()


def test_whatever_points_at_a_person_is_told_or_goes_with_the_account() -> None:
    """A new table that points at people makes its room say what it holds (accounts/personal.py)."""
    pointing = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if getattr(field, "related_model", None) is User and field.concrete
    }
    assert pointing == {
        "account.EmailAddress.user", "mfa.Authenticator.user", "socialaccount.SocialAccount.user",
        "usersessions.UserSession.user", "admin.LogEntry.user", "accounts.ApiToken.person",
        "jobs.Work.asked_by", "directory.Role.person", "directory.Role.decided_by", "directory.Role.ended_by",
        "directory.Report.handled_by", "directory.PersonalExport.person", "directory.Initiative.verified_by",
        "directory.Listing.owner", "territories.Territory.owner", "diagnosis.SavedDiagnosis.author",
        "exchange.Profile.owner", "exchange.Import.by", "exchange.Candidate.decided_by",
        "exchange.NeverSame.by", "exchange.Harvest.owner", "exchange.Export.by", "events.Event.created_by",
        "questionnaires.GroupSession.opened_by", "questionnaires.Review.invited_by",
        "questionnaires.Review.person",
        "verification.Campaign.opened_by", "verification.Answer.by",
        "charter.CharterVersion.published_by", "charter.Signature.mandate_by",
        "questionnaires.Response.account", "questionnaires.QuestionnaireVersion.published_by",
        "contributions.Proposal.account", "contributions.Proposal.decided_by", "contributions.Digest.person",
        "contributions.Claim.person", "contributions.ColleagueInvitation.invited_by",
        "contributions.Unwanted.person", "directory.Story.account", "directory.Story.decided_by",
        # A number only, kept with the history; a view of the history by request.
        "directory.InitiativeEvent.verified_by", "pghistory.MiddlewareEvents.user",
    }  # fmt: skip


def test_roles_handled_reports_jobs_and_tokens_are_told(camille: User) -> None:
    found = make_initiative("Le Fournil", verified_by=camille)
    Role.objects.create(person=camille, kind="owner", initiative=found, reason="J’y travaille.")
    publishing.report(found, "wrong", "Le téléphone a changé.", email="x@example.org")
    Report.objects.update(handled_by=camille, handled_at=timezone.now(), answer="Corrigé.")
    Work.objects.create(asked_by=camille, label="Un export", task="x")
    tokens.mint(camille, "carte murale", ["read"], 30)
    told = personal.everything(camille)
    assert [(role["role"], role["target"], role["reason"]) for role in told["roles"]] == [
        ("owner", "Le Fournil", "J’y travaille.")
    ]
    assert [each["name"] for each in told["reports_handled"]] == ["Le Fournil"]
    assert [each["label"] for each in told["jobs"]] == ["Un export"]
    assert "carte murale" in json.dumps(told["tokens"], default=str)
    assert told["published"]["initiatives_verified"] == [found.slug]
    assert "x@example.org" not in json.dumps(told, default=str)


# -- Leaving --------------------------------------------------------------------------------------


def test_a_name_is_nowhere_once_its_account_is_erased(camille: User, signed: Signed) -> None:
    other = signed(camille)
    client = signed(camille)
    Client().post("/compte/lien/", {"email": camille.email})
    LogEntry.objects.create(
        user=administrator("a"),
        content_type_id=None,
        object_id=str(camille.pk),
        object_repr="x",
        action_flag=2,
    )
    answer = leave(client, camille)
    assert answer.headers["Location"] == "/compte/efface/"
    assert "Votre compte est effacé" in client.get("/compte/efface/").content.decode()
    assert other.get("/compte/").status_code == client.get("/compte/").status_code == 302
    assert not UserSession.objects.exists()
    assert [message.letter for message in posted(camille.email)] == ["accounts.gone"]
    found = where_in_database(["Camille Exemple", camille.email])
    assert found == {"mail_message"}  # the last letter, kept as long as any other


def where_in_database(words: list[str]) -> set[str]:
    """The tables in which one of these words still stands, sessions read as well."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables"
            " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
        )
        tables = [name for (name,) in cursor.fetchall()]
        found = set()
        for table in tables:
            for word in words:
                cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE t::text ILIKE %s', [f"%{word}%"])
                if cursor.fetchone()[0]:
                    found.add(table)
    if any(word in str(session.get_decoded()) for session in Session.objects.all() for word in words):
        found.add("django_session")
    return found


def test_leaving_says_what_it_means_and_asks_who_one_is(camille: User, signed: Signed) -> None:
    client = signed(camille)
    assert client.get("/compte/effacer/").headers["Location"].startswith("/compte/reauthenticate/")
    shown = proved(client).get("/compte/effacer/").content.decode()
    assert "Cela ne peut pas être défait" in shown
    for wrong in ("", "autre@example.org", "é" * 10_000, "a\0b"):
        assert client.post("/compte/effacer/", {"email": wrong}).status_code == 200
    assert User.objects.filter(pk=camille.pk).exists()


def test_who_has_no_password_signs_in_again_before_leaving(camille: User, monkeypatch: Any) -> None:
    from tests.accounts.test_links import asked, used

    camille.set_unusable_password()
    camille.save()
    client = Client()
    assert used(client, asked(camille.email))
    assert client.get("/compte/effacer/").status_code == 200
    monkeypatch.setattr("accounts.signing_in.FRESH", -1)
    assert client.get("/compte/effacer/").headers["Location"] == "/compte/lien/?next=/compte/effacer/"
    assert client.post("/compte/effacer/", {"email": camille.email}).status_code == 302
    assert User.objects.filter(pk=camille.pk).exists()


def test_what_was_published_stays_without_the_name(camille: User, signed: Signed) -> None:
    load_taxonomy()
    found: Initiative = make_initiative("Le Fournil", verified_by=camille)
    Role.objects.create(person=camille, kind="owner", initiative=found, reason="J’y travaille.", granted=True,
                        decided_at=timezone.now())  # fmt: skip
    publishing.report(found, "wrong", "Le téléphone a changé.")
    Report.objects.update(handled_by=camille, handled_at=timezone.now(), answer="Corrigé.")
    leave(signed(camille), camille)
    assert not Role.objects.exists()
    assert Report.objects.get().answer == "Corrigé."
    found.refresh_from_db()
    assert found.verified_by is None
    shown = Client().get(f"/initiatives/{found.slug}/")
    assert shown.status_code == 200 and "Camille" not in shown.content.decode()


# -- Somebody always administers ------------------------------------------------------------------


def test_the_last_administrator_cannot_leave(signed: Signed) -> None:
    alone = administrator("seul")
    client = signed(alone)
    answer = leave(client, alone)
    assert answer.status_code == 409
    assert "Il ne resterait aucun administrateur" in answer.content.decode()
    closed = administrator("ferme")
    User.objects.filter(pk=closed.pk).update(is_active=False)
    assert leave(client, alone).status_code == 409
    administrator("suivant")
    assert leave(client, alone).status_code == 302


@pytest.mark.parametrize("change", [{"is_superuser": False}, {"is_active": False}, None])
def test_the_database_keeps_an_administrator(change: dict[str, bool] | None) -> None:
    alone = User.objects.filter(pk=administrator("seul").pk)

    def go() -> None:
        with transaction.atomic():
            alone.delete() if change is None else alone.update(**change)
            connection.check_constraints()

    with pytest.raises(IntegrityError, match="last administrator"):
        go()
    administrator("suivant")
    go()


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_leave_at_once_do_not_both_go() -> None:
    """Two connections, by the verb; and by plain statements, where only the database can tell."""
    for road in (personal.erase, lambda person: User.objects.filter(pk=person.pk).update(is_superuser=False)):
        pair = [administrator(f"a{number}{id(road)}") for number in range(2)]
        for extra in User.objects.filter(is_superuser=True).exclude(pk__in=[each.pk for each in pair]):
            User.objects.filter(pk=extra.pk).update(is_superuser=False)
        meeting, ends = threading.Barrier(2), []

        def go(
            person: User, road: Any = road, meeting: threading.Barrier = meeting, ends: list[str] = ends
        ) -> None:
            try:
                with transaction.atomic():
                    User.objects.count()  # the transaction begins before the other one ends
                    meeting.wait(10)
                    road(person)
                ends.append("gone")
            except (LastAdministrator, IntegrityError):
                ends.append("refused")
            finally:
                connection.close()

        threads = [threading.Thread(target=go, args=[person]) for person in pair]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert sorted(ends) == ["gone", "refused"]
        assert User.objects.filter(is_superuser=True, is_active=True).count() == 1


def test_the_administration_says_so_rather_than_fail(signed: Signed) -> None:
    alone = administrator("seul")
    client = signed(alone)
    place = f"/admin/accounts/user/{alone.pk}"
    form = {"email": alone.email, "name": "", "language": "fr", "is_active": "on", "is_staff": "on"}
    tries = [
        (f"{place}/change/", form),
        (f"{place}/delete/", {"post": "yes"}),
        ("/admin/accounts/user/", {"action": "delete_selected", "_selected_action": alone.pk, "post": "yes"}),
    ]
    for address, sent in tries:
        answer = client.post(address, sent, follow=True)
        assert answer.status_code == 200
        assert "nommez d’abord quelqu’un d’autre" in answer.content.decode(), address
    alone.refresh_from_db()
    assert alone.is_superuser and alone.is_active
    administrator("suivant")
    assert client.post(f"{place}/change/", form).status_code == 302
    alone.refresh_from_db()
    assert not alone.is_superuser


def test_an_account_erased_in_the_administration_is_forgotten_like_any_other(
    camille: User, signed: Signed
) -> None:
    theirs = signed(camille)
    client = signed(administrator("a"))
    client.post(
        f"/admin/accounts/user/{camille.pk}/change/",
        {"email": camille.email, "name": "Camille Exemple", "language": "fr", "is_active": "on"},
    )
    client.post(f"/admin/accounts/user/{camille.pk}/delete/", {"post": "yes"})
    assert theirs.get("/compte/").status_code == 302
    assert where_in_database(["Camille Exemple"]) == set()


# -- What is over ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "stays"), [(29, True), (31, False)])
def test_an_account_never_confirmed_is_forgotten_after_a_month(days: int, stays: bool) -> None:
    Client().post("/compte/signup/", {"email": "jamais@example.org"})
    User.objects.update(date_joined=timezone.now() - timedelta(days=days))
    forget()
    assert User.objects.exists() is stays


def test_whoever_confirmed_or_administers_stays(camille: User) -> None:
    EmailAddress.objects.filter(user=administrator("a")).delete()
    User.objects.update(date_joined=timezone.now() - timedelta(days=4_000))
    forget()
    assert User.objects.count() == 2


def test_traces_of_a_session_go_with_it(camille: User, signed: Signed) -> None:
    over, living = signed(camille), signed(camille)
    Session.objects.filter(session_key=over.session.session_key).update(expire_date=timezone.now())
    caches["default"].set("old", 1, -1)
    forget()
    assert [each.session_key for each in UserSession.objects.all()] == [living.session.session_key]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM accounts_limits WHERE expires < now()")
        assert cursor.fetchone() == (0,)
