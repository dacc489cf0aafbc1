"""Texts that came with the data, on English pages."""

import pytest
from django.test import Client
from django.utils import translation

from frontend import loaded
from territories import official
from tests.factories import make_grouping, make_initiative, make_territory
from tests.frontend.reading import text_of


@pytest.mark.parametrize(
    "text",
    [
        official.POPULATION_EDITION,
        f"{official.CODES_SOURCE} ; {official.outlines_source()}",
        official.CODES_SOURCE,
    ],
)
def test_what_the_loading_of_territories_writes_is_known(text: str) -> None:
    with translation.override("fr"):
        assert loaded.translated(text) == text
    with translation.override("en"):
        told = loaded.translated(text)
        assert told is not None and told != text and not set("éèç") & set(told)


def test_what_is_not_known_is_said_to_be_french() -> None:
    with translation.override("en"):
        assert loaded.cited("relevé <b>") == '<span lang="fr">relevé &lt;b&gt;</span>'
        assert loaded.cited("") == ""
    with translation.override("fr"):
        assert loaded.cited("relevé") == "relevé"


@pytest.mark.django_db
def test_sources_are_marked_on_english_pages_only(client: Client, taxonomy: None) -> None:
    make_territory("departement", "23", "Creuse", source=official.CODES_SOURCE, population=1,
                   population_edition=official.POPULATION_EDITION)  # fmt: skip
    make_initiative("Ici", slug="ici", source="relevé sur place", legal_form_note="coopérative d’ici")
    make_grouping("pole", "ptce", source="relevé sur place")
    for path in ("/initiatives/ici/", "/ptce/pole/"):
        assert '<span lang="fr">relevé sur place</span>' in text_of(client, f"/en{path}")
        assert "relevé sur place" in text_of(client, path)
        assert '<span lang="fr">' not in text_of(client, path)
    assert '(<span lang="fr">coopérative d’ici</span>)' in text_of(client, "/en/initiatives/ici/")
    page = text_of(client, "/en/territoires/departement-23/")
    assert "legal populations, 2026 edition" in page and "populations légales" not in page


@pytest.mark.django_db
def test_words_are_quoted_as_the_language_does(client: Client, taxonomy: None) -> None:
    assert "« velo »" in text_of(client, "/?q=velo")
    english = text_of(client, "/en/?q=velo&sector=rien")
    assert "“velo”" in english and "“rien”" in english and "«" not in english.partition("<main")[2]
