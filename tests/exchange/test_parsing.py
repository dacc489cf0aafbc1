"""A cell to a value: mended where that is certain, and said; otherwise not taken, with the reason."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from directory.models import LegalForm
from directory.validators import phone_number, siret_number
from exchange.cells import Unfit, has_failed, is_blank
from exchange.fields import Field
from exchange.parsing import READERS, USUAL_URL, valid_url

TAKEN = [
    ("siret", "443 061 841 00047", "44306184100047", ""),
    ("siret", 44306184100047.0, "44306184100047", "as-number"),
    ("siret", 44306184100047, "44306184100047", ""),
    ("siret", "44306184100047.0", "44306184100047", ""),
    ("rna", "w 751 234 567", "W751234567", ""),
    ("external_id", "12.0", "12", "as-number"),
    ("external_id", "12.01", "12.01", ""),
    ("external_id", "A-12.0", "A-12.0", ""),
    ("phone", "05.55.51.00.00", "05 55 51 00 00", ""),
    ("phone", 555510000, "05 55 51 00 00", "leading-zero"),
    ("phone", "+33 (0)5 55 51 00 00", "05 55 51 00 00", ""),
    ("phone", "05 55 51 00 00 / 06 12 34 56 78", "05 55 51 00 00", "several"),
    ("phone", "+32 2 513 89 40", "+32 2 513 89 40", ""),
    ("website", "https://exemple.fr/a", "https://exemple.fr/a", ""),
    ("website", "www.exemple.fr", "https://www.exemple.fr", "scheme"),
    ("website", "http:/exemple.fr", "https://exemple.fr", "scheme"),
    ("website", '<a href="https://exemple.fr">ici</a>', "https://exemple.fr", ""),
    ("website", "https://a.fr ; https://b.fr", "https://a.fr", "several"),
    ("email", "mailto:contact@exemple.fr", "contact@exemple.fr", ""),
    ("email", "a@exemple.fr; b@exemple.fr", "a@exemple.fr", "several"),
    ("postcode", "23000", "23000", ""),
    ("postcode", 1000, "01000", "leading-zero"),
    ("postcode", "9700.0", "09700", "leading-zero"),
    ("postcode", 900, None, "postcode"),
    ("postcode", "23000 CEDEX 9", "23000", ""),
    ("postcode", "B-1000", "B-1000", ""),
    ("commune_code", 1001, "01001", "leading-zero"),
    ("commune_code", "2a004", "2A004", ""),
    ("latitude", "46,17", 46.17, ""),
    ("latitude", "46°10'12\"N", 46.17, "degrees"),
    ("longitude", "1° 52′ 12″ O", -1.87, "degrees"),
    ("x", "612 345,6", 612345.6, ""),
    ("founded", "2004-05-06T00:00:00+02:00", "2004-05-06", ""),
    ("founded", "06/05/2004", "2004-05-06", ""),
    ("founded", "03/25/2012", "2012-03-25", "month-first"),
    ("founded", "1er mars 2010", "2010-03-01", ""),
    ("founded", "05/2004", "2004-05-01", ""),
    ("founded", 2004, "2004-01-01", ""),
    ("founded", 41000, "2012-04-01", "serial-date"),
    ("founded", "31/02/2004", None, "date"),
    ("founded", "12/03/98", None, "date"),  # of which century?
    ("name", "L&#039;<b>Atelier</b>", "L'Atelier", "markup"),
    ("name", "AMAP\u00a0de\n Felletin", "AMAP de Felletin", ""),
    ("description", "<p>Un</p><p>Deux</p>", "Un\nDeux", "markup"),
    ("opening_hours", "Mo-Fr 09:00-12:00,14:00-18:00; PH off", "Mo-Fr 09:00-12:00,14:00-18:00; PH off", ""),
    ("activity_state", "En activité", None, "activity-state"),
    ("activity_state", "Actif", "open", ""),
    ("activity_state", "Fermée", "closed", ""),
    ("language", "Français", "fr", ""),
    ("legal_form", "Société coopérative d’intérêt collectif (SCIC)", LegalForm.SCIC, ""),
    ("legal_form", "unincorporated group", LegalForm.COLLECTIVE, ""),
    ("legal_form", "SCIC SA", LegalForm.SCIC, ""),
    ("legal_form", "Association loi 1901", LegalForm.ASSOCIATION, ""),
    ("legal_form", "Autre chose", LegalForm.UNKNOWN, ""),
    ("siret", "4,43062E+13", None, "siret-rounded"),
    ("siret", "443061841", None, "siren"),
    ("siret", "44306184100048", None, "siret-check"),
    ("siret", "4430618410004", None, "siret-form"),
    ("rna", "751234567", None, "rna"),
    ("phone", "voir le site", None, "phone"),
    ("website", "en construction", None, "website"),
    ("email", "contact(at)exemple.fr", None, "email"),
    ("geo_point", "Guéret", None, "geo-point"),
    ("opening_hours", "du lundi au vendredi", None, "opening-hours"),
    ("name", "***", None, "name-empty"),
    ("name", "a" * 301, None, "too-long"),
]


@pytest.mark.parametrize(("field", "cell", "value", "code"), TAKEN)
def test_a_cell_is_read_mended_or_not_taken(field: str, cell: object, value: object, code: str) -> None:
    if value is None:
        with pytest.raises(Unfit) as refused:
            READERS[Field(field)](cell)  # type: ignore[arg-type]
        assert refused.value.code == code
    else:
        read = READERS[Field(field)](cell)  # type: ignore[arg-type]
        assert (read.value, read.mended) == (value, code)


@pytest.mark.parametrize(
    ("cell", "latitude", "longitude"),
    [
        ("46.17, 1.87", 46.17, 1.87),
        ("46.17,1.87", 46.17, 1.87),
        ("46,17 ; 1,87", 46.17, 1.87),
        ("46,17 1,87", 46.17, 1.87),
        ("[46.17, -1.87]", 46.17, -1.87),
        ("POINT(1.87 46.17)", 46.17, 1.87),
        ('{"lon": 1.87, "lat": 46.17}', 46.17, 1.87),
    ],
)
def test_a_point_in_one_cell(cell: str, latitude: float, longitude: float) -> None:
    read = READERS[Field.GEO_POINT](cell)
    assert read.beside == {"latitude": latitude, "longitude": longitude}


def test_a_whole_address_is_taken_apart() -> None:
    read = READERS[Field.ADDRESS]("4 rue du Pont, 23000 Guéret")
    assert (read.value, read.beside) == ("4 rue du Pont", {"postcode": "23000", "locality": "Guéret"})
    assert READERS[Field.ADDRESS]("4 rue du Pont").beside is None


def test_the_form_keeps_the_words_of_the_source() -> None:
    assert READERS[Field.LEGAL_FORM]("Asso 1901").beside == {"legal_form_note": "Asso 1901"}


@pytest.mark.parametrize("cell", [None, "", "  ", "-", "N/A", "néant", "Non renseigné", "NULL"])
def test_what_says_nothing_is_blank(cell: str | None) -> None:
    assert is_blank(cell)


@pytest.mark.parametrize("cell", ["0", 0, False, "Nantes", "na nantes"])
def test_what_says_little_is_not_blank(cell: object) -> None:
    assert not is_blank(cell)  # type: ignore[arg-type]


cells = st.one_of(
    st.text(max_size=40), st.integers(), st.floats(), st.booleans(),
    st.from_regex(r"[0-9+() ./-]{3,20}", fullmatch=True),
)  # fmt: skip


@given(field=st.sampled_from(list(READERS)), cell=cells)
def test_whatever_the_cell_it_is_read_or_refused(field: Field, cell: object) -> None:
    """Never another exception, and what is taken is what the column takes."""
    try:
        value = READERS[field](cell).value  # type: ignore[arg-type]
    except Unfit:
        return
    if field == Field.PHONE:
        phone_number(value)
    if field == Field.SIRET:
        siret_number(value)


@given(st.from_regex(USUAL_URL, fullmatch=True))
def test_a_usual_address_is_one_for_the_validator(url: str) -> None:
    if url.isascii() and len(url) < 253:
        try:
            valid_url(url)
        except ValidationError:
            assert url.split("/")[2].count(".") and len(url.split("/")[2]) > 200, url


@pytest.mark.parametrize("cell", ["#DIV/0!", "#N/A", "#NOM?", "#VALEUR!", "#REF! ", "Err:502", "####"])
def test_what_a_spreadsheet_shows_of_a_formula_without_value(cell: str) -> None:
    assert has_failed(cell) and not is_blank(cell)


@pytest.mark.parametrize("cell", ["#1", "# Ref", "Erratum", "#NOM", 5, None, True, "##", "Err:5"])
def test_what_only_looks_like_it(cell: object) -> None:
    assert not has_failed(cell)  # type: ignore[arg-type]


def test_an_identifier_that_is_no_identifier_is_not_cut_short() -> None:
    assert READERS[Field.EXTERNAL_ID]("9" * 500).value == "9" * 500
    with pytest.raises(Unfit):
        READERS[Field.EXTERNAL_ID]("9" * 501)
