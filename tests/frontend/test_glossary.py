"""The words of the field: each has its page, and the initiatives that show it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from directory.models import Initiative
from directory.taxonomy import EQUIVALENTS
from frontend.glossary import THEMES
from frontend.sectors import ICONS
from frontend.terms import BY_SLUG, TERMS
from tests.factories import make_initiative
from tests.frontend.reading import count_in, slugs_in, text_of

pytestmark = pytest.mark.django_db
NAMES = (
    "CCES", "PTCE", "ESS", "NFE", "TEC", "AMAP", "Scic", "Scop", "EPCI", "PNR", "QPV", "quatre dimensions",
    "Banques et territoires", "Monnaie locale", "Ressourcerie", "Tiers-lieu", "Circuit court",
    "Circuit de proximité",
)  # fmt: skip


def linked(html: str) -> Any:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', html)
    assert found is not None
    return json.loads(found[1])


def test_the_words_that_are_needed_are_there_once_each() -> None:
    names = " / ".join(str(term.name) for term in TERMS)
    assert not [name for name in NAMES if name not in names]
    assert len(BY_SLUG) == len(TERMS)


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.slug)
def test_a_term_speaks_both_languages_and_names_what_exists(term: Any) -> None:
    assert term.theme in THEMES
    assert set(term.sectors) <= set(ICONS)
    assert set(term.related) <= set(BY_SLUG) - {term.slug}
    for text in (term.name, term.meaning, term.keywords):
        with translation.override("fr"):
            french = str(text)
        with translation.override("en"):
            assert str(text) != french
    for policy in term.policies:
        assert str(policy.year) in policy.name or f"{policy.year % 100:02d}-" in policy.name


def test_the_glossary_lists_them_by_theme_and_from_a_to_z(client: Client) -> None:
    html = text_of(client, "/glossaire/")
    alphabet = html.partition('id="alphabet"')[2]
    assert len(re.findall(r'href="/glossaire/([^/]+)/"', alphabet)) == len(TERMS)
    for term in TERMS:
        assert f'<div id="{term.slug}">' in html  # addresses that were shared still lead somewhere
    names = re.findall(r'href="/glossaire/[^/]+/">([^<]+)<', alphabet)
    assert names[:3] == [
        "Association pour le maintien d’une agriculture paysanne (AMAP)",
        "Autoconsommation collective",
        "Banques et territoires",
    ]
    assert len(linked(html)["hasDefinedTerm"]) == len(TERMS)


@pytest.mark.parametrize("slug", BY_SLUG)
def test_each_page_is_there_in_both_languages(client: Client, examples: None, slug: str) -> None:
    french, english = text_of(client, f"/glossaire/{slug}/"), text_of(client, f"/en/glossaire/{slug}/")
    told = linked(french)
    assert (told["@type"], told["url"]) == ("DefinedTerm", f"http://testserver/glossaire/{slug}/")
    assert told["inDefinedTermSet"] == "http://testserver/glossaire/"
    for address in re.findall(r'href="(/glossaire/[^"#]*)"', french):
        assert client.get(address).status_code == 200
    assert told["name"] != linked(english)["name"]


@pytest.mark.parametrize("slug", [slug for slug, term in BY_SLUG.items() if term.search])
def test_a_term_shows_what_the_search_finds(client: Client, examples: None, slug: str) -> None:
    html = text_of(client, f"/glossaire/{slug}/")
    found = re.search(r'class="button" href="(/\?[^"]+)">(\d+) initiatives? sur la carte', html)
    count, slugs = 0, slugs_in(html)
    if found:
        listed = text_of(client, found[1].replace("&amp;", "&"))
        count = count_in(listed)
        assert int(found[2]) == count
        assert slugs == slugs_in(listed)[: len(slugs)]
    assert len(slugs) == min(count, 6)


@pytest.mark.parametrize("slug", ["rien", "%00", "é", "a" * 5_000])
def test_no_such_word(client: Client, slug: str) -> None:
    assert client.get(f"/glossaire/{slug}/").status_code == 404


@pytest.mark.parametrize(("acronym", "slug"), [("PTCE", "ptce"), ("CCES", "cces")])
def test_the_search_knows_an_acronym_and_its_words_as_one(
    client: Client, examples: None, acronym: str, slug: str
) -> None:
    with translation.override("fr"):
        name = str(BY_SLUG[slug].name).partition(" (")[0]
    short, long = (text_of(client, f"/?q={words}") for words in (acronym, name))
    assert slugs_in(short) == slugs_in(long)
    assert count_in(short) > 0


@pytest.mark.parametrize("texts", EQUIVALENTS, ids=lambda texts: texts[0])
def test_equivalents_of_the_search_find_the_same(client: Client, examples: None, texts: list[str]) -> None:
    assert len({tuple(slugs_in(text_of(client, f"/?q={text}"))) for text in texts}) == 1


def test_what_is_withdrawn_shows_nothing(client: Client, examples: None) -> None:
    make_initiative("Cachée", slug="cachee", activities=[101], publication="hidden")
    assert Initiative.objects.filter(slug="cachee").exists()
    assert "cachee" not in text_of(client, "/glossaire/amap/")


def test_search_engines_are_told_of_each_word(client: Client) -> None:
    told = text_of(client, "/sitemap-words.xml")
    for term in TERMS:
        assert f"<loc>http://testserver/glossaire/{term.slug}/</loc>" in told
        assert f"<loc>http://testserver/en/glossaire/{term.slug}/</loc>" in told
