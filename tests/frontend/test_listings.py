"""Lists as their owner keeps them and as whoever has the link reads them."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from directory import listings
from directory.models import Initiative, Listing
from directory.publishing import merge
from tests.factories import make_grouping, make_initiative, make_person
from tests.frontend.reading import count_in, every_slug, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("examples")]

AROUND = "near=2.1689,45.9569&radius=30000"


@pytest.fixture
def claire() -> User:
    return make_person("claire")


@pytest.fixture
def desk(claire: User) -> Client:
    client = Client()
    client.force_login(claire)
    return client


@pytest.fixture
def listing(claire: User) -> Listing:
    return listings.create(claire, "Autour d’Aubusson", "Pour le forum.", AROUND)


def api(client: Client, query: str) -> list[str]:
    answer: Any = client.get(f"/api/v1/initiatives?{query}&limit=1000")
    assert answer.status_code == 200, answer.content[:300]
    return [each["id"] for each in answer.json()["features"]]


# -- Its page, for whoever has the link ----------------------------------------------------------------------


def test_its_page_is_a_search_that_shows_exactly_the_list(
    client: Client, claire: User, listing: Listing
) -> None:
    found = list(listings.criteria_of(listing).ordered().values_list("slug", "pk"))
    assert len(found) > 3
    listings.unpick(listing, claire, [found[0][1]])
    away = Initiative.objects.visible().filter(commune__name="Limoges").first()
    assert away is not None
    listings.pick(listing, claire, [away.pk])
    address = f"/listes/{listing.slug}/"
    shown = every_slug(client, address)
    assert set(shown) == {slug for slug, _pk in found[1:]} | {away.slug}
    assert shown == api(client, f"listing={listing.slug}")
    assert shown == every_slug(client, f"/?listing={listing.slug}")
    drawn: Any = client.get(f"/api/v1/map?listing={listing.slug}&bbox=-180,-90,180,90&zoom=6")
    placed = Initiative.objects.filter(slug__in=shown, location__isnull=False)
    assert drawn.json()["numberMatched"] == placed.count() > 3
    table: Any = client.get(f"/api/v1/initiatives?listing={listing.slug}&format=csv&limit=all")
    rows = list(csv.DictReader(io.StringIO(table.getvalue().decode("utf-8-sig"))))
    assert len(rows) == len(shown)
    page = text_of(client, address)
    assert count_in(page) == len(shown)
    assert "Autour d’Aubusson" in page and "à moins de 30" in page and "retirée à la main" in page
    answer = client.get(address)
    assert (answer["X-Robots-Tag"], answer["Referrer-Policy"]) == ("noindex", "no-referrer")
    html = answer.content.decode()
    assert 'rel="canonical"' not in html and 'content="noindex"' in html
    assert f"?listing={listing.slug}" in html  # what the menu gives is the list too


def test_one_searches_within_it(client: Client, listing: Listing) -> None:
    address = f"/listes/{listing.slug}/?sector=culture"
    within = every_slug(client, address)
    assert 0 < len(within) < len(every_slug(client, f"/listes/{listing.slug}/"))
    assert within == api(client, f"listing={listing.slug}&sector=culture")
    moved = client.get(
        f"/listes/{listing.slug}/?listing={listing.slug}&bbox=1,45,3,47",
        headers={"HX-Request": "true", "HX-Current-URL": f"http://testserver/listes/{listing.slug}/"},
    )
    assert moved["HX-Push-Url"] == f"/listes/{listing.slug}/?bbox=1,45,3,47"


@pytest.mark.parametrize(
    "slug", ["rien", "autour-daubusson", "a" * 300, "é", "%00", "autour-daubusson-00000000000000000000"]
)
def test_a_link_that_was_forged_opens_nothing(client: Client, listing: Listing, slug: str) -> None:
    assert client.get(f"/listes/{slug}/").status_code == 404
    assert client.get(f"/api/v1/initiatives?listing={slug}").status_code == 400


def test_an_emptied_list_says_so(client: Client, claire: User) -> None:
    empty = listings.create(claire, "Vide")
    page = text_of(client, f"/listes/{empty.slug}/")
    assert "Cette liste ne montre aucune initiative" in page and count_in(page) == 0


def test_a_frozen_one_says_its_day_and_what_is_gone(client: Client, claire: User, listing: Listing) -> None:
    listings.freeze(listing, claire)
    number = len(every_slug(client, f"/listes/{listing.slug}/"))
    gone = Initiative.objects.get(slug=every_slug(client, f"/listes/{listing.slug}/")[0])
    gone.publication = "hidden"
    gone.save()
    page = text_of(client, f"/listes/{listing.slug}/")
    assert f"avec {number} initiatives. Une d’elles n’est plus dans l’annuaire." in page
    assert count_in(page) == number - 1


def test_a_criterion_that_lapsed_is_said(client: Client, claire: User) -> None:
    make_grouping("reseau", kind="network", members=(make_initiative("Seule", slug="seule"),))
    found = listings.create(claire, "Le réseau", criteria="network=reseau")
    assert every_slug(client, f"/listes/{found.slug}/") == ["seule"]
    found.criteria = "network=disparu"
    found.save()
    page = text_of(client, f"/listes/{found.slug}/")
    assert "ne veut plus rien dire" in page and count_in(page) == 0


# -- A selection in the address ------------------------------------------------------------------------------


def test_a_link_to_a_selection_outlives_one_of_them(client: Client) -> None:
    one, two, gone = (make_initiative(name, slug=name.lower()) for name in ("Une", "Deux", "Partie"))
    merge(two, make_initiative("Absorbée", slug="absorbee"))
    gone.publication = "hidden"
    gone.save()
    address = f"/?ids={one.slug},partie,absorbee,jamais-vue"
    page = client.get(address).content.decode()
    assert every_slug(client, address) == ["deux", "une"]
    assert "« partie »" in page and "« jamais-vue »" in page and "n’est plus dans l’annuaire" in page
    assert "?ids=une,absorbee" in page  # an address that the API takes
    assert client.get("/api/v1/initiatives?ids=une,partie").status_code == 400
    assert "n’a pas été comprise" in client.get("/?ids=partie").content.decode()


def test_cards_and_pages_offer_to_add_and_my_list_needs_a_script(client: Client) -> None:
    made = make_initiative("Une « <b>drôle</b> » d’épicerie")
    page = client.get(f"/initiatives/{made.slug}/").content.decode()
    assert f'data-pick="{made.slug}"' in page and "&lt;b&gt;drôle&lt;/b&gt;" in page
    assert reverse("people:listing_add", args=[made.slug]) in page
    assert 'data-pick="' in client.get("/").content.decode()
    assert "data-pick" not in client.get("/embed/").content.decode()
    assert "Sans JavaScript" in client.get("/ma-liste/").content.decode()


# -- In one's account ----------------------------------------------------------------------------------------


def test_a_search_is_kept_as_a_list(client: Client, desk: Client, claire: User) -> None:
    menu = client.get("/?sector=culture&territory=departement-23").content.decode()
    keep = "/compte/listes/nouvelle/?sector=culture&territory=departement-23"
    assert keep.replace("&", "&amp;") in menu
    assert "/compte/listes/nouvelle/" not in client.get("/").content.decode()  # all of it is no selection
    assert client.get(keep)["Location"].startswith("/compte/login/?next=/compte/listes/nouvelle/%3Fsector")
    page = desk.get(keep).content.decode()
    assert "Culture, médias et patrimoine, Creuse" in page
    made = desk.post(keep, {"name": "Culture en Creuse", "note": "", "picks": ""})
    kept = Listing.objects.get()
    assert made["Location"] == reverse("people:listing", args=[kept.slug])
    assert (kept.criteria, kept.owner) == ("sector=culture&territory=departement-23", claire)
    assert every_slug(client, f"/listes/{kept.slug}/") == every_slug(
        client, "/?sector=culture&territory=departement-23"
    )
    assert "Culture en Creuse" in desk.get("/compte/listes/").content.decode()


def test_a_search_replaces_the_criteria_and_a_selection_is_added(
    desk: Client, client: Client, listing: Listing
) -> None:
    one = make_initiative("Une", slug="une")
    desk.post("/compte/listes/nouvelle/?q=laine", {"into": listing.slug, "name": "", "picks": ""})
    listing.refresh_from_db()
    assert listing.criteria == "q=laine"
    desk.post(f"/compte/listes/nouvelle/?ids={one.slug}", {"into": listing.slug, "name": "", "picks": ""})
    listing.refresh_from_db()
    assert listing.criteria == "q=laine"
    assert "une" in every_slug(client, f"/listes/{listing.slug}/")


def test_what_is_typed_is_found_and_what_is_not_is_said(desk: Client) -> None:
    one, two = make_initiative("Une", slug="une"), make_initiative("Deux")
    typed = (
        f"https://example.org/initiatives/{one.slug}/\n{two.slug}, jamais-vue\n http://x/en/initiatives/une/"
    )
    said = desk.post("/compte/listes/nouvelle/", {"name": "Choix", "picks": typed}, follow=True)
    assert "jamais-vue" in said.content.decode()
    assert set(Listing.objects.get().picks.values_list("initiative", flat=True)) == {one.pk, two.pk}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": ""}, "Donnez un nom"),
        ({"name": "é" * 301}, "300"),
        ({"name": "a\x00b"}, "caractère"),
        ({"name": "Choix", "picks": "rien jamais"}, "Pas dans l’annuaire"),
        ({"name": "Choix", "picks": " ".join(f"a{n}" for n in range(5_001))}, "5000 initiatives au plus"),
        ({"name": "Choix", "note": "é" * 2_001}, "2000"),
        ({"name": "Choix", "into": "une-autre"}, "choix"),
    ],
)
def test_what_cannot_be_kept_is_said(
    desk: Client, listing: Listing, fields: dict[str, str], said: str
) -> None:
    answer = desk.post("/compte/listes/nouvelle/", {"picks": ""} | fields)
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert Listing.objects.count() == 1


def test_it_is_filled_and_emptied_by_hand(desk: Client, client: Client, listing: Listing) -> None:
    address = reverse("people:listing_content", args=[listing.slug])
    before = every_slug(client, f"/listes/{listing.slug}/")
    first = Initiative.objects.get(slug=before[0])
    assert f'value="{first.pk}"' in desk.get(address).content.decode()
    desk.post(address, {"out": [first.pk, "x", "9" * 30]})
    assert every_slug(client, f"/listes/{listing.slug}/") == before[1:]
    new = make_initiative("Nouvelle venue")
    desk.post(address, {"add": "1", "picks": new.slug})
    assert new.slug in every_slug(client, f"/listes/{listing.slug}/")
    desk.post(address, {"back": first.pk})
    assert set(every_slug(client, f"/listes/{listing.slug}/")) == {*before, new.slug}
    desk.post(reverse("people:listing_freeze", args=[listing.slug]))
    refused = desk.post(address, {"out": first.pk}, follow=True).content.decode()
    assert "Cette liste est figée" in refused
    assert set(every_slug(client, f"/listes/{listing.slug}/")) == {*before, new.slug}


def test_one_is_added_from_its_page(desk: Client, client: Client, listing: Listing) -> None:
    new = make_initiative("Nouvelle venue")
    address = reverse("people:listing_add", args=[new.slug])
    assert listing.name in desk.get(address).content.decode()
    assert desk.post(address, {}).status_code == 200
    assert desk.post(address, {"into": listing.slug}).status_code == 302
    assert new.slug in every_slug(client, f"/listes/{listing.slug}/")


def test_frozen_thawed_renamed_renewed_and_effaced(desk: Client, client: Client, listing: Listing) -> None:
    def ask(verb: str, **fields: str) -> str:
        done = desk.post(reverse(f"people:listing_{verb}", args=[listing.slug]), fields, follow=True)
        return done.content.decode()

    assert "figée, avec" in ask("freeze")
    assert "suit de nouveau" in ask("unfreeze")
    assert "Un autre nom" in ask("name", name="Un autre nom", note="")
    old = listing.slug
    assert "l’ancien n’ouvre plus rien" in ask("renew")
    listing.refresh_from_db()
    assert client.get(f"/listes/{old}/").status_code == 404
    assert client.get(f"/listes/{listing.slug}/").status_code == 200
    assert "pour de bon" in desk.get(reverse("people:listing_discard", args=[listing.slug])).content.decode()
    assert "effacée" in ask("discard")
    assert client.get(f"/listes/{listing.slug}/").status_code == 404


def test_nobody_else_changes_it(listing: Listing) -> None:
    other = Client()
    other.force_login(make_person("autre"))
    for name in ("listing", "listing_name", "listing_content", "listing_discard"):
        assert other.get(reverse(f"people:{name}", args=[listing.slug])).status_code == 404
    for name in ("freeze", "unfreeze", "renew", "discard", "name", "content"):
        answer = other.post(reverse(f"people:listing_{name}", args=[listing.slug]), {"name": "x"})
        assert answer.status_code == 404
    listing.refresh_from_db()
    assert (listing.name, listing.frozen_at) == ("Autour d’Aubusson", None)
