"""A diagnosis on paper: a PDF (PDF/UA) of twelve pages of A4 at most, made of the chapters of the page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Any

from django.core.cache import caches

from diagnosis.annex import Annex
from diagnosis.model import Report
from frontend.diagnosis.chapters import context_of, told
from printing.laying import laid_out, rendered, written
from printing.palette import palette
from printing.sheets import sheet

MOST_PAGES = 12
STYLES = ("css/tokens.css", "css/sectors.css", "css/paper.css")
# Rules that paint drawings, at the margin of a sheet and not for one medium: a drawing on paper knows its own
# style sheet only.
PAINTED = re.compile(r"^(?P<selectors>\.(?:chart|drawing|sector)[^{]*)\{(?P<rule>[^}]*)\}", re.MULTILINE)
PAINTING = ("css/page.css", "css/sheet.css", "css/diagnosis.css")
DRAWING = re.compile(r'<svg class="(?:chart|drawing|swatch)[^>]*>')
KEPT = 24 * 3_600  # seconds that a process holds a PDF
# What gives way where a diagnosis is longer than it may be, one more on each attempt: the list of
# initiatives, the details of levers, then the charts, whose tables stay (paper.css).
SHORTER = ("listed", "levers", "charts")
GAINED = 4  # pages, at most, by all of these


@dataclass(frozen=True, slots=True)
class Paper:
    """What is printed beside the figures. ``texts`` and ``levers`` as :func:`context_of` takes them, and how
    many levers more there are;
    ``annex`` the initiatives, None where they are not of the moment of the figures; ``address`` that of the
    page, absolute; ``title``, ``signature`` and ``examples`` (how many it counted that day) of a
    saved diagnosis."""

    report: Report
    address: str
    sector: str | None = None
    texts: Any = None
    levers: Sequence[Any] = ()
    levers_more: int = 0
    annex: Annex | None = None
    title: str = ""
    signature: str = ""
    examples: int | None = None


def pdf(paper: Paper) -> bytes:
    """The PDF, made once for the same words and figures."""
    context = context_for(paper)
    html = render(context)
    key = f"diagnosis-{sha256(html.encode()).hexdigest()}"
    found: bytes | None = caches["papers"].get(key)
    if found is None:
        found = printed(context, html)
        caches["papers"].set(key, found, KEPT)
    return found


def context_for(paper: Paper) -> dict[str, Any]:
    report = paper.report
    context = context_of(report, paper.sector, paper.texts, paper.levers)
    counted = context["identity"]["examples"] if paper.examples is None else paper.examples
    return context | {
        "examples": counted,
        "paper": True,
        "levers_more": paper.levers_more,
        "title": paper.title,
        "signature": paper.signature,
        "address": paper.address,
        "annex": paper.annex,
        "reliability": [told(report.figure(code)) for code in ("K1-verified", "K1-address", "K1-fresh")],
        "left_out": [],
    }


def render(context: dict[str, Any]) -> str:
    """One HTML document, whose drawings carry their style."""
    html = rendered("frontend/diagnosis/paper.html", context)
    style = f"<style>{painting()}</style>"
    return DRAWING.sub(lambda found: found[0] + style, html)


def printed(context: dict[str, Any], html: str) -> bytes:
    """Laid out, and again with less where it takes more pages than it may."""
    made = laid_out(html, STYLES)
    # What somebody wrote is never cut: it may take pages of its own, and nothing gives way to it in vain.
    texts = bool(context["texts"])
    attempts = 0 if texts and len(made.pages) > MOST_PAGES + GAINED else len(SHORTER)
    for given_up in range(1, attempts + 1):
        if len(made.pages) <= MOST_PAGES:
            break
        made = laid_out(render(context | {"left_out": SHORTER[:given_up]}), STYLES)
    pages = made.pages if texts else made.pages[:MOST_PAGES]
    return written(made.copy(pages))


@cache
def painting() -> str:
    """The rules that paint drawings, with colours in the place of their names."""
    colours = palette()
    text = "\n".join(map(sheet, PAINTING))
    rules = [
        f"{found['selectors']}{{{coloured(found['rule'], colours)}}}" for found in PAINTED.finditer(text)
    ]
    rules += [f".{name}{{fill:{colour}}}" for name, colour in colours.items() if name.startswith("sector-")]
    return "".join(rule for rule in rules if "var(" not in rule) + FONT


FONT = "text{font-family:'Nimbus Sans','DejaVu Sans',sans-serif}"


def coloured(rule: str, colours: dict[str, str]) -> str:
    """A rule whose variables are colours."""
    rule = re.sub(r"(?:font|font-family): *[^;]*var\([^;]*;?", "", rule)
    return re.sub(r"var\(--([a-z0-9-]+)\)", lambda found: colours.get(found[1], found[0]), rule)
