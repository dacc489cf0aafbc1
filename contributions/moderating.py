"""What moderators do with what was proposed: they see what it would change, take it or refuse it.

A proposal belongs to the place of the listing that it corrects, or to the place that a new one says. Where it
would move a listing, who accepts it moderates both places: nothing is published outside one's territories.
What was changed since the proposal was written is never overwritten unless the moderator names the field.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from typing import Any, NoReturn

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from contributions import letters, photos
from contributions.errors import AlreadyDecided, ListingChanged, ProposalRefused
from contributions.fields import FIELDS, check, differing, told, write
from contributions.models import Proposal, ProposalKind, ProposalState
from contributions.proposing import place
from directory import history, publishing
from directory.history import Hand
from directory.locking import lock, lock_with_listing
from directory.models import Initiative, Publication
from directory.permissions import Action, Who, moderated_q, require, standings
from territories.models import Territory

VIA = "proposal"
# What the provenance of a field says of it, with the reference of the proposal; of what was edited, the hand.
FROM_PROPOSAL, FROM_MODERATION = "proposal", "moderation"
LONGEST_REASON = 2_000


# -- What waits -------------------------------------------------------------------------------------


def queue(person: User) -> QuerySet[Proposal]:
    """The proposals that wait for this person's decision, the oldest first; ``permissions`` says the same."""
    rows = Proposal.objects.filter(state=ProposalState.WAITING).order_by("created_at", "pk")
    rows = rows.select_related("initiative", "commune", "departement").defer(
        "commune__geometry", "departement__geometry", "initiative__search"
    )
    if person.is_superuser:
        return rows
    return rows.filter(Q(initiative=None) & moderated_q(person, "") | moderated_q(person))


def place_of(proposal: Proposal) -> Initiative | Territory | None:
    """What a decision is of: the listing that is corrected, or the place of what would be new. None: no
    place is known, and administrators decide."""
    return (
        proposal.initiative or proposal.arrondissement or proposal.commune or proposal.departement
        or proposal.region
    )  # fmt: skip


# -- What it would change ---------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True, slots=True)
class Difference:
    """A field as it was when the proposal was written, as it is now, and as proposed; values as
    ``contributions.fields`` writes them. ``note`` is the provenance of what is there now."""

    field: str
    then: Any
    now: Any
    proposed: Any
    note: Mapping[str, str] = dataclasses.field(default_factory=dict)

    @property
    def done(self) -> bool:
        """Somebody wrote the same already."""
        return bool(self.now == self.proposed)

    @property
    def stale(self) -> bool:
        """Somebody wrote something else since."""
        return self.now != self.then and not self.done


def differences(proposal: Proposal) -> list[Difference]:
    """Field by field, in the order of the page; of a new listing, all that it says."""
    if proposal.initiative is None:
        said = [name for name in FIELDS if proposal.fields.get(name) not in (None, "", [])]
        return [Difference(name, None, None, proposal.fields[name]) for name in said]
    now, notes = told(proposal.initiative), proposal.initiative.provenance
    return [
        Difference(
            name, proposal.before.get(name), now[name], proposal.fields[name], notes.get(name) or {}
        )
        for name in FIELDS if name in proposal.fields
    ]  # fmt: skip


def newest_event(initiative: Initiative | None) -> int:
    """The last version of a listing, by the number of its event; 0 for none."""
    if initiative is None:
        return 0
    found = history.events().filter(pgh_obj=initiative.pk).order_by("-pgh_id").values_list("pk", flat=True)
    return found.first() or 0


# -- Deciding ---------------------------------------------------------------------------------------


@transaction.atomic
def accept(
    proposal: Proposal,
    by: User,
    edits: Mapping[str, Any] | None = None,
    *,
    take: Collection[str] | None = None,
    seen: int | None = None,
) -> Initiative:
    """Write what is proposed, as ``edits`` correct it, and tell the author; a new listing is published.

    ``take`` names the fields that are taken, all of them if nothing is said. NotAllowed for who does not
    moderate the place, or the one that it would move to; AlreadyDecided; ListingChanged where the listing is
    no more as in ``seen`` (an event), or a field that was changed since is taken without having been named;
    ProposalRefused with what is wrong, by field.
    """
    row = _waiting(proposal, by)
    listing = _listing(row)
    if seen is not None and seen != newest_event(row.initiative):
        raise ListingChanged
    stale = {each.field for each in differences(row) if each.stale}
    if take is None and not stale <= set(edits or ()):
        raise ListingChanged
    proposed = {name: value for name, value in row.fields.items() if taken(name, take)}
    changed = write(listing, check(proposed | dict(edits or {})))
    if listing.pk is None or {"commune", "location"} & set(changed):
        publishing.require_places(by, Action.MODERATE, listing)
    photo = row.photo is not None and taken("photo", take)
    if not (changed or photo) and any(not each.done for each in differences(row)):
        raise ProposalRefused({"": [_("Prenez au moins un champ, ou refusez la proposition.")]})
    check_changed(listing, changed)
    _save(listing, row, changed, by)
    _show_photo(row, listing, taken=photo)
    row.initiative, row.event = listing, newest_event(listing) if changed else None
    _decide(row, by, ProposalState.ACCEPTED)
    letters.accepted(row, edited=proposed != row.fields or bool(differing(listing, row.fields)))
    return listing


@transaction.atomic
def refuse(proposal: Proposal, by: User, reason: str) -> Proposal:
    """Refuse, and send the reason to the author; the photograph is erased. Raises as ``accept``."""
    reason = reason.replace("\x00", "").strip()
    if not 1 <= len(reason) <= LONGEST_REASON:
        raise ProposalRefused(
            {"reason": [_("Dites pourquoi, en 2 000 signes au plus : la raison est envoyée.")]}
        )
    row = _waiting(proposal, by)
    _forget_photo(row)
    _decide(row, by, ProposalState.REFUSED, reason)
    letters.refused(row)
    return row


@transaction.atomic
def merge_into(proposal: Proposal, by: User, initiative: Initiative) -> Proposal:
    """What was proposed as new is there already: from now on it waits as a correction of that listing, with
    what it says beside. Raises as ``accept``; who does it moderates both places."""
    lock(initiative.pk)
    row = _waiting(proposal, by)
    initiative = Initiative.objects.filter(pk=initiative.pk).first() or _gone()
    require(by, Action.MODERATE, initiative)
    if row.kind != ProposalKind.NEW:
        raise ProposalRefused({"": [_("Une correction a déjà sa fiche.")]})
    said = {name: value for name, value in row.fields.items() if value not in (None, "", [])}
    row.kind, row.initiative = ProposalKind.CORRECTION, initiative
    row.fields = differing(initiative, said)
    row.before = {name: value for name, value in told(initiative).items() if name in row.fields}
    row.base = newest_event(initiative)
    place(row)
    row.save()
    return row


def _waiting(proposal: Proposal, by: User) -> Proposal:
    """The proposal, locked after its listing, of which ``by`` may decide and nobody has yet."""
    row = lock_with_listing(Proposal.objects.all(), proposal.pk)
    require(by, Action.MODERATE, place_of(row))
    if row.state != ProposalState.WAITING:
        raise AlreadyDecided
    return row


def taken(name: str, take: Collection[str] | None) -> bool:
    """Whether a field is among those that are ticked; all are where nothing is said. A point goes with its
    commune and with how far it may be trusted."""
    return take is None or name in take or ("location" in take and name in ("commune", "precision"))


def _listing(row: Proposal) -> Initiative:
    if row.initiative:
        return row.initiative
    if row.kind == ProposalKind.CORRECTION:
        _gone()
    return Initiative(publication=Publication.PUBLISHED, language=row.language)


def _gone() -> NoReturn:
    raise ProposalRefused({"": [_("La fiche à corriger n’existe plus.")]})


def check_changed(listing: Initiative, changed: Collection[str]) -> None:
    """ProposalRefused where the model refuses what changed."""
    try:
        publishing.check_changed(listing, changed)
    except ValidationError as error:
        raise ProposalRefused(error.message_dict) from None


def _save(listing: Initiative, row: Proposal, changed: list[str], by: User) -> None:
    """One version of the history; the provenance tells what was edited from what was proposed."""
    if not changed:
        return
    hand = capacity(by, place_of(row))
    account, now = f"{publishing.ACCOUNT}{by.pk}", told(listing)
    edited = {name for name in changed if row.fields.get(name) != now[name]}
    note = {"at": timezone.now().isoformat(), "by": account, "from": FROM_MODERATION, "hand": str(hand)}
    listing.provenance = {**listing.provenance, **dict.fromkeys(edited, note)}
    publishing.save(
        listing, [name for name in changed if name not in edited], by=account,
        source=f"{FROM_PROPOSAL} {row.reference}", hand=hand, via=VIA,
    )  # fmt: skip


def capacity(by: User, place: Initiative | Territory | None) -> Hand:
    """In which of the two who may decide of this place does so."""
    return Hand.MODERATION if Who.MODERATOR in standings(by, place) else Hand.ADMINISTRATION


def _show_photo(row: Proposal, listing: Initiative, taken: bool) -> None:
    """It takes the place of the one that was there; not taken, it is erased."""
    if row.photo is not None and taken:
        photos.put(row.photo, listing)
    else:
        _forget_photo(row)


def _forget_photo(row: Proposal) -> None:
    photo, row.photo = row.photo, None
    if photo is not None:
        photo.delete()


def _decide(row: Proposal, by: User, state: ProposalState, reason: str = "") -> None:
    row.state, row.decided_at, row.decided_by, row.reason = state, timezone.now(), by, reason
    row.save()
