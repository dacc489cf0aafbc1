"""Selections made into files in the background, kept for a while, and given by a link that nobody guesses.

    export = exporting.ask(criteria, "xlsx", _("Alimentation en Creuse"), by=None, language="fr")
    …the worker makes it…
    exporting.pieces(export)      # its bytes, by mebibytes

What makes a form is registered: see ``register``. Nothing here holds a person.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.text import slugify
from django.utils.translation import gettext as _

from directory import version
from directory.errors import BadCriteria
from directory.filters import SearchForm
from directory.search import SearchCriteria
from exchange.errors import TooManyExports
from exchange.models import Export, ExportPiece
from jobs import work
from jobs.models import State

if TYPE_CHECKING:
    from accounts.models import User


class Form(StrEnum):
    """The forms of this room; printing adds its own."""

    CSV = "csv"
    CSV_FR = "csv-fr"
    XLSX = "xlsx"
    ODS = "ods"
    GEOJSON = "geojson"
    GPKG = "gpkg"
    KML = "kml"
    VCF = "vcf"


# How long a file is kept once it is made.
KEPT = timedelta(hours=48)
PIECE = 2**20
# Above these, nobody is served any more: an answer that says so is better than a full disk. Bytes kept in
# all, bytes of one file, files that wait to be made.
MOST_KEPT = 4 * 2**30
MOST_BYTES = 2**30
MOST_WAITING = 60
LONGEST_NAME = 200
LONGEST_FILE_NAME = 60

# Writes the file of an export at a path, and returns how many initiatives it holds.
Maker = Callable[[Export, SearchCriteria, Path, work.Progress], int]


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that a form wants to know: one of ``values``, (value, label), the first if nothing is said.

    It is asked as radio buttons, and kept in the options of the export under ``name``.
    """

    name: str
    label: str | Promise
    values: Sequence[tuple[str, str | Promise]]

    def read(self, given: str | None) -> str:
        known = [value for value, _label in self.values]
        return given if given in known else known[0]


@dataclass(frozen=True, slots=True)
class Made:
    """A form, and what makes it. ``label`` is what people call it."""

    form: str
    make: Maker
    extension: str
    media_type: str
    label: str | Promise
    choices: Sequence[Choice] = ()


_forms: dict[str, Made] = {}


def register(
    form: str,
    maker: Maker,
    *,
    extension: str = "pdf",
    media_type: str = "application/pdf",
    label: str | Promise = "",
    choices: Sequence[Choice] = (),
) -> None:
    """Another form. Called as the application starts, by the room that makes it."""
    _forms[str(form)] = Made(str(form), maker, extension, media_type, label or str(form), choices)


def forms() -> Mapping[str, Made]:
    return _forms


def file_name(name: str, form: str) -> str:
    """``maillage-alimentation-en-creuse.xlsx``: plain letters, whatever the name holds."""
    plain = slugify(name)[:LONGEST_FILE_NAME].strip("-") or "initiatives"
    return f"maillage-{plain}.{_forms[form].extension}"


def ask(
    criteria: SearchCriteria,
    form: str,
    name: str,
    by: User | None,
    language: str,
    *,
    said: Sequence[tuple[str, str]] = (),
    options: Mapping[str, Any] | None = None,
) -> Export:
    """Queue a file of what the criteria find, or return the same file where it is there or on its way.

    ``said`` are the criteria in words, ``options`` what the form wants to know besides (both JSON).
    TooManyExports where too much waits, or is kept.
    """
    asked = Export(
        form=form, name=name[:LONGEST_NAME], criteria=urlencode(sorted(criteria.params.items())), by=by,
        said=[list(each) for each in said], options=dict(options or {}), language=language,
        expires_at=timezone.now() + KEPT,
    )  # fmt: skip
    asked.fingerprint = fingerprint(asked)
    try:
        with transaction.atomic():
            return _same(asked) or _queued(asked)
    except IntegrityError:  # asked at the same time by another
        return Export.objects.get(fingerprint=asked.fingerprint)


def fingerprint(export: Export) -> str:
    """Of all that its bytes hang on, and of who may see that it was asked for."""
    parts = [
        export.form, export.name, export.criteria, export.said, export.options, export.language,
        export.by_id, version.token(),
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _same(asked: Export) -> Export | None:
    found = (
        Export.objects.select_for_update(of=("self",))
        .select_related("work")
        .filter(fingerprint=asked.fingerprint)
        .first()
    )
    if found is None or is_there(found) or is_coming(found):
        return found
    # It failed, was given up or is over: whoever holds its link is told so, and this is another.
    Export.objects.filter(pk=found.pk).update(fingerprint=None)
    return None


def _queued(asked: Export) -> Export:
    waiting = Export.objects.filter(made_at=None, work__state__in=(State.QUEUED, State.DELAYED))
    kept = Export.objects.aggregate(size=Sum("size"))["size"] or 0
    if waiting.count() >= MOST_WAITING or kept >= MOST_KEPT:
        raise TooManyExports
    asked.save()
    asked.work = work.ask(
        export_file, by=asked.by, label=_("Fichier « {name} »").format(name=asked.name)[:200],
        unique=f"export:{asked.pk}", export=asked.pk,
    )  # fmt: skip
    asked.save(update_fields=["work"])
    return asked


def is_there(export: Export, now: datetime | None = None) -> bool:
    return export.made_at is not None and export.expires_at > (now or timezone.now())


def is_coming(export: Export) -> bool:
    return export.made_at is None and export.work is not None and export.work.live


def called(key: str) -> Export | None:
    """The export that a link leads to, made or not, over or not."""
    if "\x00" in key:
        return None
    return Export.objects.select_related("work").filter(key=key).first()


@work.task("exchange.export")
def export_file(progress: work.Progress, *, export: int) -> str:
    """Make the file of an export and keep it. Done twice, it is the same."""
    found = Export.objects.filter(pk=export).first()
    if found is None or found.form not in _forms:
        raise work.CannotBeDone(_("Cet export n’existe plus."))
    with tempfile.TemporaryDirectory(prefix="maillage-export-") as folder:
        path = Path(folder) / f"export.{_forms[found.form].extension}"
        rows = _forms[found.form].make(found, criteria_of(found), path, progress)
        store(found, path, rows)
    return _("« {name} » est prêt.").format(name=found.name)


def criteria_of(export: Export) -> SearchCriteria:
    """What was asked, read again: what cannot be read any more (a listing that was deleted) must not widen
    the selection."""
    form = SearchForm(QueryDict(export.criteria), strict=True)
    try:
        form.check()
    except BadCriteria:
        raise work.CannotBeDone(_("Cette sélection ne peut plus être lue.")) from None
    return form.criteria()


def params_of(export: Export) -> dict[str, str]:
    """What was asked, as it goes into an address."""
    return {name: value for name, value in QueryDict(export.criteria).items() if isinstance(value, str)}


def store(export: Export, path: Path, rows: int | None = None) -> None:
    """Keep the bytes of the file at ``path`` for this export, from now on and for KEPT, all or nothing."""
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise work.CannotBeDone(_("Ce fichier est trop lourd pour être gardé : affinez la sélection."))
    digest = hashlib.sha256()
    with transaction.atomic(), path.open("rb") as file:
        export.pieces.all().delete()
        for place, body in enumerate(iter(lambda: file.read(PIECE), b"")):
            digest.update(body)
            ExportPiece.objects.create(export=export, place=place, body=body)
        export.rows, export.size, export.digest = rows, size, digest.hexdigest()
        export.made_at = timezone.now()
        export.expires_at = export.made_at + KEPT
        export.save(update_fields=["rows", "size", "digest", "made_at", "expires_at"])


def pieces(export: Export) -> Iterator[bytes]:
    """The bytes of its file, read as they are sent: one query for each, none held open between."""
    place = 0
    while True:
        body = ExportPiece.objects.filter(export=export, place=place).values_list("body", flat=True).first()
        if body is None:
            return
        yield bytes(body)
        place += 1


def forget(now: datetime | None = None) -> int:
    """Erase what is over; how many exports."""
    over = Export.objects.filter(expires_at__lte=now or timezone.now())
    return over.delete()[1].get("exchange.Export", 0)
