"""The printed directories that an export may be: made in the background, one at a time in a process."""

from __future__ import annotations

import threading
from pathlib import Path

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diagnosis.wording import number
from directory.search import SearchCriteria
from exchange.exporting import Choice, register
from exchange.models import Export
from exchange.outgoing import Selection
from jobs import work
from printing.directory import MOST, Paper, TooMany, directory
from printing.entries import Order
from printing.imposing import folded

STEPS = 2
# A directory of many pages takes some hundreds of MiB while it is laid out.
turn = threading.Lock()


ORDER = Choice(
    "order",
    gettext_lazy("Rangement"),
    (
        (Order.BY_SECTOR, gettext_lazy("par secteur, puis par commune")),
        (Order.BY_COMMUNE, gettext_lazy("par commune, puis par secteur")),
    ),
)
READ, FOLDED = "read", "folded"
PAGES = Choice(
    "pages",
    gettext_lazy("Pages"),
    (
        (READ, gettext_lazy("l’une après l’autre, pour lire à l’écran ou confier à un imprimeur")),
        (FOLDED, gettext_lazy("deux par feuille A4, à imprimer recto verso puis à plier")),
    ),
)
PAPERS = {"directory-a4": Paper.A4, "directory-a5": Paper.A5}


def make(export: Export, criteria: SearchCriteria, path: Path, progress: work.Progress) -> int:
    """Print the directory of an export; how many initiatives it holds. A work of the background."""
    order = Order(ORDER.read(export.options.get(ORDER.name)))
    folds = export.options.get(PAGES.name) == FOLDED and PAPERS[export.form] == Paper.A5
    selection = Selection(criteria, export.name, [(what, value) for what, value in export.said])
    steps = iter(range(STEPS))
    with translation.override(export.language), turn:
        try:
            made = directory(
                selection, PAPERS[export.form], order, lambda said: progress(next(steps), STEPS, said),
                tagged=not folds,
            )  # fmt: skip
        except TooMany as refused:
            raise work.CannotBeDone(too_many(refused.number)) from None
        path.write_bytes(folded(made.body) if folds else made.body)
    progress(STEPS, STEPS)
    return made.number


def too_many(found: int) -> str:
    said = _(
        "Un annuaire imprimé tient {most} initiatives au plus, et cette sélection en a {found} :"
        " affinez-la, par exemple un territoire ou un secteur à la fois."
    )
    return said.format(most=number(MOST), found=number(found))


register("directory-a4", make, label=gettext_lazy("Annuaire imprimé A4 (PDF)"), choices=[ORDER])
register(
    "directory-a5", make, label=gettext_lazy("Annuaire imprimé A5, livret (PDF)"), choices=[ORDER, PAGES]
)
