"""The observatory shows of every territory what its diagnosis says, and ranks none."""

from __future__ import annotations

import csv
import io
import re
from itertools import product

import pytest
from django.test import Client

from diagnosis import counting
from diagnosis.observatory import UNITS, observed
from diagnosis.report import report
from directory.models import Initiative, Sector
from territories.models import Territory
from territories.names import fold
from tests.diagnosis.conftest import country as country
from tests.diagnosis.conftest import draw_country, scatter
from tests.frontend.reading import text_of
from tests.kept import Rows, bring

pytestmark = pytest.mark.django_db
COUNTED: Rows = {}


@pytest.fixture
def counted(taxonomy: None) -> dict[str, Territory]:
    bring(COUNTED, count)
    return {each.name: each for each in Territory.objects.all()}


def count() -> None:
    scatter(draw_country(), 120, 4)
    counting.count_everything()


def test_it_says_what_the_diagnoses_say(counted: dict[str, Territory]) -> None:
    """Two roads to each figure: a sum over all communes at once, and the report of one territory."""
    reports = {each.pk: report(each) for each in counted.values()}
    energy = Sector.objects.get(slug="energie")
    for kind, code in product(("region", "departement", "epci"), UNITS):
        for sector in (energy, None):
            seen = observed(kind, code, sector.pk if sector else None)
            for row in seen.rows:
                made = reports[row.zone.id]
                if (code == "S1" and not sector) or (code == "D2" and sector) or not made.references:
                    continue  # not in the reports
                figure = made.figure(code, energy.slug if sector and seen.sector else None)
                wanted = figure.references[made.references[-1].id] if code in ("S1", "S2") else figure.value
                assert row.value == (None if wanted is None else pytest.approx(wanted)), (row.zone.name, code)
                assert (row.value is None) == bool(row.why)
                if code == "D1":
                    assert (row.low, row.high) == pytest.approx((figure.low, figure.high))


def test_territories_stand_by_name(client: Client, counted: dict[str, Territory]) -> None:
    html = text_of(client, "/observatoire/?kind=departement&indicator=D1")
    names = re.findall(r'<th scope="row"><a href="[^"]*/diagnostic/">([^<]*)', html)
    assert names == sorted(names, key=fold) == ["Corrèze", "Creuse"]


def test_its_file_holds_what_it_shows(client: Client, counted: dict[str, Territory]) -> None:
    response = client.get("/observatoire/donnees.csv?kind=departement")
    assert response["Content-Type"].startswith("text/csv") and "attachment" in response["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))
    assert [row["Nom"] for row in rows] == ["Corrèze", "Creuse"]
    for row, seen in zip(rows, observed("departement", "D1").rows, strict=True):
        (title,) = [title for title in row if title.startswith("D1 ")]
        assert seen.value is not None and float(row[title].replace(",", ".")) == pytest.approx(seen.value)


ODD = {
    "kind=commune": "n’est pas une échelle",
    "indicator=Z9": "Aucun indicateur",
    "sector=rien%00": "Aucun secteur",
    "indicator=S1": "secteur par secteur",
    "indicator=S4&sector=energie": "tous les secteurs ensemble",
    "kind=" + "x" * 10_000: "n’est pas une échelle",
    "kind=epci&kind=rien": "n’est pas une échelle",
}


def test_what_it_cannot_read_is_said(client: Client, counted: dict[str, Territory]) -> None:
    for query, said in ODD.items():
        assert said in text_of(client, f"/observatoire/?{query}"), query


def test_few_initiatives_are_said(client: Client, counted: dict[str, Territory]) -> None:
    """Twenty for two départements are enough, nineteen are not."""
    few = "Moins de 10 initiatives par territoire"
    kept = list(Initiative.objects.visible().values_list("pk", flat=True)[:20])
    for many in (20, 19):
        Initiative.objects.exclude(pk__in=kept[:many]).delete()
        Initiative.objects.update(commune=counted["Ussel"])
        counting.count_everything()
        assert (few in text_of(client, "/observatoire/")) == (many < 20)


def test_before_anything_was_counted(client: Client, country: dict[str, Territory]) -> None:
    assert client.get("/observatoire/").status_code == 503
    assert client.get("/observatoire/donnees.csv").status_code == 503
    assert client.get("/observatoire/donnees.csv?kind=commune").status_code == 400
    counting.count_everything()
    assert "aucune initiative" in text_of(client, "/observatoire/?indicator=K1-fresh")
