"""The letters of those who keep a page: claims, invitations, what others changed there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from accounts.models import User
from directory.letters import page
from directory.models import Initiative, Publication
from directory.ties import owners
from mail.letters import Letter, register
from mail.posting import post


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
        "gone": _("Repair café, Felletin"),
        "why": _("C’est le même atelier, inscrit deux fois."),
        "keeps": True,
    }


def united(people: Iterable[User], kept: Initiative, gone: Initiative, why: str) -> None:
    """To those who kept either of two listings that are one now: what became of their page, and whether they
    still answer for it."""
    still = set(owners(kept))
    for person in people:
        with override(person.language):
            context = {
                "initiative": kept.name, "gone": gone.name, "why": why, "keeps": person in still,
                "link": _where(kept, person in still),
            }  # fmt: skip
        post(
            "contributions.united", person.email, person.language, context,
            key=f"united-{gone.uuid}-{person.pk}",
        )  # fmt: skip


def _where(kept: Initiative, keeps: bool) -> str:
    """Where a person looks after the page, or asks to; what is off takes no claim."""
    if keeps:
        return page("people:own_initiative", kept.slug)
    public = kept.publication == Publication.PUBLISHED
    return page("people:claim", kept.slug) if public else page("people:roles")


for name, title in [
    ("claim", gettext_lazy("à l’adresse d’une initiative, quand une personne dit en tenir la page")),
    ("colleague", gettext_lazy("à une personne que l’on invite à tenir une page")),
    ("colleague_came", gettext_lazy("à qui tient une page, quand une personne invitée accepte")),
    ("changed", gettext_lazy("à qui tient une page, quand d’autres la changent")),
    ("united", gettext_lazy("à qui tient une page, quand elle et une autre n’en font plus qu’une")),
]:
    register(
        Letter(
            name=f"contributions.{name}",
            title=title,
            template=f"contributions/letters/{name}.txt",
            example=team_example,
            quoted=("why",),
        )
    )
