"""A page edited directly: what is written, by whom it may be, and that nobody overwrites another unseen."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from contributions import editing
from contributions.errors import ProposalRefused
from contributions.models import Photo
from directory.errors import NotAllowed
from directory.models import Initiative
from tests.factories import make_initiative, make_person, make_territory

pytestmark = pytest.mark.django_db


@pytest.fixture
def places(taxonomy: None) -> dict[str, Any]:
    """Two départements side by side, a commune in each."""
    found = {"west": make_territory("departement", "23", box=(2, 45, 3, 46)),
             "east": make_territory("departement", "63", box=(3, 45, 4, 46))}  # fmt: skip
    found["felletin"] = make_territory(
        "commune", "23079", "Felletin", departement=found["west"], box=(2.1, 45.8, 2.2, 45.9)
    )
    found["ambert"] = make_territory(
        "commune", "63003", "Ambert", departement=found["east"], box=(3.7, 45.5, 3.8, 45.6)
    )
    return found


@pytest.fixture
def ferme(places: dict[str, Any]) -> Initiative:
    return make_initiative("La Ferme", (2.15, 45.85), commune=places["felletin"], summary="Des légumes.")


@pytest.fixture
def owner(ferme: Initiative) -> User:
    return make_person("owner", "owner", ferme)


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def address(initiative: Initiative) -> str:
    return f"/compte/initiatives/{initiative.slug}/modifier/"


def sent(client: Client, initiative: Initiative, **changes: Any) -> dict[str, Any]:
    """What the page's own form would send, with these changes."""
    page = client.get(address(initiative))
    form, data = page.context["form"], {"seen": page.context["seen"]}
    data |= {name: value for name, value in form.initial.items() if name in form.fields and value is not None}
    return data | changes


def test_an_owner_changes_the_page_at_once(ferme: Initiative, owner: User) -> None:
    client = signed_in(owner)
    data = sent(
        client, ferme, summary="Des légumes et du pain.", why="Nous avons un four.", email="a@ferme.fr"
    )
    answer = client.post(address(ferme), data)
    assert (answer.status_code, answer["Location"]) == (302, f"/compte/initiatives/{ferme.slug}/")
    ferme.refresh_from_db()
    assert (ferme.summary, ferme.email) == ("Des légumes et du pain.", "a@ferme.fr")
    assert ferme.provenance["summary"]["hand"] == "owner" and "name" not in ferme.provenance
    assert (ferme.location.x, ferme.commune_id) == (2.15, "commune-23079"), "what was not touched stays"
    event = apps.get_model("directory", "InitiativeEvent")._default_manager.order_by("-pgh_id")[0]
    assert event.pgh_context.metadata == {
        "by": f"account {owner.pk}", "hand": "owner", "via": "site", "why": "Nous avons un four."
    }  # fmt: skip
    public = Client().get(f"/initiatives/{ferme.slug}/").content.decode()
    assert "Des légumes et du pain." in public and "déclaré par l’équipe" in public


def test_nothing_touched_writes_nothing_unless_one_says_it_is_true(ferme: Initiative, owner: User) -> None:
    client, past = signed_in(owner), apps.get_model("directory", "InitiativeEvent")._default_manager
    before = past.count()
    assert client.post(address(ferme), sent(client, ferme)).status_code == 302
    assert past.count() == before
    assert client.post(address(ferme), sent(client, ferme, still_true="on")).status_code == 302
    ferme.refresh_from_db()
    assert ferme.verified_at and timezone.now() - ferme.verified_at < timezone.timedelta(minutes=1)


def test_an_example_is_edited_and_never_confirmed(ferme: Initiative, owner: User) -> None:
    Initiative.objects.filter(pk=ferme.pk).update(origin="example")
    client = signed_in(owner)
    assert 'name="still_true"' not in client.get(address(ferme)).text  # type: ignore[attr-defined]
    data = sent(client, ferme, summary="Autre.", still_true="on")
    assert client.post(address(ferme), data).status_code == 302
    ferme.refresh_from_db()
    assert (ferme.summary, ferme.verified_at) == ("Autre.", None)


def test_what_a_page_lacks_is_told_without_reading_its_photograph(ferme: Initiative, owner: User) -> None:
    client, home = signed_in(owner), f"/compte/initiatives/{ferme.slug}/"
    assert "Une photo" in client.get(home).content.decode()
    Photo.objects.create(content=b"x", width=1, height=1, alternative="Vue", initiative=ferme)
    with CaptureQueriesContext(connection) as asked:
        assert "Une photo" not in client.get(home).content.decode()
        assert ferme.name in client.get("/compte/initiatives/").content.decode()
    assert not [each for each in asked.captured_queries if '"content"' in each["sql"]]


def test_two_who_write_at_once_keep_what_each_wrote(ferme: Initiative, owner: User) -> None:
    first, second = signed_in(owner), signed_in(make_person("colleague", "owner", ferme))
    mine, hers = sent(first, ferme, phone="+33555000000"), sent(second, ferme, summary="Du pain.")
    assert (
        first.post(address(ferme), mine).status_code == 302 == second.post(address(ferme), hers).status_code
    )
    ferme.refresh_from_db()
    assert (ferme.phone, ferme.summary) == ("+33555000000", "Du pain.")


def test_what_another_wrote_is_shown_before_it_is_overwritten(ferme: Initiative, owner: User) -> None:
    first, second = signed_in(owner), signed_in(make_person("colleague", "owner", ferme))
    mine = sent(first, ferme, summary="Des légumes bio.", description="Trois hectares.")
    second.post(address(ferme), sent(second, ferme, summary="Du pain.", phone="+33555000000"))
    answer = first.post(address(ferme), mine)
    page = answer.content.decode()
    assert answer.status_code == 409 and "Du pain." in page and "Des légumes bio." in page
    ferme.refresh_from_db()
    assert (ferme.summary, ferme.description) == ("Du pain.", ""), "all or nothing"
    form = answer.context["form"]
    again: dict[str, Any] = {"seen": answer.context["seen"]}
    again |= {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    assert again["phone"] == "+33555000000", "her other changes are in the form"
    assert first.post(address(ferme), again).status_code == 302
    ferme.refresh_from_db()
    assert (ferme.summary, ferme.description, ferme.phone) == (
        "Des légumes bio.", "Trois hectares.", "+33555000000"
    )  # fmt: skip


def test_nobody_else_opens_the_form_nor_sends_it(ferme: Initiative, owner: User) -> None:
    data = sent(signed_in(owner), ferme, name="À moi")
    for person in (make_person("stranger"), make_person("other", "owner", make_initiative("Ailleurs"))):
        client = signed_in(person)
        assert client.get(address(ferme)).status_code == 403 == client.post(address(ferme), data).status_code
    assert Client().post(address(ferme), data).status_code == 302
    owner.roles.update(ended_at=timezone.now())
    assert signed_in(owner).post(address(ferme), data).status_code == 403, "a role that ended"
    Initiative.objects.filter(pk=ferme.pk).update(publication="draft")
    assert signed_in(make_person("third")).get(address(ferme)).status_code == 404, "a draft is not told of"
    ferme.refresh_from_db()
    assert ferme.name == "La Ferme"


def test_a_moderator_edits_within_the_territory_and_moves_nothing_out_of_it(
    ferme: Initiative, places: dict[str, Any], owner: User
) -> None:
    moderator = make_person("moderator", "moderator", places["west"])
    client = signed_in(moderator)
    assert client.post(address(ferme), sent(client, ferme, name="La Ferme d’en haut")).status_code == 302
    ferme.refresh_from_db()
    assert ferme.provenance["name"]["hand"] == "moderation"
    for fields in ({"commune": "commune-63003"}, {"location": [3.75, 45.55]}):
        with pytest.raises(NotAllowed):
            editing.edit(ferme, moderator, fields)
    ferme.refresh_from_db()
    assert ferme.commune_id == "commune-23079"
    assert editing.edit(ferme, owner, {"commune": "commune-63003"}), "who keeps it says where it is"
    with pytest.raises(NotAllowed):
        editing.edit(ferme, moderator, {"name": "Encore"})


def test_a_version_of_another_page_is_not_what_was_read(ferme: Initiative, owner: User) -> None:
    other = make_initiative("Le Moulin", summary="Autre.")
    foreign = editing.newest(other).pgh_id
    assert editing.version(ferme, foreign) == editing.newest(ferme)
    client = signed_in(owner)
    for seen in (str(foreign), "", "x", "9" * 30, "-1", "1\0"):
        data = sent(client, ferme, name=f"Ferme {len(seen)}", seen=seen)
        assert client.post(address(ferme), data).status_code == 302, seen


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"), ({"name": "x" * 201}, "name"), ({"name": "a\0b"}, "name"),
        ({"website": "javascript:alert(1)"}, "website"), ({"siret": "123"}, "siret"),
        ({"location": "0, 0, 0"}, "location"), ({"commune": "Nulle-Part"}, "commune"),
        ({"main": "9999"}, "main"), ({"legal_form": "roi"}, "legal_form"), ({"why": "a\nb"}, "why"),
        ({"location": "45.55, 3.75"}, "location"),  # not in its commune
    ],
)  # fmt: skip
def test_what_cannot_be_said_is_refused_by_name(
    ferme: Initiative, owner: User, changes: dict[str, str], field: str
) -> None:
    client = signed_in(owner)
    answer = client.post(address(ferme), sent(client, ferme, **changes))
    assert answer.status_code == 200 and field in answer.context["form"].errors
    ferme.refresh_from_db()
    assert ferme.name == "La Ferme"


def test_what_looks_like_html_is_shown_as_text(ferme: Initiative, owner: User) -> None:
    client = signed_in(owner)
    client.post(address(ferme), sent(client, ferme, description="<script>alert(1)</script>"))
    assert "<script>alert(1)" not in Client().get(f"/initiatives/{ferme.slug}/").content.decode()


def test_the_verb_refuses_what_no_listing_holds(ferme: Initiative, owner: User) -> None:
    for fields in ({"publication": "archived"}, {"slug": "x"}, {"verified_by": 1}, {"activities": []}):
        with pytest.raises(ProposalRefused):
            editing.edit(ferme, owner, fields)


def test_what_an_import_wrote_is_no_fault_of_who_leaves_it(ferme: Initiative, owner: User) -> None:
    Initiative.objects.filter(pk=ferme.pk).update(phone="voir le site", siret="12345678901234")
    assert editing.edit(ferme, owner, {"opening_hours": "Sa"}) == ["opening_hours"]
    page = signed_in(owner).get(address(ferme))
    sent = {name: value for name, value in page.context["form"].initial.items() if value}
    assert signed_in(owner).post(address(ferme), sent | {"opening_hours": "Di"}).status_code == 302
    ferme.refresh_from_db()
    assert (ferme.opening_hours, ferme.phone) == ("Di", "voir le site")
    with pytest.raises(ProposalRefused):
        editing.edit(ferme, owner, {"phone": "voir ailleurs"})


def test_a_moderator_who_would_move_it_away_is_told_and_loses_nothing(
    ferme: Initiative, places: dict[str, Any]
) -> None:
    west = signed_in(make_person("west", "moderator", places["west"]))
    sent = {name: value for name, value in west.get(address(ferme)).context["form"].initial.items() if value}
    sent |= {"commune": "Ambert (63)", "location": "", "summary": "Des légumes et du pain."}
    answer = west.post(address(ferme), sent)
    assert answer.status_code == 200 and "hors des territoires que vous modérez" in answer.text
    assert "Des légumes et du pain." in answer.text
    ferme.refresh_from_db()
    assert ferme.commune == places["felletin"]


def test_the_address_of_the_organisation_is_no_look_alike(ferme: Initiative, owner: User) -> None:
    page = signed_in(owner).get(address(ferme))
    sent = {name: value for name, value in page.context["form"].initial.items() if value}
    answer = signed_in(owner).post(address(ferme), sent | {"email": "ferm\u0131er@example.org"})
    assert "lettres simples" in answer.text
