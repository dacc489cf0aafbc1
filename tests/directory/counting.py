"""What stored counts are compared with, and rows brought in by COPY."""

from __future__ import annotations

from typing import Any

from directory import pyramid
from directory.clusters import clusters
from directory.facets import count, facets
from directory.models import Initiative, Sector
from territories.geometry import BBox
from tests.directory.conftest import criteria

WORLD = BBox(-180, -90, 180, 90)


def check_everything() -> None:
    """Stored counts against the rows, by the check and by plain queries."""
    assert pyramid.check() == []
    visible = Initiative.objects.visible()
    assert count(criteria("")) == visible.count()
    found = facets(criteria(""))
    assert found.placed == visible.filter(location__isnull=False).count()
    sectors = {
        sector.slug: n
        for sector in Sector.objects.all()
        if (n := sum(sector.pk in {a // 100 for a in activities} for activities in lists(visible)))
    }
    assert found.counts["sector"] == sectors
    for zoom in (0, 9, 14):
        view = clusters(criteria(""), WORLD, zoom, "")
        assert view.matched == visible.in_box(WORLD).count()
    assert clusters(criteria("sector=energie"), WORLD, 6, "").matched == len(
        [a for a in lists(visible.in_box(WORLD)) if any(each // 100 == 2 for each in a)]
    )


def lists(found: Any) -> list[list[int]]:
    return list(found.values_list("activities", flat=True))


def copy_rows(cursor: Any, rows: list[tuple[Any, ...]]) -> None:
    """Published initiatives, each (number, lon, lat)."""
    sql = """
        COPY directory_initiative (
            uuid, slug, name, language, summary, description, activities, legal_form, legal_form_note, siret,
            rna, website, email, phone, street, postcode, locality, location, precision, founded_precision,
            closed_precision, opening_hours, accepts_testimony, charter_signatory, publication,
            activity_state, origin, source, provenance, created_at, updated_at
        ) FROM STDIN
    """
    with cursor.copy(sql) as lines:
        for n, lon, lat in rows:
            lines.write_row((
                f"00000000-0000-4000-8000-{n % 16**12:012x}", f"copy-{n}", f"Ressourcerie {n}", "fr", "", "",
                "{101,205}", "scic", "", "", "", "", "", "", "", "", "", f"SRID=4326;POINT({lon} {lat})",
                "address", "", "", "", "f", "f", "published", "open", "real", "", "{}", "now", "now",
            ))  # fmt: skip
