"""The profile of a self-assessment on paper: the radar and its table, advice, then every answer."""

from __future__ import annotations

from dataclasses import dataclass

from printing.laying import pdf
from printing.palette import palette
from questionnaires.radar import Radar


@dataclass(frozen=True, slots=True)
class Line:
    """A dimension as it is read: its score (« 65 », or a dash), the word for it or why there is none."""

    label: str
    score: str
    said: str
    completeness: str


@dataclass(frozen=True, slots=True)
class Advised:
    label: str
    question: str
    answer: str
    advice: str
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Chapter:
    """Questions of a dimension, each with its answer in words."""

    label: str
    answers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ProfileSheet:
    """``who``: the initiative, where it is known; ``version`` of the questionnaire."""

    title: str
    year: int
    credibility: str
    version: int
    radar: Radar
    lines: tuple[Line, ...]
    bands: tuple[str, ...]
    advice: tuple[Advised, ...]
    chapters: tuple[Chapter, ...]
    who: str = ""


def profile_sheet(of: ProfileSheet) -> bytes:
    # No style sheet reaches a drawing on paper, and a template reads no name with a hyphen.
    paint = {name.replace("-", "_"): colour for name, colour in palette().items()}
    context = {"sheet": of, "radar": of.radar, "paint": paint}
    return pdf("printing/profile.html", context, ["printing/profile.css"])
