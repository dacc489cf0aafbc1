"""Contacts: nothing of a person shows before she said so, and what was answered is only added to."""

from __future__ import annotations

import hashlib
import json
import time
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.consent import CURRENT, WORDINGS, UnknownWording, wording
from accounts.models import User
from accounts.personal import erase as erase_account
from accounts.personal import everything
from directory import contacts, publishing
from directory.errors import BadLink, ContactRefused, NotAllowed
from directory.models import Consent, ConsentPurpose, Contact, Initiative, Role
from directory.version import token
from tests.factories import make_initiative
from tests.mail.outbox import last, links, posted

pytestmark = pytest.mark.django_db

# A text that changed is another version: add one, and never touch these.
FINGERPRINTS = {"2026-11": "83f2ecc260c32e2e769fef0e4c7dbfd67783033f9b1d748ccc75977c6b66faa1"}

HERS = {
    "name": "Zoé Tamaris",
    "role": "présidente",
    "email": "zoe@tamaris.example.org",
    "phone": "05 55 00 00 01",
}


@pytest.fixture
def atelier(taxonomy: None) -> Initiative:
    return make_initiative("L’Atelier", slug="l-atelier", activities=[101])


def owner_of(initiative: Initiative, name: str = "owner") -> User:
    made = User.objects.create_user(f"{name}@example.org")
    Role.objects.create(
        person=made,
        kind="owner",
        initiative=initiative,
        granted=True,
        decided_at=timezone.now(),
        reason="Test.",
    )
    return made


@pytest.fixture
def owner(atelier: Initiative) -> User:
    return owner_of(atelier)


def public(initiative: Initiative) -> list[str]:
    return [each.name for each in contacts.shown(initiative)]


# -- The texts ---------------------------------------------------------------------------------------


def test_a_text_never_changes_under_its_version() -> None:
    found = {
        version: hashlib.sha256(json.dumps(texts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
        for version, texts in WORDINGS.items()
    }
    assert found == FINGERPRINTS


def test_each_version_has_each_purpose_in_each_language() -> None:
    assert CURRENT in WORDINGS
    for version in WORDINGS:
        for purpose in ConsentPurpose.values:
            assert wording(purpose, version, "fr") != wording(purpose, version, "en")
    with pytest.raises(UnknownWording):
        wording("public", "1999-01")
    with pytest.raises(UnknownWording):
        wording("sold")


# -- What shows --------------------------------------------------------------------------------------


def test_nothing_shows_by_default(atelier: Initiative, owner: User) -> None:
    contacts.create(atelier, owner, HERS)
    assert not Consent.objects.exists()
    for purpose in ConsentPurpose.values:
        assert not Contact.objects.agreeing(purpose).exists()


def test_who_has_an_address_opens_her_own_details_and_nobody_else_does(
    atelier: Initiative, owner: User
) -> None:
    made = contacts.create(atelier, owner, HERS, ["public"], "spoken")
    assert public(atelier) == [], "what the owner declares opens nothing"
    declared = made.consents.get()
    assert (declared.granted, declared.method, declared.source) == (True, "spoken", f"account {owner.pk}")
    contacts.answer_consent(made, "public", True)
    assert public(atelier) == ["Zoé Tamaris"]
    assert not Contact.objects.agreeing("networks").exists(), "each switch is its own"
    contacts.answer_consent(made, "public", False)
    assert public(atelier) == []
    with pytest.raises(ContactRefused):
        contacts.declare(made, "public", True, owner, "written")
    assert [row.granted for row in made.consents.order_by("pk")] == [True, True, False]


def test_the_owner_closes_at_once_what_she_opened(atelier: Initiative, owner: User) -> None:
    made = contacts.create(atelier, owner, HERS)
    contacts.answer_consent(made, "public", True)
    contacts.declare(made, "public", False, owner, "spoken")
    assert public(atelier) == []
    contacts.declare(made, "public", True, owner, "spoken")
    assert public(atelier) == [], "to open again is hers"


def test_without_an_address_what_was_collected_counts_with_who_and_how(
    atelier: Initiative, owner: User
) -> None:
    with pytest.raises(ContactRefused), transaction.atomic():
        contacts.create(atelier, owner, HERS | {"email": ""}, ["public"], "")
    assert not Contact.objects.exists(), "nothing is half-written"
    made = contacts.create(atelier, owner, HERS | {"email": ""}, ["public"], "written")
    answer = made.consents.get()
    assert public(atelier) == ["Zoé Tamaris"]
    assert (answer.method, answer.source, answer.wording_version) == (
        "written",
        f"account {owner.pk}",
        CURRENT,
    )


def test_who_enters_herself_needs_no_letter(atelier: Initiative, owner: User) -> None:
    contacts.create(atelier, owner, HERS | {"email": "OWNER@example.org"}, ["public"])
    assert public(atelier) == ["Zoé Tamaris"]
    assert not posted()


@pytest.mark.parametrize("change", [{"name": "Autre Personne"}, {"email": "autre@example.org"}])
def test_another_name_or_address_is_another_person(
    atelier: Initiative, owner: User, change: dict[str, str]
) -> None:
    made = contacts.create(atelier, owner, HERS)
    contacts.answer_consent(made, "public", True)
    contacts.change(made, owner, change)
    assert public(atelier) == []
    assert made.consents.latest("pk").method == "changed"
    assert last().to == change.get("email", HERS["email"])


def test_another_phone_or_position_is_the_same_person(atelier: Initiative, owner: User) -> None:
    made = contacts.create(atelier, owner, HERS)
    contacts.answer_consent(made, "public", True)
    contacts.change(made, owner, {"phone": "05 55 00 00 02", "role": "trésorière"})
    assert public(atelier) == ["Zoé Tamaris"]


def test_the_same_answer_twice_is_one_row(atelier: Initiative, owner: User) -> None:
    made = contacts.create(atelier, owner, HERS)
    for _time in range(2):
        contacts.answer_consent(made, "public", True)
    assert made.consents.count() == 1


def test_an_answer_tells_the_caches(atelier: Initiative, owner: User) -> None:
    made = contacts.create(atelier, owner, HERS)
    before = token()
    contacts.answer_consent(made, "public", True)
    opened = token()
    contacts.erase(made)
    assert len({before, opened, token()}) == 3


def test_an_initiative_has_so_many_contacts(atelier: Initiative, owner: User) -> None:
    Contact.objects.bulk_create(Contact(initiative=atelier, name=str(n)) for n in range(contacts.MOST - 1))
    contacts.create(atelier, owner, HERS)
    with pytest.raises(ContactRefused):
        contacts.create(atelier, owner, HERS)


# -- Who may -----------------------------------------------------------------------------------------


def test_strangers_touch_no_contact(atelier: Initiative, owner: User) -> None:
    made = contacts.create(atelier, owner, HERS)
    stranger = owner_of(make_initiative(), "stranger")
    for attempt in (
        lambda: contacts.create(atelier, stranger, HERS),
        lambda: contacts.change(made, stranger, {"name": "x"}),
        lambda: contacts.erase(made, stranger),
        lambda: contacts.declare(made, "public", True, stranger, "spoken"),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    assert Contact.objects.get().name == "Zoé Tamaris"


# -- Her link ----------------------------------------------------------------------------------------


def test_she_is_told_with_a_link_that_is_hers(atelier: Initiative, owner: User) -> None:
    made = contacts.create(atelier, owner, HERS)
    letter = last(to=HERS["email"], letter="directory.contact_entered")
    assert "L’Atelier" in letter.subject
    token_ = links(letter)[0].rstrip("/").rpartition("/")[2]
    assert contacts.by_token(token_) == made
    assert owner.email not in letter.text


def test_her_link_ends_with_its_time_with_her_address_and_with_herself(
    atelier: Initiative, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = contacts.create(atelier, owner, HERS)
    link = contacts.token_of(made)
    end = time.time() + contacts.LINK_KEPT.total_seconds()
    with monkeypatch.context() as patch:
        patch.setattr("django.core.signing.time.time", lambda: end - 60)
        assert contacts.by_token(link) == made
        patch.setattr("django.core.signing.time.time", lambda: end + 60)
        with pytest.raises(BadLink):
            contacts.by_token(link)
    contacts.change(made, owner, {"email": "nouvelle@example.org"})
    with pytest.raises(BadLink):
        contacts.by_token(link)
    fresh = contacts.token_of(Contact.objects.get())
    contacts.erase(made)
    with pytest.raises(BadLink):
        contacts.by_token(fresh)


@pytest.mark.parametrize("forged", ["", "x", "\x00", "WzEsIiJd:1vMwaa:forged", "x" * 5_000])
def test_a_forged_link_opens_nothing(forged: str) -> None:
    with pytest.raises(BadLink):
        contacts.by_token(forged)


def test_a_link_of_another_kind_opens_nothing(atelier: Initiative, owner: User) -> None:
    from directory import relay

    contacts.create(atelier, owner, HERS)
    with pytest.raises(BadLink):
        contacts.by_token(relay.stop_token(atelier, None))


def test_links_are_sent_to_the_address_alone(atelier: Initiative, owner: User) -> None:
    contacts.create(atelier, owner, HERS)
    assert contacts.send_links("nobody@example.org") == 0
    assert contacts.send_links("ZOE@tamaris.example.org") == 1
    assert {message.to for message in posted()} == {HERS["email"]}


# -- Only added to, whatever the road ----------------------------------------------------------------


def by_hand(sql: str) -> None:
    with transaction.atomic():
        connection.check_constraints()  # what waits for the end of the transaction
        with connection.cursor() as cursor:
            cursor.execute(sql)
        connection.check_constraints()


def by_model() -> None:
    with transaction.atomic():
        Consent.objects.all().delete()
        connection.check_constraints()


def test_answers_are_neither_changed_nor_removed_by_any_road(atelier: Initiative, owner: User) -> None:
    made = contacts.create(atelier, owner, HERS)
    contacts.answer_consent(made, "public", False)
    for sql in ("UPDATE directory_consent SET granted = true", "DELETE FROM directory_consent",
                "TRUNCATE directory_consent"):  # fmt: skip
        with pytest.raises(DatabaseError, match=r"only added|Cannot update"):
            by_hand(sql)
    with pytest.raises(DatabaseError, match="only added"):
        by_model()
    assert made.consents.get().granted is False


def test_they_go_with_the_person_by_any_road(atelier: Initiative, owner: User) -> None:
    for road in ("verb", "sql", "initiative"):
        made = contacts.create(atelier, owner, HERS)
        contacts.answer_consent(made, "public", True)
        if road == "verb":
            contacts.erase(made)
        elif road == "sql":
            with connection.cursor() as cursor:
                cursor.execute("DELETE FROM directory_consent; DELETE FROM directory_contact")
        else:
            atelier.delete()
        connection.check_constraints()
        assert not Consent.objects.exists(), road


def test_a_merge_takes_the_people_along(atelier: Initiative, owner: User) -> None:
    made = contacts.create(atelier, owner, HERS)
    contacts.answer_consent(made, "public", True)
    kept = make_initiative("L’Atelier, le même")
    publishing.merge(kept, atelier)
    assert public(kept) == ["Zoé Tamaris"]


# -- Nowhere else ------------------------------------------------------------------------------------


def everything_public(client: Client, slug: str) -> dict[str, str]:
    """Every public answer about an initiative, by address."""
    api = "/api/v1"
    found = [
        f"/initiatives/{slug}/", f"/en/initiatives/{slug}/", f"/initiatives/{slug}/ecrire/",
        f"/initiatives/{slug}/signaler/", f"/initiatives/{slug}/historique/", "/?q=tamaris", "/?q=atelier",
        f"/embed/initiatives/{slug}/", "/embed/", "/sitemap.xml", "/sitemap-initiatives.xml",
        f"/oembed?url=http://testserver/initiatives/{slug}/",
        f"{api}/initiatives/{slug}", f"{api}/initiatives", f"{api}/initiatives?format=csv",
        f"{api}/initiatives?limit=all", f"{api}/initiatives?q=tamaris", f"{api}/map?zoom=6&bbox=0,40,10,50",
        f"{api}/facets", f"{api}/suggest?q=tam", f"{api}/tiles/0/0/0.mvt", f"{api}/tiles/14/8281/5864.mvt",
    ]  # fmt: skip
    answers = {}
    for address in found:
        response: Any = client.get(address)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        answers[address] = body.decode("utf-8", "replace")
        assert response.status_code != 500, address
    return answers


def test_no_public_answer_holds_a_person_who_did_not_agree(
    client: Client, atelier: Initiative, owner: User
) -> None:
    found = atelier
    publishing.save(found, ["name"], by=f"account {owner.pk}", source="test")
    made = contacts.create(found, owner, HERS, ["public", "networks", "events"], "spoken")
    contacts.answer_consent(made, "networks", True)
    pages = everything_public(client, "l-atelier")
    assert sum("Atelier" in body for body in pages.values()) > 8, "the answers are about it"
    for address, body in pages.items():
        for secret in ("Tamaris", "tamaris.example", "présidente", "05 55 00 00 01", "0555000001", "owner@"):
            assert secret not in body.replace("\u00a0", " ").replace("?q=tamaris", "").replace(
                'value="tamaris"', ""
            ), (address, secret)


def test_on_her_page_alone_shows_who_agreed_without_her_address(
    client: Client, atelier: Initiative, owner: User
) -> None:
    found = atelier
    made = contacts.create(found, owner, HERS)
    before = client.get("/initiatives/l-atelier/")["ETag"]
    contacts.answer_consent(made, "public", True)
    pages = everything_public(client, "l-atelier")
    told = {address for address, body in pages.items() if "Zoé Tamaris" in body}
    assert told == {
        "/initiatives/l-atelier/", "/en/initiatives/l-atelier/", "/initiatives/l-atelier/ecrire/"
    }  # fmt: skip
    assert "05\u00a055\u00a000\u00a000\u00a001" in pages["/initiatives/l-atelier/"]
    assert not [address for address, body in pages.items() if "tamaris.example" in body]
    structured = pages["/initiatives/l-atelier/"].split("application/ld+json")[1:]
    assert not [part for part in structured if "Tamaris" in part.partition("</script>")[0]]
    assert client.get("/initiatives/l-atelier/")["ETag"] != before
    contacts.erase(made)
    assert "Tamaris" not in client.get("/initiatives/l-atelier/").content.decode()


def test_no_history_nor_provenance_names_her(atelier: Initiative, owner: User) -> None:
    made = contacts.create(atelier, owner, HERS)
    contacts.answer_consent(made, "public", True)
    contacts.erase(made)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
            " AND table_type = 'BASE TABLE' AND table_name <> 'mail_message'"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT count(*) FROM {table} t WHERE t::text LIKE '%%Tamaris%%'")
            assert cursor.fetchone()[0] == 0, table


# -- Her data ----------------------------------------------------------------------------------------


def test_her_account_tells_and_forgets_her_as_a_contact(atelier: Initiative, owner: User) -> None:
    made = contacts.create(atelier, owner, HERS)
    contacts.answer_consent(made, "public", True)
    herself = User.objects.create_user(HERS["email"])
    [told] = everything(herself)["contacts"]
    assert (told["initiative"], told["name"], told["agreed"]) == ("L’Atelier", "Zoé Tamaris", ["public"])
    erase_account(herself)
    connection.check_constraints()
    assert not Contact.objects.exists()
