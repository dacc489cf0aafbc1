"""A cell to a value of ours: mended where that is certain, and said; refused with a code otherwise.

Each reader takes a cell that is not blank and gives a :class:`Read`, or raises :class:`Unfit`. Pure: no
database. The texts of the codes are in :mod:`exchange.problems`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache

import phonenumbers
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.utils.translation import override
from stdnum.fr import siren, siret

from directory.models import ActivityState, LegalForm
from directory.models.initiative import DatePrecision
from exchange.cells import Cell, Read, Unfit, line, name, plain, text
from exchange.fields import Field
from territories.names import fold

LONGEST_URL = 500
LONGEST_IDENTIFIER = 500
DECIMAL = re.compile(r"\d{1,15}\.0", re.ASCII)

# -- Identifiers ------------------------------------------------------------------------------------

ROUNDED = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d+")


def siret_number(cell: Cell) -> Read:
    """Fourteen digits with their check digit, as a spreadsheet may have left them."""
    said = plain(cell)
    if ROUNDED.fullmatch(said.replace(" ", "")):
        raise Unfit("siret-rounded")
    digits = re.sub(r"[^0-9A-Za-z]", "", re.sub(r"[.,]0+$", "", said))
    if not digits.isascii() or not digits.isdigit():
        raise Unfit("siret-form")
    if len(digits) == 14 and siret.is_valid(digits):
        return Read(digits, "as-number" if isinstance(cell, float) else "")
    if len(digits) == 13 and siret.is_valid(f"0{digits}"):
        return Read(f"0{digits}", "leading-zero")
    if len(digits) == 9 and siren.is_valid(digits):
        raise Unfit("siren")
    raise Unfit("siret-check" if len(digits) == 14 else "siret-form")


RNA = re.compile(r"W[0-9A-Z][0-9]{8}")


def rna_number(cell: Cell) -> Read:
    said = re.sub(r"[\s.\-]", "", plain(cell)).upper()
    if not RNA.fullmatch(said):
        raise Unfit("rna")
    return Read(said)


def identifier(cell: Cell) -> Read:
    if len(said := plain(cell)) > LONGEST_IDENTIFIER:
        raise Unfit("too-long", most=str(LONGEST_IDENTIFIER))
    if DECIMAL.fullmatch(said):  # of one edition « 12.0 », of the next one « 12 »
        return Read(said[:-2], "as-number")
    return Read(said)


def own_name(cell: Cell) -> Read:
    """The UUID or the slug of an initiative here, or of the address of its page here."""
    text = plain(cell)
    page = f"{settings.SITE_URL}/initiatives/"
    return Read(text.removeprefix(page).partition("/")[0] if text.startswith(page) else text[:500])


# -- How to reach it --------------------------------------------------------------------------------

valid_url = URLValidator(schemes=["http", "https"])
# As most are: told without the validator, which takes its time.
USUAL_URL = re.compile(
    r"https?://(?:[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}(?:/[!#-;=?-\[\]_a-z~]*)?", re.I
)
SEVERAL = re.compile(r"\s*[;|\n]\s*|\s+(?:ou|et|/|-)\s+|\s*,\s+|\s+(?=https?://)")
MARKDOWN = re.compile(r"\[[^\]]*\]\((\S+?)\)")
HREF = re.compile(r"""href=["']?([^"' >]+)""", re.IGNORECASE)


def first_of(said: str) -> tuple[str, str]:
    """The first of several values in a cell, and the code that says so."""
    parts = [part for part in SEVERAL.split(said) if part]
    return (parts[0], "several" if len(parts) > 1 else "") if parts else ("", "")


def website(cell: Cell) -> Read:
    """An http(s) address; without its scheme it is read as https."""
    said = str(cell).strip()
    if found := HREF.search(said) or MARKDOWN.search(said):
        said = found.group(1)
    said, mended = first_of(said)
    said = said.rstrip(" ,;")
    if re.match(r"(?i)https?:/{0,1}[^/]|https?;//|https?//|hhttps?://|ttps?://", said):
        said, mended = "https://" + re.sub(r"(?i)^h*t?tps?[:;]?/{0,2}", "", said), "scheme"
    elif not re.match(r"(?i)[a-z][a-z0-9+.\-]*://", said):
        said, mended = "https://" + said.lstrip("/"), mended or "scheme"
    said = re.sub(r"(?i)^(https?)://", lambda scheme: scheme.group(0).lower(), said)
    if len(said) > LONGEST_URL:
        raise Unfit("too-long", most=str(LONGEST_URL))
    try:
        if not USUAL_URL.fullmatch(said):
            valid_url(said)
    except ValidationError:
        raise Unfit("website") from None
    return Read(said, mended)


def email(cell: Cell) -> Read:
    said, mended = first_of(re.sub(r"(?i)^mailto:", "", str(cell).strip()))
    if found := re.fullmatch(r"[^<>]*<([^<>\s]+)>", said):
        said = found.group(1)
    said = said.strip(" ,.;<>").replace(" @ ", "@")
    try:
        validate_email(said)
    except ValidationError:
        raise Unfit("email") from None
    if len(said) > 254:
        raise Unfit("too-long", most="254")
    return Read(said, mended)


FRENCH_NUMBER = re.compile(r"(?:\+33|0033|33(?=[1-9]\d{8}$))?(?:\(0\))?0?([1-9])(\d{8})")
PHONES = re.compile(r"\s*(?:[;|\n]|//|\s/\s|/(?=\s*(?:0|\+))|\bou\b|\bet\b)\s*|,\s*(?=0|\+)")


def phone(cell: Cell) -> Read:
    """A number that can be dialled; French ones are written as in France, others with their country."""
    said = plain(cell)
    parts = [part for part in PHONES.split(said) if part]
    if not parts:
        raise Unfit("phone")
    mended = "several" if len(parts) > 1 else ""
    number = re.sub(r"^[^\d+(]*", "", parts[0])
    digits = re.sub(r"[\s.\-/_]", "", number)
    if found := FRENCH_NUMBER.fullmatch(digits):
        whole = f"0{found.group(1)}{found.group(2)}"
        if len(digits) == 9:
            mended = mended or "leading-zero"
        return Read(" ".join(whole[at : at + 2] for at in range(0, 10, 2)), mended)
    try:
        parsed = phonenumbers.parse(number, "FR")
    except phonenumbers.NumberParseException:
        raise Unfit("phone") from None
    if not phonenumbers.is_possible_number(parsed):
        raise Unfit("phone")
    form = phonenumbers.PhoneNumberFormat
    style = form.NATIONAL if parsed.country_code == 33 else form.INTERNATIONAL
    return Read(phonenumbers.format_number(parsed, style), mended)


# -- Places -----------------------------------------------------------------------------------------


def postcode(cell: Cell) -> Read:
    """Five digits; the zero that a spreadsheet ate is given back. Those of other countries as they are."""
    said = re.sub(r"[.,]0+$", "", plain(cell))
    said = re.sub(r"(?i)^F(?:R)?[\s\-]*(?=\d{5}$)", "", said).replace(" ", "")
    said = re.sub(r"(?i)^(\d{5})cedex.*$", r"\1", said)
    if re.fullmatch(r"\d{4}", said) and "01" <= f"0{said}"[:2] <= "09":
        return Read(f"0{said}", "leading-zero")
    if re.fullmatch(r"\d{5}", said) or re.fullmatch(r"(?=.*\d)(?=.*[A-Z])[A-Z0-9\-]{3,10}", said.upper()):
        return Read(said.upper())
    raise Unfit("postcode")


def commune_code(cell: Cell) -> Read:
    """Five signs; ours are written « commune-23008 » where they leave."""
    said = re.sub(r"[.,]0+$", "", plain(cell).removeprefix("commune-")).upper().replace(" ", "")
    if re.fullmatch(r"\d{4}", said):
        return Read(f"0{said}", "leading-zero")
    if not re.fullmatch(r"\d{5}|2[AB]\d{3}", said):
        raise Unfit("commune-code")
    return Read(said)


ADDRESS = re.compile(
    r"(?P<street>.*?)[\s,;–-]*\b(?P<postcode>\d{5})\s+(?P<locality>[^\d,;].*?)(?:[\s,;]+france)?",
    re.IGNORECASE | re.DOTALL,
)


def address(cell: Cell) -> Read:
    """« 4 rue du Pont, 23000 Guéret » to its street, postcode and locality; else all of it is the street."""
    said = line(cell)
    if found := ADDRESS.fullmatch(said.value):
        parts = {name: value.strip(" ,;-") for name, value in found.groupdict().items()}
        return Read(parts.pop("street"), said.mended, parts)
    return Read(said.value, said.mended)


DEGREES = re.compile(r"""(\d{1,3})\s*°\s*(\d{1,2})\s*['’′]\s*([\d.,]+)?\s*(?:["”″]|'')?\s*([NSEWO])""", re.I)
NUMBER = re.compile(r"[+\-]?\d+(?:\.\d+)?(?:[eE][+\-]?\d+)?")


def coordinate(cell: Cell) -> Read:
    """A number, whatever its decimal mark; degrees, minutes and seconds with their letter."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return Read(float(cell))
    said = plain(cell)
    if found := DEGREES.fullmatch(said):
        return Read(_degrees(found), "degrees")
    bare = re.sub(r"[\s°]", "", said).replace("−", "-")
    if bare.count(",") == 1 and "." not in bare:
        bare = bare.replace(",", ".")
    if not NUMBER.fullmatch(bare) or abs(float(bare)) > 1e9:
        raise Unfit("coordinate")
    return Read(float(bare))


def _degrees(found: re.Match[str]) -> float:
    whole, minutes, seconds, side = found.groups()
    value = int(whole) + int(minutes) / 60 + float((seconds or "0").replace(",", ".")) / 3600
    return round(-value if side.upper() in "SWO" else value, 7)


WKT = re.compile(r"(?i)(?:SRID=4326;)?\s*POINT\s*\(\s*(\S+)\s+(\S+)\s*\)")
NAMED = re.compile(r"""["']?(lat|lon|lng)[a-z]*["']?\s*[:=]\s*["']?([+\-]?\d+(?:\.\d+)?)""", re.I)


def geo_point(cell: Cell) -> Read:
    """« latitude, longitude » in one cell, or the text of a point (WKT, longitude first)."""
    said = plain(cell)
    if found := WKT.fullmatch(said):
        lon, lat = found.groups()
    elif len(pairs := {key.lower(): value for key, value in NAMED.findall(said)}) == 2:
        lat, lon = pairs["lat"], pairs.get("lon") or pairs.get("lng") or ""
    elif len(found_degrees := list(DEGREES.finditer(said))) == 2:
        return Read(
            None, "degrees", dict(zip(("latitude", "longitude"), map(_degrees, found_degrees), strict=True))
        )
    elif found := _pair(said):
        lat, lon = found.groups()
    else:
        raise Unfit("geo-point")
    return Read(None, "", {"latitude": coordinate(lat).value, "longitude": coordinate(lon).value})


def _pair(said: str) -> re.Match[str] | None:
    """With decimal points a comma parts the numbers; without any, « 46,17 1,87 » has decimal commas."""
    if "." in said:
        return re.fullmatch(
            r"[\[({]?\s*([+\-−]?\d+(?:\.\d+)?)\s*[,;|/\s]\s*([+\-−]?\d+(?:\.\d+)?)\s*[\])}]?", said
        )
    return re.fullmatch(
        r"[\[({]?\s*([+\-−]?\d+(?:,\d+)?)\s*(?:[;|/]|,\s|\s)\s*([+\-−]?\d+(?:,\d+)?)\s*[\])}]?", said
    )


# -- Dates ------------------------------------------------------------------------------------------

MONTHS = {
    fold(word): number
    for number, words in enumerate(
        [("janvier", "janv", "jan", "january"), ("fevrier", "fevr", "fev", "february"),
         ("mars", "mar", "march"), ("avril", "avr", "april"), ("mai", "may"), ("juin", "june"),
         ("juillet", "juil", "july"), ("aout", "august", "aug"), ("septembre", "sept", "sep", "september"),
         ("octobre", "oct", "october"), ("novembre", "nov", "november"), ("decembre", "dec", "december")],
        start=1,
    )
    for word in words
}  # fmt: skip
ISO = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2})(?:[t ]\d.*)?)?)?")
FRENCH = re.compile(r"(?:(?:le )?(\d{1,2})[-/. ])?(\d{1,2})[-/. ](\d{4})(?:[T ,]+\d.*)?")
WRITTEN = re.compile(r"(?:(?:le )?(\d{1,2})(?:er)? )?([a-z]+)\.? (\d{4})")
YEARS = (1000, 2200)
# Days that spreadsheets count from the end of 1899: 1927 to 2064, which no year can be.
SERIAL = (10_000, 60_000)


def day(cell: Cell) -> Read:
    """A date in ISO 8601 with its precision beside it (``precision``: day, month or year)."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _numbered(float(cell))
    said = fold(plain(cell))
    if said.isdigit() and len(said) == 5:
        return _numbered(float(said))
    if found := ISO.fullmatch(said):
        year, month, of_month = (int(part) if part else None for part in found.groups())
        return _date(year, month, of_month)
    if found := FRENCH.fullmatch(said):
        first, second, year = (int(part) if part else None for part in found.groups())
        if first and second and second > 12 >= first:
            return _date(year, first, second, "month-first")
        return _date(year, second, first)
    if (found := WRITTEN.fullmatch(said)) and (month := MONTHS.get(found.group(2))):
        return _date(int(found.group(3)), month, int(found.group(1)) if found.group(1) else None)
    raise Unfit("date")


def _numbered(number: float) -> Read:
    if YEARS[0] <= number <= YEARS[1] and number.is_integer():
        return _date(int(number), None, None)
    if SERIAL[0] <= number <= SERIAL[1]:
        at = date(1899, 12, 30) + timedelta(days=int(number))
        return _date(at.year, at.month, at.day, "serial-date")
    raise Unfit("date")


def _date(year: int | None, month: int | None, of_month: int | None, mended: str = "") -> Read:
    precision = DatePrecision.DAY if of_month else DatePrecision.MONTH if month else DatePrecision.YEAR
    try:
        found = date(year or 0, month or 1, of_month or 1)
    except ValueError:
        raise Unfit("date") from None
    if not YEARS[0] <= found.year <= YEARS[1]:
        raise Unfit("date")
    return Read(found.isoformat(), mended, {"precision": str(precision)})


# -- Words of a list --------------------------------------------------------------------------------

OSM_HOURS = re.compile(
    r"(?:24/7|(?:PH|SH|Mo|Tu|We|Th|Fr|Sa|Su|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|easter|week|off"
    r"|closed|open|unknown|sunrise|sunset|dawn|dusk|\d{1,2}:\d{2}|\d{1,4}|\"[^\"]*\"|[\s,;:\-+|/()\[\]])+)"
)
HOURS_SAID = re.compile(r"24/7|\d{1,2}:\d{2}|off|closed|open|sunrise|dawn")


def opening_hours(cell: Cell) -> Read:
    """The syntax of OpenStreetMap; a text of another kind is not understood by what reads these."""
    said = line(cell).value
    if not (OSM_HOURS.fullmatch(said) and HOURS_SAID.search(said)):
        raise Unfit("opening-hours")
    return Read(said)


STATES = {
    ActivityState.OPEN: "open ouvert ouverte actif active oui true vrai 1 yes existant fonctionnement",
    ActivityState.CLOSED: "closed ferme fermee cesse cessee dissoute dissous radie radiee inactif inactive"
    " disparu abandonne non false faux 0 liquidation",
    ActivityState.PLANNED: "planned projet planifie prevu emergence creation construction",
}
STATE_OF = {word: str(state) for state, words in STATES.items() for word in words.split()}


def activity_state(cell: Cell) -> Read:
    said = fold(plain(cell))
    found = {STATE_OF[word] for word in re.findall(r"\w+", said) if word in STATE_OF}
    if len(found) != 1:
        raise Unfit("activity-state")
    return Read(found.pop())


LANGUAGES = {"francais": "fr", "french": "fr", "anglais": "en", "english": "en", "breton": "br",
             "basque": "eu", "occitan": "oc", "corse": "co", "allemand": "de", "alsacien": "gsw"}  # fmt: skip


def language(cell: Cell) -> Read:
    said = fold(plain(cell))
    found = LANGUAGES.get(said, said.split("-")[0].split("_")[0])
    if not re.fullmatch("[a-z]{2}", found):
        raise Unfit("language")
    return Read(found)


# The first that the folded text holds.
FORMS: list[tuple[str, LegalForm]] = [
    (r"\bscic\b|interet collectif", LegalForm.SCIC),
    (r"\bscop\b|cooperative ouvriere|cooperative et participative|cooperative de production", LegalForm.SCOP),
    (r"\bcuma\b|cooperativ|\bcae\b", LegalForm.COOPERATIVE),
    (r"\bmutuel", LegalForm.MUTUAL),
    (r"\bfondation|fonds de dotation", LegalForm.FOUNDATION),
    (r"\basso|\bloi (?:de )?1901", LegalForm.ASSOCIATION),
    (r"\bgaec\b|\bearl\b|\bscea\b|exploitation agricole|groupement (?:agri|fonc)", LegalForm.FARM),
    (r"\bsarl\b|\bsasu?\b|\beurl\b|\bsa\b|\bsnc\b|societe|\besus\b|\bsci\b", LegalForm.COMPANY),
    (r"entrepr\w+ individuel|micro.?entre|auto.?entre|\beirl\b|\bei\b|personne phys", LegalForm.SOLE_TRADER),
    (r"commune\b|communaut|departement|region\b|public|collectivite|\bepci\b|\bccas\b|\bcias\b|mairie"
     r"|syndicat mixte|\bregie\b|etablissement d.enseignement", LegalForm.PUBLIC),
    (r"collectif|informel|sans statut", LegalForm.COLLECTIVE),
]  # fmt: skip
COMPILED = [(re.compile(pattern), form) for pattern, form in FORMS]


@lru_cache(maxsize=1)
def _labels() -> dict[str, str]:
    """Ours, by what each language of the site calls them."""
    found: dict[str, str] = {}
    for code, _language in settings.LANGUAGES:
        with override(code):
            found |= {fold(str(label)): str(value) for value, label in LegalForm.choices}
    return found


def legal_form(cell: Cell) -> Read:
    """One of ours, and the words of the source in ``legal_form_note``, whether one is recognised or not."""
    said = line(cell).value
    if said in LegalForm.values:
        return Read(said)
    folded = fold(said)
    if folded in (labels := _labels()):  # as files that left from here say it
        return Read(labels[folded])
    found = next((form for pattern, form in COMPILED if pattern.search(folded)), LegalForm.UNKNOWN)
    return Read(str(found), "", {"legal_form_note": said})


Reader = Callable[[Cell], Read]


def remembered(reader: Reader) -> Reader:
    """For what many lines say alike; a number is not taken for a truth value."""
    return lru_cache(maxsize=20_000, typed=True)(reader)


READERS: dict[Field, Reader] = {
    Field.NAME: name,
    Field.SUMMARY: line,
    Field.DESCRIPTION: text,
    Field.LEGAL_FORM: remembered(legal_form),
    Field.SIRET: siret_number,
    Field.RNA: rna_number,
    Field.WEBSITE: website,
    Field.EMAIL: email,
    Field.PHONE: phone,
    Field.ADDRESS: address,
    Field.STREET: line,
    Field.POSTCODE: remembered(postcode),
    Field.LOCALITY: remembered(line),
    Field.COMMUNE_CODE: remembered(commune_code),
    Field.DEPARTEMENT_CODE: remembered(line),
    Field.LATITUDE: coordinate,
    Field.LONGITUDE: coordinate,
    Field.GEO_POINT: geo_point,
    Field.X: coordinate,
    Field.Y: coordinate,
    Field.FOUNDED: remembered(day),
    Field.CLOSED: remembered(day),
    Field.OPENING_HOURS: opening_hours,
    Field.ACTIVITY_STATE: remembered(activity_state),
    Field.LANGUAGE: remembered(language),
    Field.EXTERNAL_ID: identifier,
    Field.MAILLAGE: own_name,
}
