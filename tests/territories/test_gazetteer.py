"""Text to places, ids to territories, over Creuse and Haute-Vienne."""

import pytest
from django.db import connection

from territories.errors import UnknownTerritory
from territories.gazetteer import BEGINNING, LOCATE, NEARBY, NUMBERED, Match, resolve, suggest
from territories.models import Territory
from territories.names import place_fold
from territories.typed import slips
from territories.writing import sync_names
from tests.plans import plan
from tests.territories.conftest import drawn

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
        ("communauté de communes creuse grand sud", "epci-200044014"),
        ("Communaute de Communes de Creuse Grand Sud", "epci-200044014"),
        ("métropole de limoges", "epci-248719312"),
        ("département de la Creuse", "departement-23"),
        ("département d’haute-vienne", "departement-87"),
        ("région Nouvelle-Aquitaine", "region-75"),
        ("la nouvelle aq", "region-75"),
        ("l’haute vienne", "departement-87"),
        ("limoge", "commune-87085"),
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
        ("gueert", "commune-23096"),
        ("geuret", "commune-23096"),
        ("guret", "commune-23096"),
        ("guérez", "commune-23096"),
        ("guérret", "commune-23096"),
        ("st leonar de nobla", "commune-87161"),
    ],
)
def test_forgives_a_typing_error(typed: str, expected: str) -> None:
    assert first(typed) == expected


def test_a_slip_is_forgiven_where_another_name_begins_so() -> None:
    """« renes » is the beginning of Renescure; the larger Rennes is listed too."""
    drawn("commune", "59497", None, name="Renescure", population=2_000)
    drawn("commune", "35238", None, name="Rennes", population=220_000)
    sync_names()
    places = suggest("renes")
    assert [place.id for place in places[:2]] == ["commune-59497", "commune-35238"]
    assert [place.match for place in places[:2]] == [Match.BEGINNING, Match.LIKENESS]


def test_slips_are_one_sign_away() -> None:
    found = slips("gueret")
    assert {"ueret", "gueert", "guerez", "gueretx", "gue ret", "zgueret"} <= set(found)
    assert "gueret" not in found
    assert len(found) == len(set(found))
    assert slips("par") == []
    assert slips("x" * 41) == []


@pytest.mark.parametrize(
    "text",
    [
        "St-Étienne",
        "Ste  Fœyre",
        "PARIS 18e",
        "1er  arr. 2nd",
        "L’Haÿ-les-Roses",
        "st st_e 3 eme",
        "Œ(ß)",
        "",
    ],
)
def test_names_are_folded_here_as_in_the_database(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT public.f_place_fold(%s)", [text])
        assert cursor.fetchone() == (place_fold(text),)


def test_a_commune_comes_before_the_epci_named_after_it() -> None:
    ids = [place.id for place in suggest("limoge")]
    assert ids.index("commune-87085") < ids.index("epci-248719312")


def test_an_article_may_come_before_a_departement() -> None:
    drawn("commune", "70186", None, name="La Creuse", population=73)
    drawn("commune", "17001", None, name="La Crémière", population=50)
    sync_names()
    places = suggest("la creuse")
    assert [(place.id, place.match) for place in places[:2]] == [
        ("departement-23", Match.WHOLE),
        ("commune-70186", Match.WHOLE),
    ]
    assert [place.id for place in suggest("la cre")][:3] == [
        "commune-70186",
        "commune-17001",
        "departement-23",
    ]


@pytest.mark.parametrize("typed", ["l’aisne", "l'aisne", "L AISNE", "aisne", "le aisne"])
def test_an_elided_article(typed: str) -> None:
    drawn("departement", "02", None, name="Aisne", population=500_000)
    sync_names()
    assert (suggest(typed)[0].id, suggest(typed)[0].match) == ("departement-02", Match.WHOLE)


@pytest.fixture
def paris() -> None:
    city = drawn("commune", "75056", None, name="Paris", population=2_000_000, postcodes=["75017", "75018"])
    drawn("commune", "75018", None, name="Homonyme", population=3_000)
    for number, people in ((17, 160_000), (18, 180_000)):
        drawn(
            "arrondissement", f"751{number}", None, name=f"Paris {number}e Arrondissement",
            population=people, postcodes=[f"750{number}"], commune=city,
        )  # fmt: skip
    sync_names()


@pytest.mark.usefixtures("paris")
def test_the_postcode_of_an_arrondissement() -> None:
    places = suggest("75018")
    assert (places[0].type, places[0].ids) == ("postcode", ("arrondissement-75118",))
    assert [place.match for place in places] == [Match.WHOLE] + 3 * [Match.LIKENESS]
    assert [place.id for place in places[1:]] == ["commune-75018", "arrondissement-75118", "commune-75056"]
    assert [place.ids for place in suggest("7501")] == [("arrondissement-75118",), ("arrondissement-75117",)]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("23008", "commune-23008"),
        ("23 008", "commune-23008"),
        ("87026", "commune-87097"),
        ("commune-23008", "commune-23008"),
        ("Departement-23", "departement-23"),
        ("country-fr", "country-FR"),
        ("200044014", "epci-200044014"),
        ("200 044 014", "epci-200044014"),
        ("epci-200044014", "epci-200044014"),
        ("2a004", "commune-2A004"),
        ("2A004", "commune-2A004"),
        ("commune-2a004", "commune-2A004"),
    ],
)
def test_official_codes_and_ids(typed: str, expected: str) -> None:
    drawn("commune", "2A004", None, name="Ajaccio", population=70_000)
    places = suggest(typed)
    assert [place.id for place in places] == [expected]
    assert places[0].match <= Match.FORMER


@pytest.mark.parametrize("typed", ["99999", "999999999", "2z004", "2a999", "commune-", "commune-x_"])
def test_codes_that_are_none(typed: str) -> None:
    assert [place for place in suggest(typed) if place.match <= Match.FORMER] == []


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
    sync_names()
    assert [place.name for place in suggest("aubusson")][:2] == [small.name, "Aubusson-la-Grande"]


def test_a_postcode_gives_its_communes() -> None:
    places = suggest("23200", limit=30)
    postcode, communes = places[0], places[1:]
    assert (postcode.type, postcode.name) == ("postcode", "23200")
    expected = Territory.objects.of_kind("commune").filter(postcodes__contains=["23200"])
    assert set(postcode.ids) == set(expected.values_list("pk", flat=True))
    assert postcode.id == "commune-23008"
    assert communes[0].id == "commune-23200"  # whose official code these digits are
    assert {place.id for place in communes[1:]} == set(postcode.ids)
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


PLACES = "territories_placename, territories_territory"


@pytest.mark.parametrize(("sql", "text"), [(BEGINNING, "saint-ju"), (NUMBERED, "23")])
def test_prefixes_are_read_from_their_index(sql: str, text: str) -> None:
    assert "place_name_prefix" in plan(sql, {"text": text, "limit": 10}, of=PLACES, few=True)


def test_slips_are_read_from_the_index_of_prefixes() -> None:
    asked = {"text": "strasbuorg", "slips": slips("strasbuorg"), "limit": 10}
    assert "place_name_prefix" in plan(NEARBY, asked, of=PLACES, few=True)


def test_points_are_read_from_an_index_of_outlines() -> None:
    # There are two, of the communes and of all: over so few rows they cost the same, and either may be taken.
    assert "Index Cond: (geometry &&" in plan(LOCATE, [2.17, 45.95], of=PLACES, few=True)
