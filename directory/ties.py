"""What ties listings together, links and memberships: who is told of it, what a merge makes of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import override

from accounts.models import User
from directory.letters import page
from directory.models import EFFECTIVE, MUTUAL, Grouping, Initiative, Link, LinkState, Membership, RoleKind
from directory.permissions import Person
from mail.posting import post

# A letter goes to so many people of one side at most.
TOLD = 20


def keeps_ties(person: Person) -> bool:
    """Whether there are initiatives or groupings whose ties are this person's to keep."""
    kinds = (RoleKind.OWNER, RoleKind.COORDINATOR)
    return isinstance(person, User) and person.roles.held().filter(kind__in=kinds).exists()


def owners(initiative: Initiative) -> QuerySet[User]:
    return holders(RoleKind.OWNER, initiative=initiative)


def coordinators(grouping: Grouping) -> QuerySet[User]:
    return holders(RoleKind.COORDINATOR, grouping=grouping)


def holders(kind: str, **target: object) -> QuerySet[User]:
    named = {f"roles__{name}": value for name, value in target.items()}
    held = Q(roles__kind=kind, roles__granted=True, roles__ended_at=None, **named)
    return User.objects.filter(held, is_active=True).order_by("pk").distinct()


def tell(people: Iterable[User], letter: str, tie: Link | Membership, by: User, reason: str = "") -> None:
    """One letter to each about a tie, in their own language, but to whoever did it; the same one once a day:
    what is said, taken back and said again in a row floods nobody."""
    what = f"link-{tie.kind}-{tie.origin_id}" if isinstance(tie, Link) else f"membership-{tie.grouping_id}"
    other = tie.target_id if isinstance(tie, Link) else tie.initiative_id
    day = timezone.localdate()
    for person in [each for each in people if each.pk != by.pk][:TOLD]:
        with override(person.language):
            context = {
                "tie": str(tie), "since": tie.since, "source": tie.source, "reason": reason,
                "link": page("people:ties"),
            }  # fmt: skip
        key = f"{letter}-{what}-{other}-{person.pk}-{day}"
        post(f"directory.{letter}", to=person.email, language=person.language, context=context, key=key)


def merged(kept: Initiative, gone: Initiative, team: Collection[int] = ()) -> None:
    """The ties of a listing follow it into the one that stays, but for what that one has already, and a link
    between the two. The word of a team follows to nobody else's page: where its people do not keep the one
    that stays, those who do, or will, answer for themselves."""
    others = left_behind(kept, gone, team)
    for link in Link.objects.filter(Q(origin=gone) | Q(target=gone)).order_by("pk"):
        here = "origin" if link.origin_id == gone.pk else "target"
        setattr(link, here, kept)
        if link.origin_id == link.target_id or (others and not taken_back(link, here)):
            continue  # it goes with the listing
        there = twin(link) if link.until is None else None
        if there is not None:
            if link.state != LinkState.CONFIRMED or there.state not in (LinkState.NOTED, LinkState.ASSERTED):
                continue
            there.delete()
        link.save()
    for membership in gone.memberships.order_by("pk"):
        membership.initiative = kept
        if others:
            membership.member_agreed_at = None
            if membership.grouping_agreed_at is None:
                continue
        if membership.until is None and not outweighs(membership, kept):
            continue
        membership.save()
    gone.stories.update(initiative=kept)


def outweighs(membership: Membership, kept: Initiative) -> bool:
    """Whether a membership has the place of the one of the listing that is kept: it has none, or only a word
    of one side that nobody declined, where this one has both. That one is gone then."""
    here = kept.memberships.filter(grouping=membership.grouping_id, until=None)
    if membership.member_agreed_at and membership.grouping_agreed_at:
        here.filter(declined_at=None).exclude(EFFECTIVE).delete()
    return not here.exists()


def left_behind(kept: Initiative, gone: Initiative, team: Collection[int]) -> bool:
    """Whether nobody of the team of the other listing keeps the one that stays, from now on (``team``) or
    already; no, where nobody keeps either."""
    somebody = owners(kept).exists() or owners(gone).exists()
    return somebody and not team and not owners(kept).filter(pk__in=owners(gone)).exists()


def taken_back(link: Link, here: str) -> bool:
    """A link without the word of this side; False where nothing of it is left."""
    there = "target" if here == "origin" else "origin"
    setattr(link, f"{here}_agreed_at", None)
    if link.asserted_by == here:
        link.asserted_by, link.declined_at = there, None
        return link.agreed_at(there) is not None
    return True


def twin(link: Link) -> Link | None:
    """The current link that says the same: the same ends, or the other way round where the relation has
    no direction."""
    same = Q(origin=link.origin_id, target=link.target_id)
    if link.kind in MUTUAL:
        same |= Q(origin=link.target_id, target=link.origin_id)
    rows = Link.objects.filter(same, kind=link.kind, until=None).exclude(pk=link.pk)
    return rows.select_related("origin", "target").first()
