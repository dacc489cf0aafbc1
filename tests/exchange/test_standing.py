"""Lines that say what they said before are known without being looked for, as they would be found."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.utils import timezone

from directory.models import Initiative
from directory.publishing import save
from exchange import importing, matching
from exchange.models import Import, NeverSame
from exchange.standing import stand
from exchange.values import parse_rows
from territories.models import Territory
from tests.directory.conftest import country  # noqa: F401
from tests.exchange.bringing import done, planned, write
from tests.factories import make_initiative

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("country")]

FOUND = (
    "line", "match", "initiative", "score", "outcome", "changes", "kept", "problems", "point", "commune",
    "departement", "precision", "place_score", "place_said",
)  # fmt: skip


def found(batch: Import) -> list[tuple[Any, ...]]:
    return list(batch.candidates.order_by("line").values_list(*FOUND))


def nothing() -> None:
    pass


def renamed() -> None:
    Initiative.objects.filter(name="L'Atelier du Pont").update(name="Tout autre chose", website="")


def moved() -> None:
    made = Initiative.objects.get(name="Le Panier de Bourg")
    made.location = Point(1.6, 45.4, srid=4326)
    save(made, ["location"], "account 1", "site")


def deleted() -> None:
    Initiative.objects.filter(name="Le Panier de Bourg").delete()


def gone_to_another_commune() -> None:
    Initiative.objects.filter(name="L'Atelier du Pont").update(
        location=Point(1.5, 45.5, srid=4326), commune_id="commune-01002"
    )


def never_the_same() -> None:
    made = Initiative.objects.get(name="Le Panier de Bourg")
    source = Import.objects.latest("pk").source
    NeverSame.objects.create(source=source, key="2", initiative=made, at=timezone.now())


def joined_by_a_namesake() -> None:
    make_initiative("Le Panier de Bourg", commune_id="commune-01002")


HAPPENED = [nothing, renamed, moved, deleted, gone_to_another_commune, never_the_same, joined_by_a_namesake]


@pytest.mark.parametrize("happened", HAPPENED)
def test_what_stands_is_what_would_be_found(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    happened: Callable[[], None],
) -> None:
    path = write(folder)
    done(path)
    happened()
    batch = planned(path)
    kept = found(batch)
    monkeypatch.setattr(importing, "stand", lambda batch: 0)
    monkeypatch.setattr(matching, "STANDING", matching.STANDING + "AND false")
    assert kept == found(importing.plan(batch))


def standing(path: Path) -> int:
    batch = importing.stage(path, path.name, Import.objects.latest("pk").profile)
    parse_rows(batch)
    return stand(batch)


def test_a_line_stands_while_it_says_the_same(folder: Path) -> None:
    path = write(folder)
    done(path)
    assert standing(path) == 2  # the third is refused
    path.write_text(path.read_text().replace("05 55 51 00 00", "05 55 51 00 01"))
    assert standing(path) == 1


def test_nothing_stands_after_an_import_taken_back_nor_on_other_outlines(folder: Path) -> None:
    path = write(folder)
    batch = done(path)
    Territory.objects.filter(pk="commune-01001").update(updated_at=timezone.now())
    assert standing(path) == 0
    Territory.objects.filter(pk="commune-01001").update(updated_at=batch.created_at)
    assert standing(path) == 2
    importing.undo(batch)
    assert standing(path) == 0


def test_a_place_that_was_mended_is_looked_at_again(folder: Path) -> None:
    path = write(folder, "1;L'Atelier du Pont;Ressourcerie;;Ham;01001;0,5;45,5;;;")
    done(path)
    assert standing(path) == 0
