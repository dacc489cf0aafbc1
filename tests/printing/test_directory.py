"""The printed directory: the same initiatives as everywhere, on pages that a printer may be given."""

import re
from functools import cache
from pathlib import Path

import pytest
from django.http import QueryDict
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from directory.facets import count
from directory.filters import SearchForm
from directory.models import Contact, Initiative
from exchange import exporting
from exchange.outgoing import Selection
from jobs.work import CannotBeDone
from printing import directory as directories
from printing import making
from printing.directory import Directory, Paper, TooMany, directory
from printing.entries import Order, entries_of, parts_of
from printing.imposing import folded, sides
from printing.mapping import RADIUS, Pin, maps
from tests.factories import make_commune, make_initiative
from tests.printing.reading import (
    figures_without_words,
    fonts_not_inside,
    is_tagged,
    read,
    words,
)


def selection(query: str = "", name: str = "Creuse") -> Selection:
    criteria = SearchForm(QueryDict(query)).criteria()
    return Selection(criteria, name, [("Territoire", "Creuse")], "https://maillage.example.org")


@cache
def printed() -> Directory:
    """All of ``here``, with a person among its contacts: made once for the tests that read it."""
    Contact.objects.create(initiative=Initiative.objects.get(name="Zeste"), name="Camille Exemple")
    return directory(selection())


@pytest.mark.usefixtures("here")
def test_it_holds_what_the_screen_counts_and_what_other_exports_hold() -> None:
    asked, made = selection(), printed()
    assert made.number == count(asked.criteria) == 4
    text = words(made.body)
    names = [row[0] for row in asked.rows()]
    assert sorted(names) == ["Ailleurs", "Bois local", "Zeste", "Épicerie"]
    assert all(name in text for name in names) and "4 initiatives" in text


@pytest.mark.usefixtures("here")
def test_entries_are_by_sector_then_commune_or_the_reverse() -> None:
    asked = selection("territory=departement-23")
    by_sector = entries_of(asked, Order.BY_SECTOR)
    assert [entry.name for entry in by_sector] == ["Épicerie", "Zeste", "Bois local"]
    assert [part.heading.label for part in parts_of(by_sector, Order.BY_SECTOR)] == [
        "Alimentation et agriculture", "Énergie",
    ]  # fmt: skip
    make_initiative("Autre bois", commune_id="commune-23008", activities=[203])
    by_commune = entries_of(asked, Order.BY_COMMUNE)
    assert [entry.name for entry in by_commune] == ["Épicerie", "Zeste", "Autre bois", "Bois local"]
    assert [entry.number for entry in by_commune] == [1, 2, 3, 4]


@pytest.mark.usefixtures("here")
def test_an_initiative_of_two_sectors_is_printed_once_and_the_other_is_said() -> None:
    text = words(directory(selection("territory=departement-23")).body)
    assert text.count("Un rayon.") == 1 and "aussi : Énergie" in text


@pytest.mark.usefixtures("here")
def test_an_entry_says_where_and_how_to_reach_it() -> None:
    text = words(printed().body)
    assert "1 rue du Pont" in text
    assert "05 55 00 00 00" in text.replace("\u00a0", " ")


@pytest.mark.usefixtures("here")
def test_it_says_criteria_date_licence_and_sources() -> None:
    made = printed()
    text = words(made.body)
    for said in ("Territoire : Creuse", "Données du", "ODbL", "Sources et licences", "maillage.example.org"):
        assert said in text, said
    foot = read(made.body).pages[2].extract_text()
    assert "Territoire : Creuse" in foot and "ODbL" in foot


@pytest.mark.usefixtures("here")
def test_no_person_is_printed() -> None:
    assert "Camille" not in words(printed().body)


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("paper", [Paper.A4, pytest.param(Paper.A5, marks=pytest.mark.slow)])
def test_it_is_tagged_has_its_language_bookmarks_fonts_and_told_pictures(paper: Paper) -> None:
    with translation.override("en"):
        body = directory(selection(), paper, Order.BY_COMMUNE).body
    assert is_tagged(body, "en") and not fonts_not_inside(body) and not figures_without_words(body)
    titles = [each.title for each in read(body).outline if not isinstance(each, list)]
    assert titles == [
        "Creuse", "How to read this directory", "Map", "Aubusson Creuse", "Felletin Creuse",
        "Commune not given", "Index", "Sources and licences",
    ]  # fmt: skip
    page = read(body).pages[0].mediabox
    wanted = (210, 297) if paper == Paper.A4 else (148, 210)
    assert (round(float(page.width) * 25.4 / 72), round(float(page.height) * 25.4 / 72)) == wanted


@pytest.mark.usefixtures("here")
def test_of_nothing_it_says_what_to_do() -> None:
    made = directory(selection("q=introuvable"))
    assert made.number == 0 and "Rien à imprimer" in words(made.body)


@pytest.mark.usefixtures("here")
def test_as_many_as_it_may_hold_are_printed_and_one_more_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directories, "MOST", 4)
    assert directory(selection()).number == 4
    make_initiative("Une de plus")
    with pytest.raises(TooMany):
        directory(selection())


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    "name",
    [
        pytest.param("W" * 300, marks=pytest.mark.slow),
        pytest.param("Très longue désignation " * 12, marks=pytest.mark.slow),
        "جمعية التضامن 🌻" * 15,
    ],
)
def test_long_names_of_any_script_still_print(name: str) -> None:
    make_initiative(name[:300], commune_id="commune-23008", summary=name * 5, street=name[:200])
    body = directory(selection(name=name)).body
    assert not fonts_not_inside(body) and "Épicerie" in words(body)


@pytest.mark.usefixtures("here")
def test_a_page_of_a4_holds_four_to_six_entries() -> None:
    for n in range(18):
        make_initiative(
            f"Initiative {n}", commune_id="commune-23008", street=f"{n} rue Haute", summary="Un texte. " * 20,
            website="https://example.org",
        )  # fmt: skip
    held = [
        len(re.findall(r"example\.org\n", page.extract_text()))
        for page in read(directory(selection("sector=alimentation&ordering=name")).body).pages
    ]
    full = [n for n in held if n][1:-1]
    assert full and all(4 <= n <= 6 for n in full), held


@pytest.mark.usefixtures("here")
def test_places_are_numbered_from_north_to_south_and_near_ones_share_a_disc() -> None:
    asked = selection("territory=departement-23")
    entries = entries_of(asked, Order.BY_SECTOR)
    drawn = directories.drawn_of(asked, entries, Paper.A4)
    assert [(entry.name, entry.spot) for entry in entries] == [
        ("Épicerie", 1),
        ("Zeste", 1),
        ("Bois local", 2),
    ]
    assert [spot.towns for spot in drawn[0].spots] == [[("Aubusson", [1, 2])], [("Felletin", [3])]]
    assert drawn[0].figure


@pytest.mark.usefixtures("here")
def test_discs_stay_apart_and_inside_however_many() -> None:
    pins = [Pin(n, 2 + (n % 40) / 900, 45.9 + (n // 40) / 900, "Aubusson") for n in range(1600)]
    (drawn,) = maps(pins, selection().criteria, 176, 205)
    places = [(float(disc.x), float(disc.y)) for disc in drawn.discs]
    assert len(places) > 50 and sum(len(spot.pins) for spot in drawn.spots) == len(pins)
    for i, (x, y) in enumerate(places):
        assert RADIUS < x < drawn.width - RADIUS and RADIUS < y < drawn.height - RADIUS
        assert all((x - a) ** 2 + (y - b) ** 2 >= (2 * RADIUS) ** 2 for a, b in places[:i])


@pytest.mark.usefixtures("here")
def test_a_land_overseas_has_a_frame_of_its_own_numbered_on() -> None:
    make_initiative("Rhum", (55.5, -21.1), commune=make_commune("97411", "Saint-Denis"))
    asked = selection()
    drawn = directories.drawn_of(asked, entries_of(asked, Order.BY_SECTOR), Paper.A5)
    assert [each.name for each in drawn] == ["", "La Réunion"]
    assert [spot.number for each in drawn for spot in each.spots] == [1, 2, 3]


@given(st.integers(1, 200))
def test_each_page_is_on_one_side_of_one_sheet_and_the_pile_folds(pages: int) -> None:
    found = sides(pages)
    held = [number for side in found for number in side if number is not None]
    assert sorted(held) == list(range(pages)) and len(found) % 2 == 0
    # What a reader calls page 1 is always on the right.
    for left, right in found:
        assert left is None or left % 2 == 1
        assert right is None or right % 2 == 0


@pytest.mark.usefixtures("here")
def test_a_folded_booklet_begins_with_its_cover_on_the_right() -> None:
    body = directory(selection(), Paper.A5).body
    number = len(read(body).pages)
    sheets = read(folded(body))
    assert len(sheets.pages) == -(-number // 4) * 2
    page = sheets.pages[0].mediabox
    assert page.width == 2 * read(body).pages[0].mediabox.width
    assert sheets.metadata.title == "Annuaire : Creuse"


def export(form: str, **options: str) -> exporting.Export:
    return exporting.Export(form=form, name="Creuse", criteria="", options=options, language="fr")


@pytest.mark.usefixtures("here")
def test_it_is_a_form_of_export_that_tells_its_progress(tmp_path: Path) -> None:
    assert {"directory-a4", "directory-a5"} <= set(exporting.forms())
    told: list[tuple[int, int, str]] = []

    def progress(done: int, total: int, message: str = "") -> None:
        told.append((done, total, message))

    asked = export("directory-a5", order="commune", pages="folded")
    assert making.make(asked, selection().criteria, tmp_path / "made.pdf", progress) == 4
    assert told == [(0, 2, "Lecture des initiatives"), (1, 2, "Mise en page"), (2, 2, "")]
    page = read((tmp_path / "made.pdf").read_bytes()).pages[0].mediabox
    assert page.width > page.height


@pytest.mark.usefixtures("here")
def test_too_many_is_said_to_whoever_asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(directories, "MOST", 3)
    with pytest.raises(CannotBeDone, match="4"):
        making.make(export("directory-a4"), selection().criteria, tmp_path / "x.pdf", lambda *a: None)
    assert not (tmp_path / "x.pdf").exists()
