"""The letters of imports; what each says stands in templates/exchange/letters/."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory.letters import page
from mail.letters import Letter, register


def failing_example() -> dict[str, Any]:
    return {
        "source": _("Adhérents du réseau des ressourceries"),
        "address": "https://example.org/adherents.csv",
        "error": _("le serveur répond par une erreur : {status}").format(status=404),
        "day": date(2027, 1, 31),
        "failures": 3,
        "link": page("people:imports"),
    }


register(
    Letter(
        name="exchange.source_failing",
        title=gettext_lazy("à qui répond d’une source, quand elle ne se lit plus"),
        template="exchange/letters/source_failing.txt",
        example=failing_example,
    )
)
