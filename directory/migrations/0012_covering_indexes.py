"""The map and the counts read tens of thousands of narrow rows from indexes that hold all they need.

By territory, and by cell of the grid (level 14, 1.7 km across in France). Columns and rows of cells go
together more than the planner would believe of itself, so it is told to look at both: otherwise it takes
what a box holds for a handful, and looks up one by one what it should hash.
"""

from typing import Any

from django.db import migrations, models
from django.db.models.expressions import CombinedExpression

VISIBLE = models.Q(("activity_state", "open"), ("publication", "published"))
PLACED = ("id", "location", "tile_x", "tile_y")
MAPPED = (*PLACED, "sector_mask", "legal_form", "activities")


def cell(field: str) -> CombinedExpression:
    return CombinedExpression(models.F(field), ">>", models.Value(10))


def index(*expressions: CombinedExpression, include: tuple[str, ...] = MAPPED, **options: Any) -> models.Index:
    return models.Index(*expressions, condition=VISIBLE, include=include, **options)


INDEXES = [
    *(index(fields=[kind], name=f"initiative_{kind}") for kind in ("epci", "departement", "region")),
    index(cell("tile_x"), cell("tile_y"), name="initiative_cells"),
    index(fields=["legal_form", "sector_mask"], name="initiative_legal_form", include=PLACED),
]
NEW = "initiative_cells"
STATISTICS = """
CREATE STATISTICS public.initiative_cells_together ON (tile_x >> 10), (tile_y >> 10)
    FROM public.directory_initiative;
ANALYZE public.directory_initiative;
"""


class Migration(migrations.Migration):
    dependencies = [("directory", "0011_postings")]
    operations = [
        *(migrations.RemoveIndex("initiative", index.name) for index in INDEXES if index.name != NEW),
        *(migrations.AddIndex("initiative", index) for index in INDEXES),
        migrations.RunSQL(STATISTICS, "DROP STATISTICS public.initiative_cells_together;"),
    ]
