"""The letters of questionnaires; what each says stands in templates/questionnaires/letters/."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from directory.letters import page
from mail.letters import Letter, register
from mail.posting import post
from questionnaires.answering import erased_on
from questionnaires.models import Response


def example() -> dict[str, Any]:
    return {
        "title": _("Profil circuit court solidaire"),
        "initiative": "",
        "link": page("people:assessment", "xxxx"),
        "day": date(2027, 11, 22),
    }


register(
    Letter(
        name="questionnaires.resume",
        title=gettext_lazy("à qui demande le lien de son auto-évaluation"),
        template="questionnaires/letters/resume.txt",
        example=example,
    )
)


def review_example() -> dict[str, Any]:
    return {
        "initiative": "L’Atelier de Felletin",
        "title": _("Profil circuit court solidaire"),
        "kind": "peer",
        "link": page("people:review", "xxxx"),
        "days": 60,
    }


register(
    Letter(
        name="questionnaires.review_asked",
        title=gettext_lazy("à qui une initiative demande de relire son profil"),
        template="questionnaires/letters/review_asked.txt",
        example=review_example,
    )
)


def send_link(response: Response, key: str, email: str, language: str) -> None:
    """Write the link of her answers to this address, which is kept with the message only."""
    day = erased_on(response)
    with override(language):
        told = {
            "title": response.version.parsed.title.say(language),
            "initiative": response.initiative.name if response.initiative else "",
            "link": page("people:assessment", key),
            "day": day and day.date(),
        }
    post("questionnaires.resume", to=email, language=language, context=told)
