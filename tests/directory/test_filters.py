"""The filter language at the door: refused by name, or understood."""

from urllib.parse import quote

import pytest
from django.http import QueryDict
from django.utils import translation

from directory.filters import SearchForm

BAD = {
    "q": ["!!", "a" * 201, "a\x00b"],
    "sector": ["inconnu", "energie,", ",energie", "energie,,habitat", "1", "<b>", "a" * 10_000, "'; DROP"],
    "territory": ["commune-99999", "23", "commune-", "departement-23,x", "a" * 10_000, "\x00"],
    "served": ["oui", "1", "True"],
    "ptce": ["inconnu", "\x00"],
    "network": ["inconnu"],
    "legal_form": ["ASSOCIATION", "association,gang"],
    "charter": ["yes", "TRUE", "0"],
    "testimony": ["x"],
    "example": ["x"],
    "placed": ["x"],
    "bbox": [
        "1,2,3", "a,b,c,d", "nan,1,2,3", "inf,1,2,3", "1,50,2,40", "-181,0,1,1", "0,-91,1,1",
        "1e999,0,1,1", "1, 2,3,4",
    ],
    "near": ["1", "200,1", "1,91", "nan,nan", "1;2", "1,2,3"],
    "radius": ["0", "200001", "-5", "1.5", "1e3", "x", "９", "9" * 5000],
    "verified_since": ["2026-13-01", "26-01-01", "2026-1-1", "1969-12-31", "0001-01-01", "9999-01-01"],
    "missing": ["x", "contact,x", "contact,"],
    "verified_before": ["2026-13-01", "26-01-01", "9999-01-01"],
    "updated_since": ["x", "2026-02-30"],
    "ids": ["inconnue", ",".join(f"i-{n}" for n in range(1_001))],
    "listing": ["inconnue", "a" * 201, "\x00"],
    "ordering": ["random", "distance", "relevance", "-name"],
}  # fmt: skip
COMPANIONS = {"radius": "near=2,46&", "served": "territory=x&"}
CASES = [(name, value) for name, values in BAD.items() for value in values]


@pytest.mark.parametrize(("name", "value"), CASES, ids=[f"{name}-{value[:20]!r}" for name, value in CASES])
def test_a_bad_value_is_refused_under_its_name_and_dropped_by_pages(
    taxonomy: None, name: str, value: str
) -> None:
    query = f"{COMPANIONS.get(name, '')}{name}={quote(value)}"
    assert name in SearchForm(QueryDict(query), strict=True).refusals()
    lenient = SearchForm(QueryDict(query))
    assert name in lenient.refusals()
    assert name not in lenient.criteria().params
    lenient.criteria().initiatives().count()


def test_every_parameter_has_bad_values_in_this_table() -> None:
    assert set(BAD) == set(SearchForm.base_fields)


@pytest.mark.parametrize(
    "query", ["q=", "sector= ", "foo=1", "placed=true&placed=true", "radius=5", "q=a&q=b"]
)
def test_blank_unknown_repeated_and_lonely_parameters_are_refused_when_strict(db: None, query: str) -> None:
    assert list(SearchForm(QueryDict(query), strict=True).refusals()) == [query.partition("=")[0]]


@pytest.mark.parametrize("query", ["q=", "sector= ", "foo=1", "utm_source=mail", "placed="])
def test_pages_drop_blanks_and_ignore_what_they_do_not_know(db: None, query: str) -> None:
    form = SearchForm(QueryDict(query))
    assert form.refusals() == {}
    assert form.criteria().params == {}


def test_check_boxes_give_a_parameter_several_times(taxonomy: None) -> None:
    boxes = SearchForm(QueryDict("sector=energie&sector=habitat--participatif"), strict=True)
    commas = SearchForm(QueryDict("sector=energie,habitat--participatif"), strict=True)
    boxes.check()
    assert boxes.criteria() == commas.criteria()
    assert boxes.criteria().params == {"sector": "energie,habitat--participatif"}


def test_longitude_zero_is_a_place(db: None) -> None:
    criteria = SearchForm(QueryDict("near=0,0&bbox=0,0,0,0"), strict=True).criteria()
    assert criteria.near is not None
    assert criteria.bbox is not None
    assert criteria.params == {"bbox": "0,0,0,0", "near": "0,0"}


def test_refusals_are_read_in_the_language_of_the_reader(db: None) -> None:
    form = SearchForm(QueryDict("bbox=1"), strict=True)
    assert "Quatre nombres" in form.refusals()["bbox"][0]
    with translation.override("en"):
        assert "Four numbers" in SearchForm(QueryDict("bbox=1"), strict=True).refusals()["bbox"][0]


def test_the_order_follows_what_is_asked(taxonomy: None) -> None:
    orders = {
        "": "name", "q=laine": "relevance", "near=2,46": "distance", "q=laine&near=2,46": "distance",
        "q=laine&ordering=name": "name", "near=2,46&ordering=-updated": "-updated",
    }  # fmt: skip
    for query, ordering in orders.items():
        assert SearchForm(QueryDict(query), strict=True).criteria().ordering == ordering
