"""Links and memberships as the pages of an account show them: a sentence, how far it is agreed upon, what one
may do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from directory.belonging import Side, agreed_at, effective
from directory.models import Grouping, Initiative, Link, LinkKind, Membership
from frontend.sentences import FROM_THE_OTHER_END, agreed_last

# What one may do, in the order of the buttons, with the words on them.
AGREE, DECLINE, END, WITHDRAW, REMOVE = "agree", "decline", "end", "withdraw", "remove"
WORDS: dict[str, str | Promise] = {
    AGREE: _("Accepter"),
    DECLINE: _("Refuser"),
    END: _("Y mettre fin aujourd’hui"),
    WITHDRAW: _("Retirer ma déclaration"),
    REMOVE: _("Ce n’est pas vrai : l’enlever"),
}
STATES: dict[str, str | Promise] = {
    "to-answer": _("attend votre réponse"),
    "asserted": _("déclaré, sans réponse de l’autre"),
    "confirmed": _("confirmé des deux côtés"),
    "noted": _("noté d’après une source"),
    "declined": _("refusé par l’autre"),
    "declined-here": _("refusé par vous"),
    "ended": _("terminé"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """« ``here`` ``verb`` ``other`` », seen from ``here``; ``does`` are the keys of WORDS one may do."""

    here: str
    verb: str
    other: str
    other_href: str
    state: str
    does: tuple[str, ...]
    href: str
    since: date | None
    until: date | None
    agreed: datetime | None
    source: str

    @property
    def label(self) -> str:
        return str(STATES[self.state])

    @property
    def buttons(self) -> list[tuple[str, str]]:
        return [(each, str(WORDS[each])) for each in self.does]


def of_link(link: Link, here: Initiative) -> Shown:
    side = link.side_of(here)
    outward = side == "origin"
    other = link.target if outward else link.origin
    kind = LinkKind(link.kind)
    mine = link.agreed_at(side) is not None
    state, does = str(link.state.value), tuple[str, ...]()
    if link.until:
        state = "ended"
    elif state == "confirmed":
        does = (END,)
    elif state == "noted":
        does = (REMOVE,) if mine else (AGREE, REMOVE)
    elif state == "asserted":
        state, does = (
            ("asserted", (WITHDRAW,)) if link.asserted_by == side else ("to-answer", (AGREE, DECLINE))
        )
    elif link.asserted_by != side:
        state, does = "declined-here", (AGREE,)
    return Shown(
        here.name, str(kind.label if outward else FROM_THE_OTHER_END[kind]), other.name,
        page_of(other), state, does, reverse("people:tie_link", args=[here.slug, link.pk]),
        link.since, link.until, agreed_last(link), link.source,
    )  # fmt: skip


def of_membership(row: Membership, side: str) -> Shown:
    """Seen from the initiative, or from the grouping."""
    member, grouping = row.initiative, row.grouping
    state = "asserted"
    does: tuple[str, ...] = (WITHDRAW,)
    mine = agreed_at(row, side) is not None
    if row.until:
        state, does = "ended", ()
    elif effective(row):
        state, does = "confirmed", (END,)
    elif row.declined_at:
        state, does = ("declined", ()) if mine else ("declined-here", (AGREE,))
    elif not mine:
        state, does = "to-answer", (AGREE, DECLINE)
    agreed = None
    if row.member_agreed_at and row.grouping_agreed_at:
        agreed = max(row.member_agreed_at, row.grouping_agreed_at)
    if side == Side.MEMBER:
        words = (member.name, str(_("est membre de")), grouping.name, page_of(grouping))
        address = reverse("people:tie_membership", args=[member.slug, row.pk])
    else:
        words = (grouping.name, str(_("compte parmi ses membres")), member.name, page_of(member))
        address = reverse("people:tie_member", args=[grouping.kind, grouping.slug, row.pk])
    return Shown(*words, state, does, address, row.since, row.until, agreed, row.source)


def page_of(end: Initiative | Grouping) -> str:
    """Its public page, where there is one."""
    if isinstance(end, Grouping):
        return reverse(f"frontend:{end.kind}", args=[end.slug]) if end.published else ""
    return reverse("frontend:initiative", args=[end.slug]) if end.publication == "published" else ""


def sorted_out(shown: Iterable[Shown]) -> dict[str, list[Shown]]:
    """By what they ask of the reader: to answer, current, waiting for others, past."""
    found: dict[str, list[Shown]] = {"to_answer": [], "current": [], "waiting": [], "past": []}
    groups = {"to-answer": "to_answer", "confirmed": "current", "noted": "current", "asserted": "waiting"}
    for each in shown:
        found[groups.get(each.state, "past")].append(each)
    return found
