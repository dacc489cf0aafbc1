# ruff: noqa: F811
"""The pages of two listings made one: which is the other, what stays, and what the public reads of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from directory import publishing
from directory.models import Initiative, Merge
from directory.ties import owners
from territories.models import Territory
from tests.directory.conftest import country, initiative  # noqa: F401
from tests.factories import make_person

Make = Callable[..., Initiative]
Country = dict[str, Territory]
SCRIPT = "<script>alert(1)</script>"
WHY = "Le même moulin, inscrit deux fois."


@pytest.fixture
def mill(initiative: Make, country: Country) -> Initiative:
    return initiative(
        "Le Moulin de Ham", slug="le-moulin", at=(0.5, 45.5), commune=country["Ham"],
        departement=country["Ouestland"], phone="+33123456789", description="Ancien.",
    )  # fmt: skip


@pytest.fixture
def twin(initiative: Make, country: Country) -> Initiative:
    return initiative(
        "Moulin de Ham", slug="moulin-de-ham", at=(0.501, 45.5), commune=country["Ham"],
        departement=country["Ouestland"], summary=SCRIPT,
    )  # fmt: skip


@pytest.fixture
def moderator(country: Country) -> User:
    return make_person("moderation", "moderator", country["Ouestland"])


def of(one: User) -> Client:
    client = Client()
    client.force_login(one)
    return client


@pytest.fixture
def client(moderator: User) -> Client:
    return of(moderator)


TWINS = reverse("people:moderation_twins", args=["le-moulin"])
PAGE = reverse("people:moderation_unite", args=["moulin-de-ham", "le-moulin"])


def seen(client: Client) -> dict[str, str]:
    """What the page was made of, as its form sends it."""
    form = client.get(PAGE).context["form"]
    return {name: form[name].value() for name in ("kept_seen", "gone_seen")}


def test_from_the_versions_of_a_page_to_one_page(client: Client, mill: Initiative, twin: Initiative) -> None:
    versions = client.get(reverse("people:history", args=[mill.slug])).text
    assert TWINS in versions
    page = client.get(TWINS).text
    assert PAGE in page and "Moulin de Ham" in page
    page = client.get(PAGE).text
    assert SCRIPT not in page and "&lt;script&gt;" in page
    answer = client.post(PAGE, {"why": WHY, "take": ["summary"], **seen(client)}, follow=True)
    assert "n’en font plus qu’une" in answer.text and "Fiches réunies avec celle-ci" in answer.text
    mill.refresh_from_db()
    assert (mill.summary, mill.name) == (SCRIPT, "Le Moulin de Ham")
    again = client.post(PAGE, {"why": WHY, "kept_seen": 1, "gone_seen": 1}, follow=True)
    assert "C’est déjà fait" in again.text
    public = Client().get(reverse("frontend:history", args=["moulin-de-ham"]), follow=True)
    assert public.redirect_chain == [("/initiatives/le-moulin/historique/", 301)]
    assert (
        WHY in public.text and "« Moulin de Ham », le" in public.text and "par la modération" in public.text
    )


def test_what_the_one_that_stays_lacks_is_ticked(client: Client, mill: Initiative, twin: Initiative) -> None:
    Initiative.objects.filter(pk=twin.pk).update(description="Autre.")
    context = client.get(PAGE).context
    assert context["taken"] == {"summary"}
    assert [row.field for row in context["rows"]] == ["name", "summary", "description", "location"]
    Initiative.objects.filter(pk=mill.pk).update(precision="commune")
    Initiative.objects.filter(pk=twin.pk).update(legal_form="scic")
    assert client.get(PAGE).context["taken"] == {"summary", "location", "legal_form"}


def test_a_fault_is_named_and_nothing_that_was_ticked_is_lost(
    client: Client, mill: Initiative, twin: Initiative
) -> None:
    page = client.post(PAGE, {"why": " ", "take": ["description", "name"], **seen(client)})
    assert page.context["form"].errors.keys() == {"why"}
    assert page.context["taken"] == {"description", "name"}
    assert "<title>Erreur" in page.text and not Merge.objects.exists()
    page = client.post(PAGE, {"why": "x" * 501, "kept_seen": "a", "gone_seen": ""})
    assert page.status_code == 200 and not Merge.objects.exists()


def test_who_decides_on_a_page_that_is_old_reads_again(
    client: Client, mill: Initiative, twin: Initiative
) -> None:
    old = seen(client)
    Initiative.objects.filter(pk=mill.pk).update(summary="Écrit entre-temps")
    page = client.post(PAGE, {"why": WHY, **old})
    assert "a changé entre-temps" in page.text and "Écrit entre-temps" in page.text
    again = page.context["form"]
    assert client.post(PAGE, {name: again[name].value() for name in ("why", "kept_seen", "gone_seen")}).url
    assert Merge.objects.get().target == mill


def test_a_team_is_asked_about(client: Client, mill: Initiative, twin: Initiative) -> None:
    assert "take-team" not in client.get(PAGE).text
    owner = make_person("meuniere", "owner", twin)
    assert "1 personne tient « Moulin de Ham »" in client.get(PAGE).text
    client.post(PAGE, {"why": WHY, "take": ["team"], **seen(client)})
    assert list(owners(mill)) == [owner]


def test_one_is_looked_for_by_its_name(
    client: Client, mill: Initiative, initiative: Make, country: Country
) -> None:
    near = initiative("Boulangerie de Bourg", commune=country["Bourg"], departement=country["Ouestland"])
    far = initiative("Boulangerie de Rive", commune=country["Rive"], departement=country["Estland"])
    page = client.get(TWINS, {"q": "boulang"}).text
    assert "2 réponses" in page and "hors de vos territoires" in page

    def leads(each: Initiative) -> bool:
        pairs = [(each.slug, mill.slug), (mill.slug, each.slug)]
        return any(reverse("people:moderation_unite", args=pair) in page for pair in pairs)

    assert leads(near) and not leads(far)
    assert "Rien ne porte ce nom" in client.get(TWINS, {"q": "zzz\x00"}).text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (PAGE, 200),
        (reverse("people:moderation_unite", args=["le-moulin", "le-moulin"]), 404),
        (reverse("people:moderation_unite", args=["nulle-part", "le-moulin"]), 404),
        (reverse("people:moderation_twins", args=["nulle-part"]), 404),
        ("/compte/moderation/reunir/a%00b/", 404),
    ],
    ids=["both", "itself", "no-other", "none", "nul"],
)
def test_pages_of_what_is_not_there(
    client: Client, mill: Initiative, twin: Initiative, path: str, status: int
) -> None:
    assert client.get(path).status_code == status


def test_they_are_for_who_moderates_both(mill: Initiative, twin: Initiative, country: Country) -> None:
    assert Client().get(PAGE).status_code == 302
    for who in (
        make_person("est", "moderator", country["Estland"]),
        make_person("meuniere", "owner", mill),
        make_person("personne"),
    ):
        for path in (PAGE, TWINS):
            assert of(who).get(path).status_code == 403
        assert of(who).post(PAGE, {"why": WHY}).status_code == 403
    mine = reverse("people:history", args=[mill.slug])
    assert TWINS not in of(make_person("autre", "owner", mill)).get(mine).text
    Initiative.objects.filter(pk=twin.pk).update(publication="draft")
    assert of(make_person("x", "moderator", country["Estland"])).get(PAGE).status_code in (403, 404)
    Initiative.objects.filter(pk=twin.pk).update(commune=country["Rive"], departement=country["Estland"])
    west = make_person("ouest", "moderator", country["Ouestland"])
    assert of(west).get(PAGE).status_code == 404, "a draft of elsewhere is nobody's business"


def test_drafts_of_elsewhere_cost_nothing(
    client: Client, mill: Initiative, initiative: Make, country: Country
) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(TWINS).status_code == 200
        return len(asked)

    few = asked()
    for number in range(12):
        initiative(
            f"Autre {number}", at=(0.5, 45.5), commune=country["Rive"], departement=country["Estland"],
            publication="draft",
        )  # fmt: skip
    assert asked() == few


def test_a_report_of_a_double_leads_there(client: Client, mill: Initiative) -> None:
    report = publishing.report(mill, "duplicate", "Elle est là deux fois.")
    page = client.get(reverse("people:report", args=[report.reference])).text
    assert f'class="button" href="{TWINS}"' in page
