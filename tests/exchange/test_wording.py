"""Whatever a room says by a code, a reader is told in words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

from exchange import wording
from exchange.likeness import Reason

ROOMS = Path(settings.BASE_DIR)


def codes(pattern: str, *paths: str) -> set[str]:
    """What the sources of a room say by literal codes."""
    found: set[str] = set()
    for path in paths:
        for source in ROOMS.glob(path):
            found.update(re.findall(pattern, source.read_text()))
    return found


def test_every_remark_and_refusal_of_reading_has_its_words() -> None:
    remarks = codes(r'\.add\(\s*"([a-z-]+)"', "formats/reading/*.py")
    refusals = codes(r'Unreadable\(\s*"([a-z-]+)"', "formats/reading/*.py")
    assert remarks and remarks <= wording.REMARKS.keys(), remarks - wording.REMARKS.keys()
    assert refusals and refusals <= wording.REFUSALS.keys(), refusals - wording.REFUSALS.keys()


def test_every_problem_of_a_line_has_its_words() -> None:
    said = codes(r'\bproblem\(\s*"([a-z-]+)"', "exchange/*.py") | codes(
        r'Unfit\("([a-z-]+)"', "exchange/*.py"
    )
    assert said and said <= wording.PROBLEMS.keys(), said - wording.PROBLEMS.keys()


@pytest.mark.parametrize("reason", Reason.values)
def test_every_reason_has_its_words(reason: str) -> None:
    assert wording.reason(reason) != reason


def test_what_is_said_fills_the_words() -> None:
    assert wording.remark("column-twice", {"renamed": "nom (2)"}).endswith("« nom (2) ».")
    assert wording.remark("more", {"code": "extra-cells", "count": "12"}).startswith("Et 12 autres")
    assert wording.refusal("too-large", {"most": str(200 * 2**20)}).endswith("200 Mo au plus.")
    assert wording.refusal("unclosed-quote", {}, 12).startswith("Ligne 12 : Un guillemet")
    assert wording.refusal("cell-too-long", {"most": "9"}, 3, "nom").startswith("Ligne 3, colonne « nom » :")
    assert wording.kept("source", "Réseau") == "une autre liste le dit (Réseau)"


def test_what_was_not_said_breaks_no_sentence() -> None:
    assert "?" in wording.remark("unpacked", {})
    assert wording.remark("of-another-time", {}) == "of-another-time"
