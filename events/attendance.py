"""Who came: ticked on a page, or brought back from the day in a file.

The file is any table (CSV, XLSX, ODS…) with a header; its columns are recognised by their names. A line is
the registration of its e-mail address, else of its name and structure; a line that is nobody's is somebody
who came unannounced. Read first and shown (:func:`read`), written when it was seen (:func:`write`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from events.errors import RegistrationRefused
from events.holders import require_holds
from events.models import (
    LONGEST_LINE,
    LONGEST_NAME,
    Event,
    Public,
    Registration,
    RegistrationSource,
    RegistrationState,
)
from events.registering import main_sector
from events.whom import recognised, town_of
from events.workshops import hold
from formats.reading import Table, open_table
from formats.reading.header import folded
from territories.names import fold

if TYPE_CHECKING:
    from accounts.models import User

MOST_LINES = 2_000
MOST_BYTES = 2 * 2**20

# What a column may be called, folded: French and English.
NAMES: dict[str, tuple[str, ...]] = {
    "name": ("nom", "nom prenom", "nom et prenom", "prenom et nom", "participant", "name", "personne"),
    "first_name": ("prenom", "first name"),
    "email": ("courriel", "mail", "e mail", "email", "adresse mail", "adresse electronique"),
    "structure": ("structure", "organisme", "organisation", "entreprise", "association", "initiative"),
    "town": ("commune", "ville", "town", "city"),
    "public": ("public", "en tant que", "qualite", "as"),
    "came": ("present", "presence", "presente", "emargement", "venu", "est venu", "came", "present e"),
}
YES = {"oui", "o", "x", "1", "vrai", "present", "presente", "yes", "true", "p", "ok", "v", "✓", "✔", "☑"}
NO = {"non", "n", "0", "faux", "absent", "absente", "no", "false", "a", "excuse", "excusee", "-"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it was understood. ``registration``: whose it is, None for a walk-in; ``came`` None where
    the cell says neither yes nor no, which ``fault`` tells."""

    line: int
    name: str
    email: str = ""
    structure: str = ""
    town: str = ""
    public: str = ""
    came: bool | None = True
    registration: int | None = None
    fault: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def read(event: Event, path: Path, file_name: str) -> list[Line]:
    """Understand a file. ``formats.reading.Unreadable``, or RegistrationRefused where no column is a name."""
    table = open_table(path, file_name, most_bytes=MOST_BYTES, most_rows=MOST_LINES)
    places = columns_of(table)
    if "name" not in places and "email" not in places:
        raise RegistrationRefused(
            _("Aucune colonne ne s’appelle « Nom » ni « Courriel » : on ne sait pas qui est venu.")
        )
    known = Known(event)
    lines = []
    for row in table.rows():
        said = {name: text(row.cells, place) for name, place in places.items()}
        if said.get("first_name"):
            said["name"] = f"{said['first_name']} {said.get('name', '')}".strip()
        if said.get("name") or said.get("email"):
            lines.append(understood(row.line, said, known, marked="came" in places))
    return lines


def columns_of(table: Table) -> dict[str, int]:
    """Where each thing stands: the first column of one of its names."""
    found: dict[str, int] = {}
    for place, title in enumerate(table.columns):
        plain = folded(title)
        for name, titles in NAMES.items():
            if name not in found and plain in {folded(each) for each in titles}:
                found[name] = place
    return found


def text(cells: Sequence[Any], place: int) -> str:
    value = cells[place] if place < len(cells) else None
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    return " ".join(str(value).split())


def understood(line: int, said: Mapping[str, str], known: Known, *, marked: bool) -> Line:
    came, fault = presence(said.get("came", ""), marked)
    email = said.get("email", "").lower()
    try:
        validate_email(email)
    except ValidationError:
        email = ""
    name = (said.get("name") or email)[:LONGEST_NAME]
    found = known.find(name, email, said.get("structure", ""))
    if found == known.SEVERAL:
        fault = fault or _("plusieurs inscrits portent ce nom : cochez la bonne personne à la main")
        found, came = None, None
    return Line(
        line=line,
        name=name,
        email=email,
        structure=said.get("structure", "")[:LONGEST_NAME],
        town=said.get("town", "")[:LONGEST_LINE],
        public=public_of(said.get("public", "")),
        came=came,
        registration=found,
        fault=fault,
    )


def presence(cell: str, marked: bool) -> tuple[bool | None, str]:
    """Whether she came, and what is wrong with the cell. Without such a column, all who are listed came."""
    plain = fold(cell)
    if not marked:
        return True, ""
    if not plain:
        return False, ""
    if plain in YES:
        return True, ""
    if plain in NO:
        return False, ""
    return None, _("« {cell} » ne dit ni oui ni non").format(cell=cell[:40])


def public_of(said: str) -> str:
    """The public of this code or label, in the singular or not; empty where there is none."""
    plain = fold(said).rstrip("s")
    for each in Public:
        if plain and plain in (each.value, *(word.rstrip("s") for word in [fold(str(each.label))])):
            return each.value
    return ""


class Known:
    """The registrations of an event, by what a file may say of them."""

    SEVERAL = -1

    def __init__(self, event: Event) -> None:
        rows = event.registrations.exclude(state=RegistrationState.CANCELLED)
        self.by_email = {row.email.lower(): row.pk for row in rows if row.email}
        self.by_name: dict[str, list[Registration]] = {}
        for row in rows:
            self.by_name.setdefault(key_of(row.name), []).append(row)

    def find(self, name: str, email: str, structure: str) -> int | None:
        if email in self.by_email:
            return self.by_email[email]
        same = self.by_name.get(key_of(name), [])
        if len(same) > 1 and structure:
            same = [row for row in same if fold(row.structure) == fold(structure)]
        if len(same) > 1:
            return self.SEVERAL
        return same[0].pk if same else None


def key_of(name: str) -> str:
    """« DURAND Anne » and « Anne Durand » are one."""
    return " ".join(sorted(fold(name).split()))


@dataclass(frozen=True, slots=True)
class Written:
    came: int
    absent: int
    walk_ins: int
    left_out: int


@transaction.atomic
def write(event: Event, by: User, lines: Iterable[Mapping[str, Any]]) -> Written:
    """Write what was read and seen. Done twice, it is done once: a walk-in is found again by name."""
    require_holds(by, event)
    row = hold(event)
    check_begun(row)
    done = Counter[str]()
    known = Known(row)
    for line in (Line(**each) for each in lines):
        if line.came is None:
            done["left_out"] += 1
        elif (found := line.registration or known.find(line.name, line.email, line.structure)) is not None:
            event.registrations.filter(pk=found).update(came=line.came)
            done["came" if line.came else "absent"] += 1
        elif line.came:
            walk_in(row, line)
            done["walk_ins"] += 1
        else:
            done["left_out"] += 1
    return Written(done["came"], done["absent"], done["walk_ins"], done["left_out"])


def too_soon(event: Event) -> bool:
    """Before the day nobody came: presences are taken from its first day on."""
    return timezone.localdate(event.start) > timezone.localdate()


def check_begun(event: Event) -> None:
    if too_soon(event):
        raise RegistrationRefused(_("L’évènement n’a pas commencé : personne n’y est encore venu."))


def walk_in(event: Event, line: Line) -> Registration:
    """Somebody who came unannounced: nobody asked her anything, so nothing is agreed to."""
    commune = town_of(line.town, event) if line.town else None
    initiative = recognised(line.structure, commune)
    return Registration.objects.create(
        event=event, name=line.name, email=line.email, structure=line.structure, town=line.town,
        commune=commune, initiative=initiative, sector=main_sector(initiative),
        public=line.public or Public.OTHER, language=event.language, source=RegistrationSource.WALK_IN,
        came=True,
    )  # fmt: skip


@transaction.atomic
def tick(event: Event, by: User, came: Iterable[int], absent: Iterable[int]) -> int:
    """Write presences by hand, for these registrations of the event; how many were written."""
    require_holds(by, event)
    row = hold(event)
    check_begun(row)
    rows = row.registrations.exclude(state=RegistrationState.CANCELLED)
    return rows.filter(pk__in=list(came)).update(came=True) + rows.filter(pk__in=list(absent)).update(
        came=False
    )
