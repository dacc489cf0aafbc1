"""The letters of this room; what each says stands in templates/contributions/letters/."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from contributions.following import follow_url
from contributions.models import Proposal
from directory.letters import page
from directory.models import Publication
from mail.letters import Letter, register
from mail.posting import post


def send(letter: str, proposal: Proposal, **more: Any) -> None:
    """To the author of a proposal who left an address, in her language, with the link of the follow-up.

    Nothing that she typed is told before a moderator read it: the address may be that of somebody else.
    """
    if not proposal.email:
        return
    with override(proposal.language):
        context = {
            "initiative": proposal.name,
            "reference": proposal.reference,
            "correction": proposal.kind == "correction",
            "follow": follow_url(proposal),
            **more,
        }
    post(f"contributions.{letter}", proposal.email, proposal.language, context)


def accepted(proposal: Proposal, edited: bool) -> None:
    """Its page is there, with what was ``edited`` or left out on the way; whoever is of it may claim it."""
    listing = proposal.initiative
    public = listing is not None and listing.publication == Publication.PUBLISHED
    with override(proposal.language):
        link = page("frontend:initiative", listing.slug) if listing and public else ""
        claim = page("people:claim", listing.slug) if listing and public else ""
    send("accepted", proposal, link=link, claim=claim, edited=edited)


def refused(proposal: Proposal) -> None:
    send("refused", proposal, reason=proposal.reason)


def example() -> dict[str, Any]:
    return {
        "initiative": "Repair café de Felletin",
        "reference": "7KQ4M2XP",
        "correction": False,
        "follow": page("frontend:proposal_followed", "xxxx"),
        "link": page("frontend:about"),
        "claim": page("frontend:about"),
        "edited": True,
        "reason": _("Nous n’avons pas pu vérifier ce que vous proposez : dites-nous où le lire."),
    }


def waiting_example() -> dict[str, Any]:
    return {
        "new": 2, "corrections": 5, "reports": 1, "claims": 1, "stories": 1, "total": 10,
        "link": page("people:moderation"), "stop": page("people:moderation_letter"),
    }  # fmt: skip


register(
    Letter(
        name="contributions.waiting",
        title=gettext_lazy("à qui modère un territoire, quand quelque chose y attend"),
        template="contributions/letters/waiting.txt",
        example=waiting_example,
    )
)


for name, title in [
    ("received", gettext_lazy("à qui propose une initiative ou une correction, à son arrivée")),
    ("confirm", gettext_lazy("à qui propose sans le calcul du navigateur, pour confirmer")),
    ("accepted", gettext_lazy("à qui a proposé une initiative ou une correction, quand elle est publiée")),
    ("refused", gettext_lazy("à qui a proposé une initiative ou une correction, quand elle est refusée")),
]:
    register(
        Letter(
            name=f"contributions.{name}",
            title=title,
            template=f"contributions/letters/{name}.txt",
            example=example,
            quoted=("reason",),
        )
    )
