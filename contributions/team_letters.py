"""The letters of those who keep a page: claims, invitations, what others changed there."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory.letters import page
from mail.letters import Letter, register


def team_example() -> dict[str, Any]:
    """What the letters of claims and of colleagues are previewed with."""
    return {
        "initiative": "Repair café de Felletin",
        **{name: _("Camille") for name in ("inviter", "person")},
        "asker": f"{_('Camille')} (camille@example.org)",
        "hours": 48,
        "day": date(2027, 1, 31),
        "link": page("people:claim_answer", "xxxx"),
        "page": page("frontend:about"),
        "fields": [_("Horaires"), _("Description")],
        "hands": [_("par la modération")],
        "whys": [_("D’après le site de l’association.")],
        "hidden": False,
        "stop": page("people:own_initiatives"),
    }


for name, title in [
    ("claim", gettext_lazy("à l’adresse d’une initiative, quand une personne dit en tenir la page")),
    ("colleague", gettext_lazy("à une personne que l’on invite à tenir une page")),
    ("colleague_came", gettext_lazy("à qui tient une page, quand une personne invitée accepte")),
    ("changed", gettext_lazy("à qui tient une page, quand d’autres la changent")),
]:
    register(
        Letter(
            name=f"contributions.{name}",
            title=title,
            template=f"contributions/letters/{name}.txt",
            example=team_example,
        )
    )
