"""The menu « Emporter cette sélection »: files of exactly what is shown, its link, its embed code."""

import csv
import io
import json
import re
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from hypothesis import given, settings

from directory.models import Initiative
from exchange import exporting, making, sending
from exchange.models import Export
from frontend.views import takeaway as view
from tests.factories import make_grouping
from tests.frontend.reading import count_in, every_slug, text_of
from tests.frontend.test_agreement import searches
from tests.jobs.running import run_queued

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("examples")]
FORMS = ["xlsx", "ods", "csv-fr", "csv", "geojson", "gpkg", "kml", "vcf"]


def menu(html: str) -> str:
    found = re.search(r'<details class="takeaway".*?</details>', html, re.DOTALL)
    assert found is not None
    return found[0]


def files(html: str) -> dict[str, str]:
    """Addresses of the files by their form."""
    links = re.findall(r'<dd><a href="((?:/en)?/emporter/([\w-]+)/[^"]*)"', menu(html))
    return {form: unescape(href) for href, form in links}


def field(html: str, name: str) -> str:
    shown = re.search(rf'id="copie-{name}"[^>]*(?:value="([^"]*)"|>([^<]*)</textarea>)', html)
    assert shown is not None
    return unescape(shown[1] or shown[2])


def taken(client: Client, address: str) -> str:
    response: Any = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return body.decode("utf-8-sig")


def ids_in(client: Client, html: str) -> tuple[list[str], list[str]]:
    """What two of the files hold, in their order; nothing is offered where there is nothing."""
    found = files(html)
    if not found:
        return [], []
    table = csv.DictReader(io.StringIO(taken(client, found["csv"])))
    features = json.loads(taken(client, found["geojson"]))["features"]
    return [row["id"] for row in table], [feature["id"] for feature in features]


@settings(max_examples=10)
@given(asked=searches)
def test_the_files_hold_exactly_the_view(client: Client, asked: dict[str, str]) -> None:
    address = f"/?{urlencode(asked)}"
    html = text_of(client, address)
    in_table, on_map = ids_in(client, html)
    assert in_table == on_map == every_slug(client, address)
    assert len(in_table) == count_in(html)


def test_every_form_of_this_room_is_offered(client: Client) -> None:
    assert set(FORMS) <= set(files(text_of(client, "/")))


def test_the_number_is_said_in_the_menu(client: Client) -> None:
    html = text_of(client, "/?territory=departement-23")
    assert f">{count_in(html)} initiatives</span></summary>" in menu(html)
    assert f">{count_in(html)} initiatives</span></summary>" in menu(
        text_of(client, "/en/?territory=departement-23")
    )


def test_the_link_the_code_and_the_configurator_are_about_this_very_search(client: Client) -> None:
    html = text_of(client, "/en/?sector=culture&territory=departement-23&utm_source=x&q=")
    search = "sector=culture&territory=departement-23"
    assert field(html, "lien") == f"http://testserver/en/?{search}"
    assert f'<iframe src="http://testserver/en/embed/?{search}"' in unescape(field(html, "code"))
    assert f'href="/en/embed/configurer/?{search.replace("&", "&amp;")}"' in menu(html)


def test_words_of_a_search_stay_text_in_the_code(client: Client) -> None:
    html = text_of(client, "/?q=%22%3E%3C/textarea%3E%3Cscript%3Ealert(1)%3C/script%3E+bois")
    assert "<script>alert" not in html
    code = field(html, "code")  # as a host pastes it
    assert code.startswith("<iframe ") and code.endswith('style="border:0"></iframe>')
    assert code.count("<") == code.count(">") == 2


@pytest.mark.parametrize(
    ("address", "search"),
    [
        ("/territoires/departement-23/", "territory=departement-23"),
        ("/secteurs/culture/", "sector=culture"),
        ("/ptce/pole-essai/", "ptce=pole-essai"),
        ("/reseaux/reseau-essai/", "network=reseau-essai"),
    ],
)
def test_the_pages_of_things_have_the_same_menu(client: Client, address: str, search: str) -> None:
    some = tuple(Initiative.objects.visible().order_by("pk")[:25])
    make_grouping("pole-essai", "ptce", some)
    make_grouping("reseau-essai", "network", some[:3])
    html = text_of(client, address)
    in_table, on_map = ids_in(client, html)
    assert in_table == on_map == every_slug(client, f"/?{search}") != []
    assert set(FORMS) <= set(files(html))
    assert field(html, "lien") == f"http://testserver/?{search}"
    assert 'title="Initiatives : ' in field(html, "code")
    assert menu(html).count("<summary>") == 1


# -- The addresses of files --------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_a_file_says_what_it_is_how_it_is_called_and_its_licence(client: Client, form: str) -> None:
    response: Any = client.get(f"/emporter/{form}/?territory=departement-23")
    made = exporting.forms()[form]
    assert (response.status_code, response["Content-Type"]) == (200, made.media_type)
    name = f"maillage-initiatives-creuse.{made.extension}"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert 'rel="license"' in response["Link"] and response["X-Robots-Tag"] == "noindex"
    assert len(b"".join(response.streaming_content)) > 500


def test_what_cannot_be_read_is_told_by_the_page_and_never_widens_a_file(client: Client) -> None:
    response = client.get("/emporter/xlsx/?near=nowhere&sector=energie")
    assert (response.status_code, response["Location"]) == (302, "/?near=nowhere&sector=energie")
    assert client.get("/emporter/pdf/").status_code == 404
    assert client.get("/emporter/xlsx/?q=%00").status_code == 302
    assert client.get("/emporter/xlsx/?q=" + "a" * 10_000).status_code == 302
    assert client.get("/emporter/" + "x" * 3_000 + "/").status_code == 404


def test_an_export_of_nothing_is_a_clear_answer(client: Client) -> None:
    html = text_of(client, "/emporter/xlsx/?near=-30,45&radius=1000")
    assert "il n’y a pas de fichier à emporter" in html
    assert client.post("/emporter/xlsx/?near=-30,45&radius=1000").status_code == 200
    assert not Export.objects.exists()
    assert "il n’y a pas de fichier" in menu(text_of(client, "/?near=-30,45&radius=1000"))


@pytest.mark.parametrize(("most", "direct"), [(2, True), (1, False)])
def test_a_long_file_is_made_in_the_background(
    client: Client, monkeypatch: pytest.MonkeyPatch, most: int, direct: bool
) -> None:
    two = ",".join(Initiative.objects.visible().order_by("pk").values_list("slug", flat=True)[:2])
    monkeypatch.setattr(making, "DIRECT", most)
    response: Any = client.get(f"/emporter/xlsx/?ids={two}")
    assert response.streaming is direct
    if direct:
        assert b"".join(response.streaming_content).startswith(b"PK")
    links = files(text_of(client, f"/?ids={two}"))
    assert (f'{links["xlsx"]}" rel="nofollow" download=' in menu(text_of(client, f"/?ids={two}"))) is direct
    if not direct:
        assert "Préparer le fichier" in response.content.decode()
        assert taken(client, f"/emporter/csv/?ids={two}"), "what PostgreSQL writes is never too long"


def test_a_file_is_asked_for_made_followed_and_given_by_its_link(client: Client) -> None:
    asked = client.post("/emporter/xlsx/?territory=departement-23")
    page = asked["Location"]
    assert asked.status_code == 302 and re.fullmatch(r"/fichiers/[\w-]{32}/", page)
    html = text_of(client, page)
    assert "dès que son tour viendra" in html and "Voir où il en est" in html
    early = client.get(f"{page}fichier/")
    assert (early.status_code, early["Location"]) == (302, page)
    assert client.post("/emporter/xlsx/?territory=departement-23")["Location"] == page, "asked for twice"
    run_queued()
    html = text_of(client, page)
    assert "Le fichier est prêt" in html and "Referrer-Policy" in client.get(page)
    response: Any = client.get(f"{page}fichier/")
    body = b"".join(response.streaming_content)
    made = Export.objects.get()
    assert body.startswith(b"PK") and len(body) == made.size == int(response["Content-Length"])
    assert made.rows == count_in(text_of(client, "/?territory=departement-23"))
    Export.objects.update(expires_at=made.created_at)
    assert "n’est plus gardé" in text_of(client, page)
    assert client.get(f"{page}fichier/").status_code == 302
    assert exporting.forget() == 1 and client.get(page).status_code == 404


def test_too_many_requests_are_told_when_to_come_back(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view, "MOST_DIRECT", 1)
    monkeypatch.setattr(view, "MOST_MADE", 1)
    address = "/emporter/kml/?territory=departement-23"
    b"".join(client.get(address, REMOTE_ADDR="127.9.9.9").streaming_content)  # type: ignore[attr-defined]
    refused = client.get(address, REMOTE_ADDR="127.9.9.9")
    assert (refused.status_code, refused["Retry-After"]) == (429, "3600")
    assert "attendez une heure" in refused.content.decode()
    assert client.post(address, REMOTE_ADDR="127.9.9.8").status_code == 302
    assert client.post(address, REMOTE_ADDR="127.9.9.8").status_code == 429


def test_a_crowd_is_offered_the_background(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = 0
    while sending.places.acquire(blocking=False):
        taken += 1
    try:
        refused = client.get("/emporter/ods/?territory=departement-23")
    finally:
        for _ in range(taken):
            sending.places.release()
    assert (refused.status_code, refused["Retry-After"]) == (503, "30")
    assert "Préparer le fichier" in refused.content.decode()
    monkeypatch.setattr(exporting, "MOST_WAITING", 0)
    full = client.post("/emporter/ods/?territory=departement-23")
    assert full.status_code == 503 and "Trop de fichiers" in full.content.decode()
