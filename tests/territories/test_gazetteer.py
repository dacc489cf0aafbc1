"""Text to places, ids to territories, over Creuse and Haute-Vienne."""

import pytest
from django.db import connection

from territories.errors import UnknownTerritory
from territories.gazetteer import BEGINNING, NUMBERED, resolve, suggest
from territories.models import Territory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("creuse")]


def first(text: str) -> str:
    places = suggest(text)
    return places[0].id if places else ""


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Aubusson", "commune-23008"),
        ("AUBUSSON", "commune-23008"),
        ("  aubu ", "commune-23008"),
        ("guéret", "commune-23096"),
        ("gueret", "commune-23096"),
        ("La Souterraine", "commune-23176"),
        ("souterraine", "commune-23176"),
        ("Fursac", "commune-23192"),
        ("St-Junien", "commune-87154"),
        ("Ste Feyre", "commune-23193"),
        ("sainte feyre", "commune-23193"),
        ("chatelus le marcheix", "commune-23056"),
        ("Chénérailles", "commune-23061"),
        ("eymoutiers", "commune-87064"),
        ("limoges", "commune-87085"),
        ("Creuse", "departement-23"),
        ("23", "departement-23"),
        ("Haute Vienne", "departement-87"),
        ("nouvelle aquitaine", "region-75"),
        ("Limoges Métropole", "epci-248719312"),
        ("creuse grand sud", "epci-200044014"),
        ("france", "country-FR"),
        ("Aubusson 23", "commune-23008"),
        ("Aubusson (23200)", "commune-23008"),
        ("23200 Aubusson", "commune-23008"),
    ],
)
def test_finds(typed: str, expected: str) -> None:
    assert first(typed) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("aubuson", "commune-23008"),
        ("limgoes", "commune-87085"),
        ("bourganeuff", "commune-23030"),
        ("saint leonar de noblat", "commune-87161"),
        ("felettin", "commune-23079"),
    ],
)
def test_forgives_a_typing_error(typed: str, expected: str) -> None:
    assert first(typed) == expected


def test_apostrophes_of_both_kinds() -> None:
    assert first("moutier d’ahun") == first("Moutier-d'Ahun") == first("moutier d ahun") == "commune-23138"


def test_the_larger_first_among_names_that_begin_alike() -> None:
    places = [place for place in suggest("saint", limit=20) if place.type == "commune"]
    sizes = [place.population or 0 for place in places]
    assert len(sizes) > 5
    assert sizes == sorted(sizes, reverse=True)


def test_an_exact_name_before_a_larger_one() -> None:
    """Guéret, renamed Aubusson-la-Grande, has a million people: Aubusson still comes first."""
    small = Territory.objects.get(pk="commune-23008")
    Territory.objects.filter(pk="commune-23096").update(name="Aubusson-la-Grande", population=10**6)
    from territories.writing import sync_names

    sync_names()
    assert [place.name for place in suggest("aubusson")][:2] == [small.name, "Aubusson-la-Grande"]


def test_a_postcode_gives_its_communes() -> None:
    places = suggest("23200", limit=30)
    postcode, communes = places[0], places[1:]
    assert (postcode.type, postcode.name) == ("postcode", "23200")
    expected = Territory.objects.of_kind("commune").filter(postcodes__contains=["23200"])
    assert set(postcode.ids) == set(expected.values_list("pk", flat=True))
    assert postcode.id == "commune-23008"
    assert {place.id for place in communes} == set(postcode.ids)
    assert postcode.bbox is not None
    west, south, east, north = postcode.bbox
    assert west < 2.17 < east
    assert south < 45.956 < north


def test_the_beginning_of_a_postcode() -> None:
    assert [place.name for place in suggest("2320")] == ["23200"]


def test_a_former_commune_leads_to_the_present_one() -> None:
    """Mézières-sur-Issoire gave its code to Val d’Issoire, Bussière-Boffy did not."""
    for name in ("Mézières-sur-Issoire", "Bussière-Boffy"):
        place = suggest(name.lower())[0]
        assert (place.id, place.name, place.type) == ("commune-87097", "Val d'Issoire", "commune")
        assert place.former_name == name
    assert suggest("val d’issoire")[0].former_name == ""
    assert resolve("commune-87026").name == "Val d'Issoire"


def test_what_a_place_says() -> None:
    place = suggest("aubusson")[0]
    assert (place.type, place.name, place.context) == ("commune", "Aubusson", "Creuse (23)")
    assert place.population is not None
    assert place.lon == pytest.approx(2.17, abs=0.02)
    assert place.lat == pytest.approx(45.956, abs=0.02)
    assert place.bbox is not None
    assert place.bbox[0] < place.lon < place.bbox[2]
    assert suggest("Creuse")[0].context == "Nouvelle-Aquitaine"
    assert suggest("Nouvelle-Aquitaine")[0].context == "France"
    assert suggest("creuse grand sud")[0].context == "Creuse (23)"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "\x00",
        "!!",
        "%",
        "_",
        "'",
        "\\",
        "a" * 10_000,
        "'; DROP x; --",
        "<b>",
        "é" * 100,
        "(((",
        "٢٣",
    ],
)
def test_strange_text_finds_little_and_breaks_nothing(typed: str) -> None:
    assert len(suggest(typed)) <= 10


def test_wildcards_are_letters_like_others() -> None:
    assert suggest("%%%") == []
    assert suggest("___") == []


def test_limit() -> None:
    assert len(suggest("saint", limit=3)) == 3
    assert suggest("saint", limit=0) == []


def test_resolve() -> None:
    assert resolve("commune-23008").name == "Aubusson"
    assert resolve("departement-23").kind == "departement"


def test_resolve_a_former_commune() -> None:
    former = Territory.objects.filter(former__isnull=False).first()
    assert former is not None
    for change in former.former.all():
        assert resolve(f"commune-{change.code}") == former


@pytest.mark.parametrize(
    "identifier", ["", "commune", "commune-", "commune-9", "x" * 10_000, "a\x00", "23008"]
)
def test_resolve_refuses(identifier: str) -> None:
    with pytest.raises(UnknownTerritory):
        resolve(identifier)


def plan(sql: str, **given: object) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {sql}", given)
        return "\n".join(row[0] for row in cursor.fetchall())


@pytest.mark.parametrize(("sql", "text"), [(BEGINNING, "saint-ju"), (NUMBERED, "23")])
def test_prefixes_are_read_from_their_index(sql: str, text: str) -> None:
    assert "place_name_prefix" in plan(sql, text=text, limit=10)


def test_points_are_read_from_the_index_of_communes() -> None:
    from territories.gazetteer import LOCATE

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {LOCATE}", [2.17, 45.95])
        assert "territory_commune_outline" in "\n".join(row[0] for row in cursor.fetchall())
