"""A file to its rows in the database, one for each line, as they are: by COPY, in flat memory."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from pathlib import Path

import msgspec
from django.db import connection, transaction

from accounts.models import User
from exchange.models import Import, Profile, State
from exchange.recognition import complete_columns
from formats.reading import open_table
from formats.reading.table import Table, Value

READ = "COPY exchange_candidate (batch_id, line, cells) FROM STDIN"
OPTIONS = ("sheet", "layer", "encoding", "delimiter")


def stage(path: Path, name: str, profile: Profile, by: User | None = None, **options: str) -> Import:
    """Read a file called ``name`` into an import, in one transaction; its columns are recognised where the
    profile does not know them. ``options``: sheet, layer, encoding, delimiter. Raises Unreadable."""
    table = open_table(path, name, **{key: options.get(key, "") for key in OPTIONS})  # type: ignore[arg-type]
    with transaction.atomic():
        batch = Import.objects.create(
            profile=profile, source=profile.source, by=by, file_name=name, digest=digest_of(path),
            header=table.columns, format={key: getattr(table, key) for key in ("format", *OPTIONS)},
        )  # fmt: skip
        batch.rows = _copy(batch, table)
        batch.remarks = [asdict(remark) for remark in table.remarks]
        batch.save(update_fields=["rows", "remarks"])
        complete_columns(profile, batch)
    return batch


def unfinished(path: Path, profile: Profile) -> Import | None:
    """The import of this very file by this profile that was begun and not ended."""
    begun = Import.objects.filter(profile=profile, state__in=(State.READ, State.PLANNED, State.APPLYING))
    return begun.filter(digest=digest_of(path)).order_by("-pk").first()


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


encode = msgspec.json.Encoder().encode


def as_json(cells: tuple[Value, ...]) -> str:
    """The cells of a row as PostgreSQL holds them: what no text can be becomes the sign that says so."""
    try:
        said = encode(cells)
    except UnicodeEncodeError:  # half a sign, as some JSON has it
        said = encode([_sound(cell) for cell in cells])
    if b"\\u0000" in said:
        said = encode([_sound(cell) for cell in cells])
    return said.decode()


def _sound(cell: Value) -> Value:
    if not isinstance(cell, str):
        return cell
    return cell.encode(errors="replace").decode().replace("\0", "\ufffd")


def _copy(batch: Import, table: Table) -> int:
    count = 0
    with connection.cursor() as cursor, cursor.copy(READ) as copy:
        for row in table.rows():
            copy.write_row((batch.pk, row.line, as_json(row.cells)))
            count += 1
    with connection.cursor() as cursor:  # or the planner would believe that there is next to nothing
        cursor.execute("ANALYZE exchange_candidate (batch_id, line)")
    return count
