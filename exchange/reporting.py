"""What became of a file, line by line: the report that is downloaded, and the refused lines to mend."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any, TextIO

from exchange import wording
from exchange.applying import vanished
from exchange.models import Import, Match, Outcome, State
from exchange.placing import FLOOR
from exchange.problems import MENDED

# What was mended is told one by one up to so many; all of it is counted.
MOST_MENDED = 10_000


def report(batch: Import) -> dict[str, Any]:
    """All that is to be told of an import, as it would be or as it was done.

    ``rows`` = ``created`` + ``updated`` + ``unchanged`` + the lines of ``refused`` and ``to_review``.
    """
    outcomes = batch.counts.get("outcomes", {})
    found: dict[str, Any] = {
        "import": str(batch.uuid), "file": batch.file_name, "profile": batch.profile.slug,
        "source": batch.source.slug, "state": batch.state, "format": batch.format,
        "rows": batch.rows,
        "created": outcomes.get(Outcome.CREATE, 0),
        "updated": outcomes.get(Outcome.UPDATE, 0),
        "unchanged": outcomes.get(Outcome.UNCHANGED, 0),
        "refused": [], "to_review": [], "dropped_columns": _dropped_columns(batch), "dropped_values": [],
        "mended": [], "mended_count": 0, "kept": [], "places": batch.counts.get("places", {}),
        "places_to_review": [],
        "remarks": [_remark(each) for each in batch.remarks],
    }  # fmt: skip
    for line in _lines(batch):
        _add(found, *line)
    if batch.state in (State.DONE, State.UNDONE):
        found |= {key: batch.report.get(key, 0) for key in ("vanished", "returned")}
        found["vanished_list"] = vanished(batch) if batch.report.get("vanished") else []
    elif "vanishing" in batch.counts:
        found["vanishing"] = batch.counts["vanishing"]
    if "undone" in batch.report:
        found["undone"] = batch.report["undone"]
    return found


def _lines(batch: Import) -> Iterator[tuple[Any, ...]]:
    """Of the lines of which there is something to tell."""
    rows = batch.candidates.exclude(
        problems=[],
        kept={},
        outcome__in=(Outcome.CREATE, Outcome.UPDATE, Outcome.UNCHANGED),
        place_score=None,
    )
    return rows.order_by("line").values_list(
        "line", "outcome", "problems", "kept", "fields__name", "initiative__slug", "initiative__name",
        "match", "score", "reasons", "place_score", "place_said",
    ).iterator(chunk_size=2_000)  # fmt: skip


def _add(
    found: dict[str, Any], line: int, outcome: str, problems: list[dict[str, Any]], kept: dict[str, Any],
    name: str | None, slug: str | None, known: str | None, match: str, score: float | None,
    reasons: list[str], place_score: float | None, place_said: dict[str, Any],
) -> None:  # fmt: skip
    """What there is to tell of one line."""
    refusals = [each for each in problems if each["refuses"]]
    if outcome == Outcome.REFUSED:
        first, *others = [_problem(line, each) for each in refusals]
        if first["code"] == "no-activity":  # the category that none of ours corresponds to
            first |= next(
                (
                    {"column": each["column"], "value": each["value"]}
                    for each in problems
                    if each["code"] == "category"
                ),
                {},
            )
        found["refused"].append(first | ({"others": others} if others else {}))
        return
    if outcome == Outcome.TO_REVIEW:
        found["to_review"].append({
            "line": line, "name": name, "initiative": slug, "initiative_name": known, "score": score,
            "reasons": [{"code": code, "text": wording.reason(code)} for code in reasons],
        })  # fmt: skip
    for each in problems:
        if each["code"] in MENDED:
            found["mended_count"] += 1
            if found["mended_count"] <= MOST_MENDED:
                found["mended"].append(_problem(line, each))
        elif not each["refuses"]:
            found["dropped_values"].append(_problem(line, each))
    found["kept"] += [
        {"line": line, "initiative": slug, "field": field, "value": why.get("value"), "code": why["why"],
         "reason": wording.kept(why["why"], why.get("by") or "")}
        for field, why in kept.items()
    ]  # fmt: skip
    if place_score is not None and place_score < FLOOR and match != Match.UNKNOWN:
        found["places_to_review"].append(
            {"line": line, "name": name, "score": place_score, "said": wording.placed(place_said)}
        )


def _problem(line: int, each: dict[str, Any]) -> dict[str, Any]:
    return {
        "line": line, "column": each["column"], "value": each["value"], "code": each["code"],
        "reason": wording.problem(each["code"], each["said"]),
    }  # fmt: skip


def _dropped_columns(batch: Import) -> list[dict[str, Any]]:
    return [each for each in batch.counts.get("dropped_columns", []) if each["filled"]]


def _remark(each: dict[str, Any]) -> dict[str, Any]:
    return {
        "line": each["line"], "column": each["column"], "code": each["code"],
        "text": wording.remark(each["code"], each["said"]),
    }  # fmt: skip


def write_refused(batch: Import, file: TextIO) -> int:
    """The refused lines as CSV in the same shape, to mend and bring again; how many."""
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow(batch.header)
    rows = batch.candidates.filter(outcome=Outcome.REFUSED).order_by("line").values_list("cells", flat=True)
    count = 0
    for cells in rows.iterator(chunk_size=2_000):
        writer.writerow(["" if cell is None else cell for cell in cells])
        count += 1
    return count
