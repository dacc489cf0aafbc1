"""Where the lines of an import are: what a coordinator gets from the coordinates and addresses of a file."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given as examples
from hypothesis import settings as properties
from hypothesis import strategies as st
from shapely import Point as ShapelyPoint

from directory.models import Source
from exchange import geocoding, problems, whereabouts
from exchange.models import Candidate, Import, Profile
from exchange.placing import BESIDE, ENOUGH, FLOOR, Place, Placer, place, places_of
from exchange.readings import GIVEN, Reading, mends
from exchange.towns import Declared
from tests.address_service import AddressService, address_service, collection, feature, give
from tests.factories import make_commune, make_territory

pytestmark = pytest.mark.django_db

# In Felletin; and so much of a degree for a metre, north and east, at its latitude.
LON, LAT = 2.15, 45.85
NORTH, EAST = 1 / 111_132, 1 / 77_700
HERE = {"postcode": "23500", "locality": "Felletin"}
CONTRADICTED = ["coordinates-outside-commune", "coordinates-elsewhere"]
COLUMNS = {"lat": "latitude", "lon": "longitude", "id": "external_id"}


@pytest.fixture(autouse=True)
def _communes(db: None) -> None:
    """Two neighbours in the Creuse, one in the Loire-Atlantique, one at the meridian."""
    creuse = make_territory("departement", "23", "Creuse")
    loire = make_territory("departement", "44", "Loire-Atlantique")
    orne = make_territory("departement", "61", "Orne")
    make_commune("23079", "Felletin", departement=creuse, postcodes=["23500"], box=(2.1, 45.8, 2.2, 45.9))
    make_commune("23091", "Gioux", departement=creuse, postcodes=["23500"], box=(2.2, 45.8, 2.3, 45.9))
    make_commune("44109", "Nantes", departement=loire, postcodes=["44000"], box=(-1.6, 47.1, -1.5, 47.3))
    make_commune("41999", "Vendôme", departement=loire, postcodes=["41100"], box=(1.5, 47.1, 1.6, 47.3))
    make_commune("61999", "Méridien", departement=orne, postcodes=["61000"], box=(-0.1, 48.5, 0.1, 48.6))
    make_commune("23999", "Sans contour", departement=creuse, postcodes=["23999"])
    far = make_territory("departement", "988", "Nouvelle-Calédonie")
    make_commune("98818", "Nouméa", departement=far, postcodes=["98800"])


def bring(*lines: dict[str, Any], **more: Any) -> list[Candidate]:
    """The lines, placed; what is given as lat and lon is in the cells of the file as well."""
    source, _ = Source.objects.get_or_create(slug="reseau", defaults={"name": "Réseau"})
    profile = Profile.objects.create(slug="reseau", name="Réseau", source=source, columns=COLUMNS)
    batch = Import.objects.create(profile=profile, source=source, file_name="f.csv", digest="",
                                  header=["id", "lon", "lat"], rows=len(lines))  # fmt: skip
    Candidate.objects.bulk_create(
        Candidate(
            batch=batch, line=number, fields=fields,
            cells=[number, fields.get("longitude"), fields.get("latitude")], **more,
        )
        for number, fields in enumerate(lines, start=2)
    )  # fmt: skip
    place(batch)
    return list(batch.candidates.select_related("commune").order_by("line"))


def placed(**fields: Any) -> Candidate:
    (line,) = bring(fields)
    return line


def at(line: Candidate) -> tuple[float, float] | None:
    return None if line.point is None else (round(line.point.x, 5), round(line.point.y, 5))


def codes(line: Candidate) -> list[str]:
    return [each["code"] for each in (*line.problems, *line.place_said["notes"])]


def commune(line: Candidate) -> str | None:
    return line.commune.name if line.commune else None


# -- Coordinates ------------------------------------------------------------------------------------


def test_coordinates_in_the_declared_commune_are_kept_as_they_are() -> None:
    line = placed(latitude=LAT, longitude=LON, **HERE)
    assert (at(line), commune(line), line.precision) == ((LON, LAT), "Felletin", "address")
    assert (line.departement_id, line.place_score, codes(line)) == ("departement-23", 1.0, [])
    assert whereabouts.way(line.place_said) == "Coordonnées du fichier"


def test_coordinates_alone_tell_their_commune_and_are_a_little_less_sure() -> None:
    line = placed(latitude=LAT, longitude=LON)
    assert (commune(line), line.place_score, codes(line)) == ("Felletin", 0.9, [])


def test_longitude_zero_is_a_longitude() -> None:
    line = placed(latitude=48.55, longitude=0.0, postcode="61000")
    assert (at(line), commune(line)) == ((0.0, 48.55), "Méridien")


MENDED = [
    ({"latitude": LON, "longitude": LAT}, "coordinates-swapped"),
    ({"latitude": LAT, "longitude": -LON}, "coordinates-sign-of-longitude"),
    ({"latitude": -LAT, "longitude": LON}, "coordinates-sign-of-latitude"),
    ({"latitude": 635887.0, "longitude": 6528000.0}, "coordinates-lambert-93-swapped"),
    ({"latitude": 6528000.0, "longitude": 635887.0}, "coordinates-lambert-93"),
    ({"x": 6528000.0, "y": 635887.0}, "coordinates-lambert-93-swapped"),
    ({"x": 239336.9, "y": 5756340.0}, "coordinates-web-mercator"),
    ({"x": 585500.0, "y": 2094400.0}, "coordinates-lambert-2"),
    ({"x": 1634000.0, "y": 4294800.0}, "coordinates-conic"),
    ({"x": LON, "y": LAT}, "coordinates-degrees"),
    ({"latitude": 4585, "longitude": 215}, "coordinates-decimal-mark"),
]


@pytest.mark.parametrize(("fields", "code"), MENDED, ids=[code for _, code in MENDED])
def test_a_fault_is_mended_where_the_commune_confirms_it_and_said(fields: dict[str, Any], code: str) -> None:
    line = placed(**fields, **HERE)
    assert commune(line) == "Felletin"
    (problem,) = line.problems
    assert (problem["code"], problem["refuses"], line.place_score) == (code, False, 0.9)
    assert abs(problem["said"]["lat"] - line.point.y) + abs(problem["said"]["lon"] - line.point.x) < 1e-6
    if "latitude" in fields:
        assert (problem["column"], problem["value"]) == (
            "lon, lat", f"{fields['longitude']}, {fields['latitude']}"
        )  # fmt: skip


def test_lambert_93_in_its_columns_is_no_fault() -> None:
    line = placed(x=635887.0, y=6528000.0, **HERE)
    assert (commune(line), codes(line)) == ("Felletin", [])


def test_a_longitude_without_its_minus_is_mended_only_where_the_line_says_where_it_is() -> None:
    declared, alone = bring(
        {"latitude": 47.2, "longitude": 1.55, "postcode": "44000"}, {"latitude": 47.2, "longitude": 1.55}
    )
    assert (at(declared), codes(declared)) == ((-1.55, 47.2), ["coordinates-sign-of-longitude"])
    assert (at(alone), commune(alone), codes(alone)) == ((1.55, 47.2), "Vendôme", [])


def test_without_a_commune_a_swap_is_mended_where_nothing_else_is_in_france() -> None:
    line = placed(latitude=LON, longitude=LAT)
    assert (at(line), codes(line), line.place_score) == ((LON, LAT), ["coordinates-swapped"], 0.8)


def test_the_simplest_fault_is_the_one() -> None:
    """47.2 and 1.55 swapped are in Vendôme; swapped with a wrong sign, in Nantes."""
    alone, declared = bring(
        {"latitude": 1.55, "longitude": 47.2}, {"latitude": 1.55, "longitude": 47.2, "postcode": "44000"}
    )
    assert (commune(alone), codes(alone)) == ("Vendôme", ["coordinates-swapped"])
    assert (commune(declared), codes(declared)) == ("Nantes", ["coordinates-swapped-and-sign"])


@pytest.mark.parametrize(("others", "told"), [(ENOUGH, True), (ENOUGH - 1, False)])
def test_the_file_tells_what_a_line_alone_does_not(others: int, *, told: bool) -> None:
    """A position that is in Nantes swapped, and elsewhere with another sign."""
    make_commune("72999", "Au large", box=(46.9, 1.5, 47.3, 1.6))
    sure = [{"latitude": LON, "longitude": LAT + step / 1000} for step in range(others)]
    *_, line = bring(*sure, {"latitude": -1.55, "longitude": 47.2})
    assert codes(line) == (["coordinates-swapped"] if told else ["coordinates-ambiguous"])
    assert commune(line) == ("Nantes" if told else None)


@pytest.mark.parametrize(("beyond", "kept"), [(BESIDE - 20, True), (BESIDE + 20, False)])
def test_a_point_a_little_outside_the_declared_commune_is_kept_and_said(beyond: float, *, kept: bool) -> None:
    line = placed(latitude=LAT, longitude=2.2 + beyond * EAST, **HERE)
    if kept:
        assert (commune(line), codes(line), line.place_score) == ("Felletin", ["beside-commune"], 0.9)
        assert abs(line.place_said["notes"][0]["metres"] - beyond) < 15
    else:
        assert codes(line) == CONTRADICTED
        assert (commune(line), line.precision, at(line)) == ("Felletin", "commune", (2.15, 45.85))
        assert line.place_score < FLOOR
        said = {"commune": "Gioux", "declared": "23500 Felletin"}
        assert line.problems[0]["said"].items() >= said.items()


@pytest.mark.parametrize(("beyond", "kept"), [(180, True), (230, False)])
def test_a_point_off_the_outlines_is_of_the_commune_within_200_metres(beyond: float, *, kept: bool) -> None:
    line = placed(latitude=45.8 - beyond * NORTH, longitude=2.15)
    assert (commune(line) == "Felletin") is kept
    assert codes(line) == ([] if kept else ["coordinates-in-no-commune"])


def test_a_point_tells_which_of_the_communes_of_a_postcode() -> None:
    line = placed(latitude=LAT, longitude=2.25, postcode="23500")
    assert (commune(line), line.place_score, codes(line)) == ("Gioux", 1.0, [])


def test_zero_zero_is_dropped_and_the_line_is_placed_by_its_commune() -> None:
    line = placed(latitude=0.0, longitude=0.0, **HERE)
    assert (codes(line), commune(line), line.precision) == (["coordinates-zero"], "Felletin", "commune")
    assert (line.place_said["way"], line.place_score) == ("town", 0.9)


@pytest.mark.parametrize("fields", [
    {"latitude": 50.85, "longitude": 4.35}, {"latitude": 1e300, "longitude": -1e300}, {"x": 1.5e6, "y": 9e6},
    {"latitude": 91.0, "longitude": 200.0}, {"latitude": 0.0, "longitude": 45.85},
])  # fmt: skip
def test_coordinates_outside_france_are_dropped_and_said(fields: dict[str, Any]) -> None:
    line = placed(**fields)
    assert (line.point, line.commune, codes(line)) == (None, None, ["coordinates-in-no-commune"])
    assert line.place_score == 0


def test_a_commune_without_an_outline_is_trusted_within_its_departement() -> None:
    inside, outside = bring(
        {"latitude": LAT, "longitude": LON, "postcode": "23999"},
        {"latitude": 47.2, "longitude": -1.55, "postcode": "23999"},
    )
    assert (at(inside), codes(inside)) == ((LON, LAT), [])
    assert codes(outside) == CONTRADICTED


def test_where_no_outline_is_known_a_point_is_kept_and_said_to_be_unverified() -> None:
    declared, swapped, elsewhere, alone = bring(
        {"latitude": -22.26, "longitude": 166.44, "postcode": "98800"},
        {"latitude": 166.44, "longitude": -22.26, "postcode": "98800"},
        {"latitude": LAT, "longitude": LON, "postcode": "98800"},
        {"latitude": -22.26, "longitude": 166.44},
    )
    assert (commune(declared), codes(declared), declared.place_score) == ("Nouméa", ["no-outline"], 0.9)
    assert (at(swapped), codes(swapped)) == ((166.44, -22.26), ["coordinates-swapped"])
    assert codes(elsewhere) == CONTRADICTED
    assert codes(alone) == ["coordinates-in-no-commune"]


def test_a_point_tells_whether_the_postcode_or_the_name_is_right() -> None:
    by_name, by_postcode, neither = bring(
        {"latitude": LAT, "longitude": LON, "locality": "Felletin", "postcode": "44000"},
        {"latitude": 47.2, "longitude": -1.55, "locality": "Felletin", "postcode": "44000"},
        {"latitude": 48.55, "longitude": 0.05, "locality": "Felletin", "postcode": "44000"},
    )
    assert [commune(line) for line in (by_name, by_postcode)] == ["Felletin", "Nantes"]
    assert "coordinates-outside-commune" in codes(neither)


# -- Without coordinates ----------------------------------------------------------------------------


def test_without_coordinates_a_line_stands_at_its_commune() -> None:
    line = placed(street="4 rue du Pont", **HERE)
    assert (at(line), line.precision, line.place_said["way"]) == ((2.15, 45.85), "commune", "town")


def test_nobody_picks_one_of_several_communes() -> None:
    line = placed(postcode="23500")
    assert (line.point, line.commune, line.departement_id) == (None, None, "departement-23")
    assert (codes(line), line.place_score) == (["several-communes"], 0.4)


def test_an_unknown_place_is_a_doubt_and_no_place_said_is_none() -> None:
    unknown, silent = bring({"locality": "Nulle part"}, {"name": "L’Atelier"})
    assert (unknown.place_score, codes(unknown)) == (0, ["unknown-town"])
    assert (silent.place_score, silent.place_said) == (None, {"way": "", "notes": []})


def test_refused_lines_are_left_alone() -> None:
    (line,) = bring({"latitude": LAT, "longitude": LON}, problems=[{"code": "no-name", "refuses": True}])
    assert (line.point, line.place_said, len(line.problems)) == (None, {}, 1)


def test_the_ways_add_up() -> None:
    bring({"latitude": LAT, "longitude": LON}, HERE, {"postcode": "23500"}, {"locality": "Nulle part"}, {})
    batch = Import.objects.get()
    assert batch.counts["places"] == places_of(batch) == {
        "coordinates": 1, "address": 0, "town": 1, "departement": 1, "nowhere": 2, "doubtful": 2,
        "unanswered": 0,
    }  # fmt: skip


def test_many_batches_are_placed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exchange.placing.BATCH", 3)
    lines = bring(*({"latitude": LAT, "longitude": LON + step / 1000} for step in range(10)))
    assert [at(line) for line in lines] == [(round(LON + step / 1000, 5), LAT) for step in range(10)]


# -- Addresses --------------------------------------------------------------------------------------


@pytest.fixture
def service(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[AddressService]:
    monkeypatch.setattr(geocoding, "RATE", 10_000)
    monkeypatch.setattr(geocoding, "PAUSE", 0.001)
    with address_service() as running:
        settings.ADDRESS_SERVICE_URL = running.url
        yield running


STREET = {"street": "12 rue du Moulin", **HERE}


def answer(service: AddressService, *features: Any) -> None:
    service.answering = lambda handler: give(handler, collection(features))


def test_a_house_number_in_the_declared_commune_is_an_address(service: AddressService) -> None:
    answer(service, feature("12 Rue du Moulin", 2.16, 45.86, type="housenumber", score=0.87))
    line = placed(**STREET)
    assert service.asked[0]["q"] == "12 rue du Moulin, 23500 Felletin"
    assert (at(line), commune(line), line.precision) == ((2.16, 45.86), "Felletin", "address")
    assert (line.place_said["way"], line.place_score, codes(line)) == ("address", 0.87, ["address-found"])


def test_a_street_is_a_street(service: AddressService) -> None:
    answer(service, feature("Rue du Moulin", 2.16, 45.86))
    assert placed(**STREET).precision == "street"


REJECTED = {
    "address-unknown": [],
    "address-elsewhere": [feature("12 Rue du Moulin", -1.55, 47.2, city="Nantes")],
    "address-doubtful": [feature("12 Rue du Moulin", 2.16, 45.86, score=0.59)],
}


@pytest.mark.parametrize("code", REJECTED)
def test_an_answer_that_is_no_good_leaves_the_line_at_its_commune(service: AddressService, code: str) -> None:
    answer(service, *REJECTED[code])
    line = placed(**STREET)
    assert (codes(line), line.place_said["way"], line.precision) == ([code], "town", "commune")


def test_an_answer_just_good_enough_is_taken(service: AddressService) -> None:
    answer(service, feature("12 Rue du Moulin", 2.16, 45.86, score=0.6))
    assert placed(**STREET).place_said["way"] == "address"


def test_a_municipality_is_no_street(service: AddressService) -> None:
    answer(service, feature("Felletin", 2.16, 45.86, type="municipality"))
    assert codes(placed(**STREET)) == ["address-unknown"]


def test_the_next_answer_is_taken_where_the_first_is_elsewhere(service: AddressService) -> None:
    answer(
        service, feature("12 Rue du Moulin", -1.55, 47.2), feature("12 Rue du Moulin", 2.16, 45.86, score=0.8)
    )
    assert at(placed(**STREET)) == (2.16, 45.86)


@pytest.mark.parametrize(("score", "taken"), [(0.86, False), (0.84, True)])
def test_two_answers_that_fit_as_well_are_a_doubt(
    service: AddressService, score: float, *, taken: bool
) -> None:
    """The postcode is of two communes, each with its rue de la Mairie."""
    answer(
        service,
        feature("Rue de la Mairie", 2.15, 45.85),
        feature("Rue de la Mairie", 2.25, 45.85, score=score),
    )
    line = placed(street="rue de la Mairie", postcode="23500")
    assert (commune(line) == "Felletin") is taken
    assert ("address-ambiguous" in codes(line)) is not taken


def test_without_a_commune_an_answer_counts_where_the_address_names_its_town(service: AddressService) -> None:
    answer(service, feature("12 Rue du Moulin", 2.16, 45.86))
    named, unnamed = bring({"street": "12 rue du Moulin à Felletin"}, {"street": "12 rue du Moulin"})
    assert (commune(named), commune(unnamed)) == ("Felletin", None)
    assert codes(unnamed) == ["address-elsewhere"]


def test_coordinates_are_not_asked_for_again(service: AddressService) -> None:
    placed(latitude=LAT, longitude=LON, **STREET)
    assert service.asked == []


def test_an_address_takes_the_place_of_coordinates_that_contradict(service: AddressService) -> None:
    answer(service, feature("12 Rue du Moulin", 2.16, 45.86, type="housenumber"))
    line = placed(latitude=47.2, longitude=-1.55, **STREET)
    assert (at(line), codes(line)) == ((2.16, 45.86), [*CONTRADICTED, "address-found"])
    assert line.place_score < FLOOR


def test_with_the_service_down_lines_stand_at_their_commune_and_say_so(service: AddressService) -> None:
    service.answering = lambda handler: give(handler, "{}", 500)
    lines = bring(*({"street": f"{number} rue du Moulin", **HERE} for number in range(9)))
    assert {line.place_said["way"] for line in lines} == {"town"}
    assert {code for line in lines for code in codes(line)} == {"address-unanswered"}
    assert len(service.asked) == geocoding.MOST_UNANSWERED * geocoding.TRIES
    assert places_of(lines[0].batch)["unanswered"] == 9


# -- Anything ---------------------------------------------------------------------------------------

NUMBERS = st.one_of(
    st.floats(-200, 200),
    st.sampled_from([0.0, LON, LAT, -LON, -LAT, 635887.0, 6528000.0, 1e300, 4585.0, 215.0]),
)
TEXTS = st.one_of(
    st.text(max_size=20), st.sampled_from(["Felletin", "23500", "Gioux", "2A004", "75 Paris", "(23)"])
)


@examples(
    st.lists(
        st.fixed_dictionaries(
            {},
            optional=dict.fromkeys(("latitude", "longitude", "x", "y"), NUMBERS)
            | dict.fromkeys(("postcode", "locality", "commune_code", "departement_code", "street"), TEXTS),
        ),
        max_size=20,
    )
)
@properties(max_examples=30)
def test_whatever_is_said_is_placed_or_said_not_to_be(lines: list[dict[str, Any]]) -> None:
    batch = Import(header=["id", "lon", "lat"], rows=len(lines), profile=Profile(columns=COLUMNS))
    placer = Placer(batch, lambda done, total: None)
    found = [Place(number, fields, Declared.of(fields)) for number, fields in enumerate(lines)]
    placer.find(found)
    for line in found:
        assert (line.point is None) <= (line.precision == "")
        assert line.point is None or (abs(line.point[0]) <= 180 and abs(line.point[1]) <= 90)
        assert line.score is None or 0 <= line.score <= 1
        assert line.way or line.score in (None, 0)
        if line.commune and line.way == "coordinates" and line.commune in placer.communes.place:
            under = placer.communes.metres([line.commune], ShapelyPoint(line.point))
            assert under <= max(BESIDE, 200)


# -- Words ------------------------------------------------------------------------------------------


def test_whatever_is_said_has_its_words(service: AddressService) -> None:
    answer(service, feature("Rue de la Mairie", 2.15, 45.85), feature("Rue de la Mairie", 2.25, 45.85))
    lines = bring(
        {"latitude": LON, "longitude": LAT}, {"latitude": 47.2, "longitude": -1.55, **HERE},
        {"street": "rue de la Mairie", "postcode": "23500"}, {"commune_code": "23079", "locality": "Gioux"},
    )  # fmt: skip
    for line in lines:
        for problem in line.problems:
            text = str({**problems.MENDED, **problems.DROPPED}[problem["code"]])
            assert "{" not in text.format(**problem["said"])
        for sentence in whereabouts.notes(line.place_said):
            assert sentence
            assert "{" not in sentence


def test_each_reading_has_its_words() -> None:
    tried = [Reading(GIVEN, *pair, srid=srid) for pair in ((2.0, 46.0), (2e6, 46e6)) for srid in (4326, 2154)]
    for reading in [mended for each in tried for mended in mends(each)]:
        assert f"coordinates-{reading.code}" in problems.MENDED
