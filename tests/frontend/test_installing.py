"""Maillage on a home screen, and the worker that keeps the last seen pages."""

import json
import re
import struct
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client

from frontend.views import installing
from tests.frontend.reading import text_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("home", "lang", "word"), [("/", "fr", "Carte et liste"), ("/en/", "en", "Map and list")]
)
def test_the_manifest_speaks_the_language_of_its_address(
    client: Client, home: str, lang: str, word: str
) -> None:
    response: Any = client.get(f"{home}manifest.webmanifest")
    said = response.json()
    assert response["Content-Type"] == "application/manifest+json"
    assert (said["lang"], said["start_url"], said["id"], said["scope"]) == (lang, home, home, "/")
    assert said["shortcuts"][0]["name"] == word
    assert len(said["short_name"]) <= 12
    assert f'<link rel="manifest" href="{home}manifest.webmanifest">' in text_of(client, f"{home}a-propos/")
    for shortcut in said["shortcuts"]:
        assert client.get(shortcut["url"]).status_code == 200


def test_the_icons_are_there_in_the_sizes_said(client: Client) -> None:
    icons = client.get("/manifest.webmanifest").json()["icons"]
    assert {(icon["sizes"], icon["purpose"]) for icon in icons} == {
        ("any", "any"), ("192x192", "any"), ("512x512", "any"),
        ("192x192", "maskable"), ("512x512", "maskable"),
    }  # fmt: skip
    for icon in icons:
        assert re.search(r"\.[0-9a-f]{12}\.(png|svg)$", icon["src"])  # its name changes with the drawing
        name = re.sub(r"\.[0-9a-f]{12}\.", ".", icon["src"].removeprefix(settings.STATIC_URL))
        found = finders.find(name)
        assert found
        if name.endswith(".png"):
            wide, high = struct.unpack(">II", Path(found).read_bytes()[16:24])
            assert f"{wide}x{high}" == icon["sizes"]


def test_the_colour_of_the_window_is_the_paper_of_the_pages() -> None:
    tokens = Path(str(finders.find("css/tokens.css"))).read_text()
    assert f"--paper: {installing.PAPER};" in tokens


def given(client: Client) -> dict[str, Any]:
    found = re.search(r"most \} = (\{.*\});", text_of(client, "/service-worker.js"))
    assert found is not None
    said: dict[str, Any] = json.loads(found[1])
    return said


def test_the_worker_rules_the_whole_site_and_is_asked_for_anew(client: Client) -> None:
    response = client.get("/service-worker.js")
    assert response["Content-Type"].startswith("text/javascript")
    assert response["Service-Worker-Allowed"] == "/"
    assert response["Cache-Control"] == "no-cache"
    assert response.headers["ETag"]


def test_the_worker_keeps_away_from_what_is_not_for_everyone(client: Client) -> None:
    assert {"/admin/", "/en/admin/", "/health/"} <= set(given(client)["apart"])


def test_the_worker_is_another_one_when_a_static_file_changed(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    installing.worker.cache_clear()
    before = given(client)["version"]
    monkeypatch.setattr(installing, "versions_of_files", lambda: "another")
    installing.worker.cache_clear()
    assert given(client)["version"] != before
    installing.worker.cache_clear()


def test_what_the_worker_fetches_at_first_is_there_and_small(client: Client) -> None:
    offline = given(client)["offline"]
    assert offline["pages"] == {"fr": "/hors-connexion/", "en": "/en/hors-connexion/"}
    weight = 0
    for address in [*offline["pages"].values(), *offline["files"]]:
        response: Any = client.get(address, headers={"Accept-Encoding": "gzip"})
        assert response.status_code == 200
        weight += len(b"".join(response) if response.streaming else response.content)
        response.close()
    assert weight < 60_000


def test_the_page_without_a_network_is_found_by_no_search_engine(client: Client) -> None:
    assert 'name="robots" content="noindex"' in text_of(client, "/hors-connexion/")
    assert "The network does not answer" in text_of(client, "/en/hors-connexion/")
