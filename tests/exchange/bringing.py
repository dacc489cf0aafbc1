"""A listing of three lines, and the steps by which the tests bring it in."""

from pathlib import Path
from typing import Any

from accounts.models import User
from exchange import importing
from exchange.models import Import
from exchange.profiles import named
from exchange.reporting import report
from tests.directory.conftest import country  # noqa: F401

HEADER = "Identifiant;Nom;Type;Adresse;Commune;Code Insee;Latitude;Longitude;Téléphone;Site web;Interne"
LINES = {
    "1": "1;L'Atelier du Pont;Ressourcerie;4 rue du Pont;Ham;01001;45,5;0,5;05 55 51 00 00;atelier.example;x",
    "2": "2;Le Panier de Bourg;AMAP;;Bourg;01002;45,5;1,5;;;",
    "3": "3;;AMAP;;Bourg;01002;;;;;",
}


def write(folder: Path, *lines: str, header: str = HEADER, name: str = "liste.csv") -> Path:
    path = folder / name
    path.write_text("\n".join([header, *(lines or LINES.values())]) + "\n", encoding="utf-8")
    return path


def planned(path: Path, by: User | None = None, profile: str = "reseau", **told: Any) -> Import:
    return importing.plan(importing.stage(path, path.name, named(profile, **told), by))


def done(path: Path, **told: Any) -> Import:
    return importing.apply(planned(path, **told))


def figures(batch: Import) -> tuple[int, ...]:
    """Created, updated, unchanged, refused, to review: they add up to the rows."""
    told = report(batch)
    found = (
        told["created"], told["updated"], told["unchanged"], len(told["refused"]), len(told["to_review"]),
    )  # fmt: skip
    assert sum(found) == told["rows"] == batch.rows
    return found
