"""Whatever is asked, the page lists what the API gives, in the same order, to the last page."""

from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from directory.models import LegalForm
from tests.frontend.reading import count_in, every_slug, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("examples")]

edges = st.tuples(
    st.floats(1.0, 2.0), st.floats(45.4, 45.9), st.floats(2.0, 3.0), st.floats(45.9, 46.5)
)  # west, south, east, north around Creuse


def some(*values: str) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True).map(",".join)


PARAMETERS = {
    "q": st.sampled_from(
        ["bois", "épicerie", "reemploi", "cooperatve", "Felletin", "énergie citoyenne", "la"]
    ),
    "sector": some(
        "culture", "energie", "habitat", "alimentation", "reemploi--ressourcerie", "cooperation--ptce"
    ),
    "territory": some("departement-23", "departement-87", "commune-23008", "epci-200044014", "country-FR"),
    "legal_form": some(*LegalForm.values),
    "placed": st.sampled_from(["true", "false"]),
    "example": st.sampled_from(["true", "false"]),
    "bbox": edges.map(lambda box: ",".join(f"{edge:.6f}" for edge in box)),
    "near": st.tuples(st.floats(1.0, 3.0), st.floats(45.4, 46.5)).map(lambda at: f"{at[0]:.5f},{at[1]:.5f}"),
    "ordering": st.sampled_from(["name", "-updated", "-created"]),
}
searches = st.fixed_dictionaries({}, optional=PARAMETERS)


def agree(client: Client, asked: dict[str, str]) -> None:
    query = urlencode(asked)
    api: Any = client.get(f"/api/v1/initiatives?{query}{'&' * bool(query)}limit=1000")
    assert api.status_code == 200, api.content[:300]
    found = api.json()
    page = text_of(client, f"/?{query}")
    assert "n’a pas été comprise" not in page
    assert count_in(page) == found["numberMatched"]
    assert every_slug(client, f"/?{query}") == [feature["id"] for feature in found["features"]]


@settings(max_examples=10)
@given(asked=searches)
def test_page_and_api_agree(client: Client, asked: dict[str, str]) -> None:
    agree(client, asked)


@pytest.mark.slow
@settings(max_examples=600)
@given(asked=searches)
def test_page_and_api_agree_at_length(client: Client, asked: dict[str, str]) -> None:
    agree(client, asked)
