"""A profile taken away on paper: the words of its page, laid out by printing/."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _

from frontend.diagnosis.heavy import TooBusy as TooBusy
from frontend.diagnosis.heavy import turn
from frontend.profiles import Row, profile_of
from printing.profile import Advised, Chapter, Line, ProfileSheet, profile_sheet
from questionnaires.models import Response

MOST_PAPERS = 30  # of one address of the network, within the hour


def paper_of(response: Response) -> HttpResponse:
    """The PDF as an answer. TooBusy while others' are being made."""
    with turn():
        body = printed(response)
    answer = HttpResponse(body, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="profil-{response.year}.pdf"'
    return answer


def printed(response: Response) -> bytes:
    """The PDF, in the language that is active."""
    profile = profile_of(response.version.parsed, response.answers)
    return profile_sheet(
        ProfileSheet(
            title=profile.title,
            who=response.initiative.name if response.initiative else "",
            year=response.year,
            credibility=response.get_credibility_display(),
            version=response.version.number,
            radar=profile.radar,
            lines=tuple(line(row) for row in profile.rows),
            bands=tuple(profile.bands),
            advice=tuple(
                Advised(each.label, each.text, each.answer, each.advice, each.evidence)
                for each in profile.advice
            ),
            chapters=tuple(Chapter(each.label, tuple(each.answers)) for each in profile.chapters),
        )
    )


def line(row: Row) -> Line:
    score = str(row.score) if row.score is not None else "–"
    full = _("{percent} % ({answered} sur {asked})").format(
        percent=row.completeness, answered=row.answered, asked=row.asked
    )
    return Line(row.label, score, row.band or row.why, full if row.asked else "–")
