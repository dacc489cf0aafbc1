"""Those who keep a page are told by mail when others change it: once a day at most, and what in, never who.

Read from the history, so that no road is forgotten: a moderator, an import, the administration. What the team
itself writes is not told to it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import override

from accounts.models import User
from contributions.models import LastTold, Unwanted
from directory import history
from directory.history import Hand, Version
from directory.letters import page
from directory.models import Initiative, Publication, Role, RoleKind
from directory.permissions import Action, require
from directory.ties import owners
from mail.posting import post

# Of what is being written, the end is waited for.
SETTLED = timedelta(minutes=15)
BETWEEN = timedelta(hours=20)
MOST_VERSIONS = 200
# Dates, or said with the field that they are about.
UNTOLD = {"verified_at", "precision", "founded_precision", "closed_precision"}


def tell(now: datetime | None = None) -> int:
    """Tell the teams of what others changed since they were told last; how many pages were told of."""
    now = now or timezone.now()
    newest = dict(
        history.events()
        .filter(pgh_obj__in=kept().values("pk"), pgh_created_at__lte=now - SETTLED)
        .values_list("pgh_obj")
        .annotate(Max("pgh_id"))
        .order_by()
    )
    known = dict(LastTold.objects.filter(pk__in=newest).values_list("pk", "event"))
    return sum(_tell_of(pk, event, now) for pk, event in newest.items() if known.get(pk) != event)


def kept() -> QuerySet[Initiative]:
    """The initiatives that somebody answers for."""
    held = Role.objects.held().filter(kind=RoleKind.OWNER)
    return Initiative.objects.filter(pk__in=held.values("initiative"))


@transaction.atomic
def _tell_of(pk: int, newest: int, now: datetime) -> bool:
    """Tell the team of one page; False where there is nothing to tell, or not yet."""
    initiative = Initiative.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
    if initiative is None:  # gone, or held by who writes it now
        return False
    last = LastTold.objects.filter(pk=pk).first() or LastTold(
        initiative=initiative, event=_before_them(initiative)
    )
    if last.sent_at and last.sent_at > now - BETWEEN:
        return False
    told = [each for each in since(initiative, last.event, newest) if concerns(each)]
    if told:
        last.sent_at = now
        for person in owners(initiative).exclude(unwanted_letters__initiative=initiative):
            _write(person, initiative, told, newest)
    last.event = newest
    last.save()
    return bool(told)


def _before_them(initiative: Initiative) -> int:
    """The last version of before anybody answered for the page: what was there already is no news."""
    first = (
        Role.objects.held().filter(kind=RoleKind.OWNER, initiative=initiative).order_by("decided_at").first()
    )
    before = history.events().filter(pgh_obj=initiative.pk)
    if first is not None and first.decided_at is not None:
        before = before.filter(pgh_created_at__lte=first.decided_at)
    return before.order_by("-pgh_id").values_list("pgh_id", flat=True).first() or 0


def since(initiative: Initiative, event: int, newest: int) -> list[Version]:
    """The versions after this event, newest first."""
    found = history.of(initiative, public=False, before=newest + 1, most=MOST_VERSIONS).found
    return [each for each in found if each.event.pgh_id > event and not each.first]


def concerns(version: Version) -> bool:
    """Whether it is news for the team: written by others, seen by the public or taken from its sight."""
    names = {change.field for change in version.changes}
    seen = version.event.publication == Publication.PUBLISHED or "publication" in names
    return seen and version.hand != Hand.OWNER and bool(names - UNTOLD or version.served or version.unserved)


def _write(person: User, initiative: Initiative, told: Iterable[Version], newest: int) -> None:
    with override(person.language):
        names = dict.fromkeys(
            change.field for each in told for change in each.changes if change.field not in UNTOLD
        )
        hands = dict(Hand.choices)
        context = {
            "initiative": initiative.name,
            "hidden": initiative.publication != Publication.PUBLISHED,
            "fields": [capfirst(str(Initiative._meta.get_field(name).verbose_name)) for name in names],  # type: ignore[union-attr]
            "hands": list(dict.fromkeys(str(hands[each.hand]) for each in told if each.hand in hands)),
            "whys": list(dict.fromkeys(each.why for each in told if each.why)),
            "link": page("people:history", initiative.slug),
            "stop": page("people:own_initiative", initiative.slug),
            # A page that is off takes no report.
            "legal": page("frontend:legal"),
        }
    key = f"changed-{initiative.uuid}-{person.pk}-{newest}"
    post("contributions.changed", person.email, person.language, context, key=key)


def wanted(person: User, initiative: Initiative) -> bool:
    return not Unwanted.objects.filter(person=person, initiative=initiative).exists()


@transaction.atomic
def want(person: User, initiative: Initiative, letters: bool) -> None:
    """Whether this person, who keeps the page, gets these letters."""
    require(person, Action.AGREE_AS_MEMBER, initiative)  # what an owner alone may do
    rows = Unwanted.objects.filter(person=person, initiative=initiative)
    if letters:
        rows.delete()
    else:
        Unwanted.objects.get_or_create(person=person, initiative=initiative)
