"""Two listings of one initiative, made one by who moderates both: which stays, what it takes of the other.

All that hangs on the other goes over to it (``directory.publishing.merge``), and its address leads there.
What is written in a field stays, unless the moderator takes what the other says; its provenance comes too.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from contributions import team_letters
from contributions.errors import ListingChanged
from contributions.fields import FIELDS, differing, told, write
from contributions.moderating import Difference, capacity, check_changed, newest_event, taken
from contributions.near import Likely, near
from directory import publishing
from directory.errors import MergeRefused
from directory.history import noting
from directory.locking import lock
from directory.models import Initiative, LegalForm, Origin, Precision, Publication, ServedTerritory
from directory.permissions import Action, require
from directory.ties import owners

VIA = "site"
# What no form of a listing shows, each with what goes with it.
UNASKED = {"founded": ["founded_precision"], "locality": [], "legal_form_note": [], "parent": []}
# Taken like a field: where the other goes, or delivers; those who keep its page.
SERVED, TEAM = "served", "team"


def twins(listing: Initiative, by: User) -> list[Likely]:
    """Those that may be the same, or stand near; drafts and hidden ones too where ``by`` moderates them."""
    return near(told(listing), but=listing, by=by)


def better(one: Initiative, other: Initiative) -> tuple[Initiative, Initiative]:
    """The one that is rather kept, then the other: published, with a team, which says more, which was there
    first."""

    def worth(each: Initiative) -> tuple[bool, bool, int, int]:
        said = sum(map(says, told(each).items()))
        return each.publication == Publication.PUBLISHED, owners(each).exists(), said, -each.pk

    return (one, other) if worth(one) >= worth(other) else (other, one)


def differences(kept: Initiative, gone: Initiative) -> list[Difference]:
    """What the other says, and the one that is kept does not, or says otherwise."""
    now, said = told(kept), differing(kept, dict(filter(says, told(gone).items())))
    return [
        Difference(name, now[name], now[name], said[name], kept.provenance.get(name) or {})
        for name in FIELDS if name in said
    ]  # fmt: skip


def says(field: tuple[str, Any]) -> bool:
    """Whether a field, by its name and what it holds, says something."""
    return field[1] not in (None, "", [], LegalForm.UNKNOWN)


def lacking(kept: Initiative, gone: Initiative) -> set[str]:
    """The fields of which the one that is kept says nothing, or no point nearer than its commune; but for
    what a person left out on purpose."""
    found = {
        each.field for each in differences(kept, gone)
        if not says((each.field, each.now)) and not each.note.get("by", "").startswith(publishing.ACCOUNT)
    }  # fmt: skip
    if kept.precision == Precision.BLURRED:  # at somebody's home, on purpose
        found -= {"street", "location"}
    elif kept.precision == Precision.COMMUNE != gone.precision and gone.location:
        found.add("location")
    return found | ({SERVED} if served(kept, gone) else set())


def served(kept: Initiative, gone: Initiative) -> list[str]:
    """The names of the territories that the other serves and the one that is kept does not."""
    rows = _served(kept, gone).select_related("territory").order_by("territory__name", "pk")
    return [each.territory.name for each in rows]


@transaction.atomic
def unite(
    kept: Initiative, gone: Initiative, by: User, why: str,
    *, take: Collection[str] = (), seen: tuple[int, int] | None = None,
) -> Initiative:  # fmt: skip
    """Make one of them, with the fields of the other that ``take`` names, and its team; both teams are told.

    NotAllowed for who does not moderate both, or the place that it would move to; ListingChanged where one is
    no more as in ``seen`` (an event of each), or not there any more; ProposalRefused with what a field cannot
    hold; MergeRefused where they cannot be one.
    """
    lock(kept.pk, gone.pk)
    kept, gone = _there(kept), _there(gone)
    for each in (kept, gone):
        require(by, Action.MERGE_INITIATIVES, each)
    if seen is not None and seen != (newest_event(kept), newest_event(gone)):
        raise ListingChanged
    if (kept.origin == Origin.REAL) != (gone.origin == Origin.REAL):
        raise MergeRefused(_("L’une des deux est une donnée d’exemple ou d’essai, qui s’efface en une fois."))
    if gone.publication == Publication.PUBLISHED != kept.publication:
        raise MergeRefused(_("La fiche qui reste n’est pas publiée, et l’autre l’est : gardez l’autre."))
    people = {*owners(kept), *owners(gone)}
    _take(kept, gone, by, why, take)
    publishing.merge(
        kept, gone, f"{publishing.ACCOUNT}{by.pk}", why,
        hand=capacity(by, kept), via=VIA, team=followers(gone, by) if TEAM in take else (),
    )  # fmt: skip
    team_letters.united(people - {by}, kept, gone, why)
    return kept


def followers(gone: Initiative, by: User) -> list[int]:
    """Those of its team who may keep the other page: not who decides it, for nobody grants a role to
    oneself."""
    return list(owners(gone).exclude(pk=by.pk).values_list("pk", flat=True))


def _there(listing: Initiative) -> Initiative:
    """As it is now, held."""
    row = Initiative.objects.filter(pk=listing.pk).first()
    if row is None:
        raise ListingChanged
    return row


def _take(kept: Initiative, gone: Initiative, by: User, why: str, take: Collection[str]) -> None:
    """Fields of the other, with what its provenance says of them."""
    wanted = {each.field: each.proposed for each in differences(kept, gone) if taken(each.field, take)}
    if "location" in wanted and gone.commune_id is None:
        wanted["commune"] = None  # that of the point is found
    changed = write(kept, wanted) + _take_unasked(kept, gone)
    account, hand = f"{publishing.ACCOUNT}{by.pk}", capacity(by, kept)
    if SERVED in take:
        with noting(by=account, hand=hand, via=VIA, why=why):
            if _served(kept, gone).update(initiative=kept):
                changed.append("served_territories")
    if not changed:
        return
    if {"commune", "location"} & set(changed):
        publishing.require_places(by, Action.MERGE_INITIATIVES, kept)
    check_changed(kept, changed)
    known = {name: gone.provenance[name] for name in changed if name in gone.provenance}
    kept.provenance = {**kept.provenance, **known}
    noted = [name for name in changed if name not in known]
    publishing.save(kept, noted, account, VIA, hand=hand, via=VIA, why=why)


def _take_unasked(kept: Initiative, gone: Initiative) -> list[str]:
    """What no form shows, where the one that is kept does not say it; the names of those fields."""
    changed = []
    for name, with_it in UNASKED.items():
        if name == "parent" and publishing.is_under(gone, kept):
            continue
        if says((name, getattr(gone, name))) and not says((name, getattr(kept, name))):
            for each in (name, *with_it):
                setattr(kept, each, getattr(gone, each))
            changed.append(name)
    return changed


def _served(kept: Initiative, gone: Initiative) -> QuerySet[ServedTerritory]:
    already = ServedTerritory.objects.filter(initiative=kept).values("territory")
    return ServedTerritory.objects.filter(initiative=gone).exclude(territory__in=already)
