"""The administration: what an administrator can do there, and what nobody can."""

import re

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from directory import contacts
from directory.models import Contact, Initiative, Story
from territories.models import Territory
from tests.factories import make_grouping, make_initiative

PAGES = [
    "initiative", "sector", "activity", "grouping", "link", "contact", "listing", "phrase", "source", "merge",
    "story",
]  # fmt: skip


@pytest.fixture
def administrator(client: Client, db: None) -> Client:
    client.force_login(User.objects.create_superuser("admin@example.org", "x"))
    return client


@pytest.mark.parametrize("page", PAGES)
def test_lists_searches_and_forms_open(
    administrator: Client, country: dict[str, Territory], page: str
) -> None:
    make_grouping("pole", members=(make_initiative(at=(0.5, 45.5)),))
    listing = reverse(f"admin:directory_{page}_changelist")
    assert administrator.get(listing).status_code == 200
    assert administrator.get(listing, {"q": "x"}).status_code == 200
    form = administrator.get(reverse(f"admin:directory_{page}_add"))
    assert form.status_code == (403 if page in ("sector", "activity", "contact", "story") else 200)


def test_contacts_are_only_read_and_erased_here(administrator: Client, country: dict[str, Territory]) -> None:
    contact = Contact.objects.create(initiative=make_initiative(), name="Une personne", email="p@example.org")
    contacts.answer_consent(contact, "public", True)
    address = reverse("admin:directory_contact_change", args=[contact.pk])
    assert "Une personne" in administrator.get(address).content.decode()
    assert administrator.post(address, {"name": "x"}).status_code == 403
    erase = reverse("admin:directory_contact_delete", args=[contact.pk])
    assert administrator.post(erase, {"post": "yes"}).status_code == 302
    connection.check_constraints()
    assert not Contact.objects.exists()


def test_stories_are_read_and_erased_here_and_drafts_are_not_even_seen(
    administrator: Client, country: dict[str, Territory]
) -> None:
    now, said = timezone.now(), {"initiative": make_initiative(), "kind": "testimony", "text": "Un <b>an</b>"}
    sent, draft, taken_back = (
        Story.objects.create(title=state, state=state, sent_at=None if state == "draft" else now, **said)
        for state in ("waiting", "draft", "withdrawn")
    )
    listed = administrator.get(reverse("admin:directory_story_changelist")).content.decode()
    assert "waiting" in listed and str(draft.pk) not in re.findall(r"/story/(\d+)/change/", listed)
    address = reverse("admin:directory_story_change", args=[sent.pk])
    page = administrator.get(address).content.decode()
    assert "Un &lt;b&gt;an&lt;/b&gt;" in page and reverse("people:story_review", args=[sent.uuid]) in page
    assert administrator.post(address, {"title": "x"}).status_code == 403
    for hidden in (draft, taken_back):
        hers = reverse("admin:directory_story_change", args=[hidden.pk])
        assert administrator.get(hers).status_code == 302, "there is no such page"
    erase = reverse("admin:directory_story_delete", args=[sent.pk])
    assert administrator.post(erase, {"post": "yes"}).status_code == 302
    assert set(Story.objects.all()) == {draft, taken_back}


def form_of(response: object, **changed: object) -> dict[str, object]:
    """What a browser would send back of the form, with some fields changed."""
    data: dict[str, object] = {}
    context = response.context  # type: ignore[attr-defined]
    for form in [
        context["adminform"].form,
        *(f for s in context["inline_admin_formsets"] for f in s.formset.forms),
    ]:
        values = {form.add_prefix(name): form[name].value() for name in form.fields}
        data |= {name: getattr(value, "geojson", value) for name, value in values.items()}
    for inline in context["inline_admin_formsets"]:
        data |= {field.html_name: field.value() for field in inline.formset.management_form}
    return {name: value for name, value in (data | changed).items() if value is not None}


def test_an_initiative_is_added_with_its_slug_its_point_and_provenance(
    administrator: Client, country: dict[str, Territory]
) -> None:
    address = reverse("admin:directory_initiative_add")
    sent = form_of(
        administrator.get(address),
        name="Le Moulin",
        activities=[701, 101],
        commune="commune-01001",
        website="moulin.fr",
    )
    response = administrator.post(address, sent)
    assert response.status_code == 302, response.context["errors"]
    made = Initiative.objects.get()
    assert (made.slug, made.publication, made.website) == ("le-moulin", "draft", "https://moulin.fr")
    assert made.location == country["Ham"].chief_place
    assert made.provenance["name"]["from"] == "administration"


def test_an_edit_keeps_the_main_activity_first_and_refuses_what_is_wrong(
    administrator: Client, country: dict[str, Territory]
) -> None:
    made = make_initiative("Le Moulin", activities=[701, 101], at=(0.5, 45.5))
    address = reverse("admin:directory_initiative_change", args=[made.pk])
    sent = form_of(administrator.get(address), activities=[101, 205, 701])
    refused = administrator.post(address, sent | {"siret": "12345678901234"})
    assert "siret" in refused.context["adminform"].form.errors
    vague = administrator.post(address, sent | {"precision": ""})
    assert "precision" in vague.context["adminform"].form.errors
    assert administrator.post(address, sent).status_code == 302
    made.refresh_from_db()
    assert made.activities == [701, 101, 205]
    assert made.slug.startswith("initiative-"), "a slug never changes"


def test_the_map_of_a_form_bears_the_nonce_of_its_page(
    administrator: Client, country: dict[str, Territory]
) -> None:
    made = make_initiative(at=(0.5, 45.5))
    response = administrator.get(reverse("admin:directory_initiative_change", args=[made.pk]))
    policy = response.headers["Content-Security-Policy"]
    nonce = policy.partition("'nonce-")[2].partition("'")[0]
    assert nonce
    assert f'nonce="{nonce}"' in response.text


@pytest.mark.parametrize(
    ("staff", "permission", "status"), [(False, False, 302), (True, False, 403), (True, True, 200)]
)
def test_only_staff_with_the_permission_come_in(
    client: Client, country: dict[str, Territory], staff: bool, permission: bool, status: int
) -> None:
    person = User.objects.create_user("a@example.org", "x", is_staff=staff)
    if permission:
        person.user_permissions.add(Permission.objects.get(codename="view_initiative"))
    client.force_login(person)
    assert client.get(reverse("admin:directory_initiative_changelist")).status_code == status
