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

from frontend.takeaway import FILES
from tests.factories import make_grouping
from tests.frontend.reading import count_in, every_slug, text_of
from tests.frontend.test_agreement import searches

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("examples")]


def menu(html: str) -> str:
    found = re.search(r'<details class="takeaway".*?</details>', html, re.DOTALL)
    assert found is not None
    return found[0]


def files(html: str) -> dict[str, str]:
    """Addresses of the files by the name they are saved under."""
    return {
        name: unescape(href) for href, name in re.findall(r'href="([^"]+)" download="([^"]+)"', menu(html))
    }


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
    """What the two files hold, in their order."""
    found = files(html)
    table = csv.DictReader(io.StringIO(taken(client, found["maillage-initiatives.csv"])))
    features = json.loads(taken(client, found["maillage-initiatives.geojson"]))["features"]
    return [row["id"] for row in table], [feature["id"] for feature in features]


@settings(max_examples=10)
@given(asked=searches)
def test_the_files_hold_exactly_the_view(client: Client, asked: dict[str, str]) -> None:
    address = f"/?{urlencode(asked)}"
    html = text_of(client, address)
    in_table, on_map = ids_in(client, html)
    assert in_table == on_map == every_slug(client, address)
    assert len(in_table) == count_in(html)


def test_there_is_one_link_per_form(client: Client) -> None:
    assert list(files(text_of(client, "/"))) == [each.name for each in FILES]


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
    from directory.models import Initiative

    some = tuple(Initiative.objects.visible().order_by("pk")[:25])
    make_grouping("pole-essai", "ptce", some)
    make_grouping("reseau-essai", "network", some[:3])
    html = text_of(client, address)
    in_table, on_map = ids_in(client, html)
    assert in_table == on_map == every_slug(client, f"/?{search}") != []
    assert field(html, "lien") == f"http://testserver/?{search}"
    assert 'title="Initiatives : ' in field(html, "code")
    assert menu(html).count("<summary>") == 1
