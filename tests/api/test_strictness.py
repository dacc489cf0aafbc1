"""Every parameter of every address × bad values: 400 that names it, in English, never a failure."""

from typing import Any
from urllib.parse import quote

import pytest
from django.forms import Field

from api.forms import (
    ChangesForm,
    DiagnosisForm,
    EventsForm,
    FacetsForm,
    FeatureForm,
    GroupingsForm,
    JsonForm,
    LinksForm,
    LocateForm,
    MapForm,
    OutlineForm,
    OutlinesForm,
    PageForm,
    SignatoriesPageForm,
    StoriesForm,
    SuggestForm,
    TerritoriesForm,
    TileForm,
)
from api.urls import urlpatterns
from directory.filters import CommaField, Parameters
from tests.api.conftest import Ask, World

# Each address: its form, an example of its path, and what it cannot do without.
ADDRESSES: dict[str, tuple[type[Parameters], str, str]] = {
    "initiatives": (PageForm, "initiatives", ""),
    "initiative": (FeatureForm, "initiatives/initiative-00", ""),
    "changes": (ChangesForm, "changes", ""),
    "map": (MapForm, "map", "bbox=0,45,1,46&zoom=8"),
    "tile": (TileForm, "tiles/6/32/22.mvt", ""),
    "facets": (FacetsForm, "facets", ""),
    "suggest": (SuggestForm, "suggest", "q=a"),
    "sectors": (JsonForm, "sectors", ""),
    "territories": (TerritoriesForm, "territories", ""),
    "locate": (LocateForm, "territories/locate", "point=0.5,45.5"),
    "outlines": (OutlinesForm, "territories/outlines", "bbox=0,45,1,46&zoom=8"),
    "territory": (FeatureForm, "territories/commune-01001", ""),
    "diagnosis": (DiagnosisForm, "territories/departement-01/diagnosis", ""),
    "indicators": (JsonForm, "indicators", ""),
    "outline": (OutlineForm, "territories/commune-01001/outline", ""),
    "ptces": (GroupingsForm, "ptces", ""),
    "ptce": (JsonForm, "ptces/pole", ""),
    "networks": (GroupingsForm, "networks", ""),
    "network": (JsonForm, "networks/reseau", ""),
    "links": (LinksForm, "links", ""),
    "stories": (StoriesForm, "stories", ""),
    "questionnaires": (JsonForm, "questionnaires", ""),
    "questionnaire": (JsonForm, "questionnaires/profil-circuit-court-solidaire", ""),
    "charter": (JsonForm, "charter", ""),
    "charter_signatories": (SignatoriesPageForm, "charter/signatories", ""),
    "events": (EventsForm, "events", ""),
    "event": (FeatureForm, "events/forum", ""),
}
# What a value may need beside it to be a value at all.
COMPANIONS = {"radius": "near=0.5,45.5", "served": "territory=departement-01"}
HOSTILE = [
    "",
    " ",
    "\t",
    "\x00",
    "a\x00b",
    "0\x00",
    "'; DROP TABLE directory_initiative; --",
    "1 OR 1=1",
    "<script>alert(1)</script>",
    "NaN",
    "nan,nan",
    "nan,nan,nan,nan",
    "inf,inf,inf,inf",
    "Infinity",
    "-1",
    "1e999",
    "9" * 10_000,
    "a" * 10_000,
    "a," * 5_000,
    ",",
    "null",
    "undefined",
    "[]",
    "{}",
    "%",
    "_",
    "\\",
    "’",
    "👾",
    "９",
    "\u202e",
    "../../etc/passwd",
    "${7*7}",
    "a\r\nb: c",
    "None",
]
# Of a free text these are words like any others, or hold no word at all.
FREE = {"q"}
FREELY = [address for address, (form, _path, _needs) in ADDRESSES.items() if FREE & set(form.base_fields)]
FREE_HOSTILE = ["", " ", "\x00", "a\x00b", "a" * 10_000, "9" * 10_000, "a," * 5_000]


def cases() -> list[Any]:
    """Each parameter of each address; those that another address reads alike take their time in the full
    run."""
    seen: set[tuple[str, type[Field]]] = set()
    found = []
    for address, (form, _path, _needs) in ADDRESSES.items():
        for name, field in form.base_fields.items():
            again = (name, type(field)) in seen
            seen.add((name, type(field)))
            marks = [pytest.mark.slow] if again else []
            found.append(pytest.param(address, name, id=f"{address}-{name}", marks=marks))
    return found


def address_of(address: str, name: str, value: str) -> str:
    form, path, needs = ADDRESSES[address]
    beside = [
        part for part in (*needs.split("&"), COMPANIONS.get(name, "")) if part.partition("=")[0] != name
    ]
    beside = [part for part in beside if part and part.partition("=")[0] in form.base_fields]
    return f"/api/v1/{path}?{'&'.join([*beside, f'{name}={quote(value)}'])}"


def test_every_address_is_in_this_table() -> None:
    # me asks who one is first: test_tokens.py
    # these are sent a body: test_questionnaires.py, test_proposals.py
    apart = (None, "openapi", "docs", "me", "score", "proposals")
    named = {str(pattern.name) for pattern in urlpatterns if pattern.name not in apart}
    assert set(ADDRESSES) == named


@pytest.mark.parametrize(("address", "name"), cases())
def test_a_bad_value_is_refused_by_name(world: World, ask: Ask, address: str, name: str) -> None:
    for value in FREE_HOSTILE if name in FREE else HOSTILE:
        answer = ask(address_of(address, name, value))
        assert answer.status == 400, (value[:40], answer.text[:300])
        assert set(answer.refused) == {name}, value[:40]
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert len(answer.text) < 5_000


@pytest.mark.parametrize("address", FREELY)
def test_words_are_words_whatever_they_hold(world: World, ask: Ask, address: str) -> None:
    for value in HOSTILE:
        if value not in FREE_HOSTILE:
            assert ask(address_of(address, "q", value)).status in (200, 400), value[:40]
    for value in ("1 OR 1=1", "<script>alert(1)</script>", "NaN", "null", "a' b", "a:* & !b", "été 👾"):
        assert ask(address_of(address, "q", value)).status == 200, value


@pytest.mark.parametrize("address", FREELY)
@pytest.mark.parametrize("written", ["%FF", "%2C", "%F0%9F%91%BE", "%25", "_", "%5C", "%27", "%C2%A7", "%2B"])
def test_what_holds_no_letter_nor_digit_is_no_word(
    world: World, ask: Ask, address: str, written: str
) -> None:
    answer = ask(address_of(address, "q", "§").replace("%C2%A7", written))
    assert (answer.status, answer.refused) == (400, ["q"])
    assert [error["detail"] for error in answer.json["errors"]] == [
        "No word to look for: a letter or a digit is expected."
    ]


@pytest.mark.parametrize(("address", "name"), cases())
def test_a_parameter_is_given_once_unless_it_is_a_list(
    world: World, ask: Ask, address: str, name: str
) -> None:
    answer = ask(address_of(address, name, "x") + f"&{name}=y")
    assert name in answer.refused
    if not isinstance(ADDRESSES[address][0].base_fields[name], CommaField):
        assert any(
            "several times" in error["detail"]
            for error in answer.json["errors"]
            if error["parameter"] == name
        )


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(
    "name", ["unknown", "Format", "callback", "<b>", "x" * 10_000, "a\x00", "", "page", "api_key"]
)
def test_an_unknown_parameter_is_refused(world: World, ask: Ask, address: str, name: str) -> None:
    _form, path, needs = ADDRESSES[address]
    answer = ask(f"/api/v1/{path}?{needs}&{quote(name)}=1")
    assert (answer.status, answer.refused) == (400, [name[:60]])


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_refusal_is_in_english(world: World, ask: Ask, address: str) -> None:
    form, path, needs = ADDRESSES[address]
    french = ("é", "è", "ê", "à", "’", "«", " une ", " est ", " la ")
    told = []
    for name in form.base_fields:
        for value in ["", "x", "0", "x" * 5_000]:
            answer = ask(address_of(address, name, value), headers={"Accept-Language": "fr"})
            told += answer.json["errors"] if answer.status == 400 else []
    told += ask(f"/api/v1/{path}?{needs}&strange=1", headers={"Accept-Language": "fr"}).json["errors"]
    assert told
    assert [error for error in told if any(sign in error["detail"] for sign in french)] == []


@pytest.mark.parametrize(
    "query",
    [
        "%ff=1",
        "q=%ff%fe",
        "q=%ed%a0%80",
        "&".join(f"a{n}=1" for n in range(3_000)),
        "=&=&&",
        "q",
        "%00",
        "sector=%00",
    ],
)
def test_a_strange_query_string_is_refused_or_read(world: World, ask: Ask, query: str) -> None:
    answer = ask(f"/api/v1/initiatives?{query}")
    assert answer.status in (200, 400)
    if answer.status == 400:
        assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "path",
    [
        "initiatives/%00",
        "initiatives/a%2Fb",
        "territories/%00",
        "territories/a%0a",
        "ptces/é",
        "initiatives/",
        "initiatives//",
        "%ff",
        "initiatives/<b>",
    ],
)
def test_a_strange_path_is_not_there(world: World, ask: Ask, path: str) -> None:
    answer: Any = ask(path)
    assert (answer.status, answer.headers["Content-Type"]) == (404, "application/problem+json")
