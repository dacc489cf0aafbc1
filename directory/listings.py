"""Listings, the write side: named, made of criteria ± what a hand picked, frozen, shared; and what they find.

The address of a listing is its key: a name to read, then enough chance that nobody guesses it. Renewed, the
address that was sent opens nothing any more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from urllib.parse import urlencode

from django.db import transaction
from django.db.models import ForeignObjectRel, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import User
from directory.errors import ListingRefused
from directory.filters import SearchForm, saved_criteria, saved_form
from directory.models import LONGEST_LISTING_NAME, LONGEST_LISTING_NOTE, Initiative, Listing, ListingPick
from directory.permissions import Action, require
from directory.search import SearchCriteria
from directory.validators import is_in_sight

MOST = 200  # of one person
MOST_PICKS = 5_000  # of one listing, frozen ones included
LONGEST_CRITERIA = 8_000
LONGEST_SLUG = 60
KEY_LENGTH = 20  # of 36 signs: 103 bits of chance
KEY_SIGNS = "abcdefghijklmnopqrstuvwxyz0123456789"
# What a listing does not keep: what it is itself, and what only shows it.
APART = ("listing", "ids", "ordering")


# -- What a listing finds -----------------------------------------------------------------------------


def criteria_of(listing: Listing) -> SearchCriteria:
    """The search that shows exactly this listing, by name."""
    return SearchCriteria(
        listing=listing, listing_criteria=saved_criteria(listing), params={"listing": listing.slug}
    )


def lapsed(listing: Listing) -> dict[str, list[str]]:
    """Criteria that mean nothing any more, by the name of their parameter: while there is one, only what was
    picked by hand is found."""
    return saved_form(listing.criteria).refusals() if listing.criteria else {}


def own(person: User) -> QuerySet[Listing]:
    """The listings of a person, by name."""
    return Listing.objects.filter(owner=person).order_by("name", "pk")


# -- Writing it -----------------------------------------------------------------------------------------


@transaction.atomic
def create(
    by: User, name: str, note: str = "", criteria: str | None = None, picked: Collection[int] = ()
) -> Listing:
    """A listing of one's own: ``criteria`` as a query string, ``picked`` as keys of initiatives; both, or
    neither yet. NotAllowed, ListingRefused."""
    require(by, Action.MAKE_LISTING)
    User.objects.select_for_update().get(pk=by.pk)  # two requests at once do not pass the limit together
    if own(by).count() >= MOST:
        raise ListingRefused(
            _("Vous avez déjà {most} listes : effacez-en une qui ne sert plus.").format(most=MOST)
        )
    check(name, note)
    made = Listing.objects.create(slug=new_slug(name), name=name, note=note, owner=by)
    if criteria is not None:
        set_criteria(made, by, criteria)
    pick(made, by, picked)
    made.refresh_from_db()
    return made


@transaction.atomic
def rename(listing: Listing, by: User, name: str, note: str = "") -> None:
    """Another name and note, at the same address."""
    row = editable(listing, by)
    check(name, note)
    row.name, row.note = name, note
    row.save(update_fields=["name", "note", "updated_at"])


@transaction.atomic
def set_criteria(listing: Listing, by: User, criteria: str | None) -> None:
    """Replace the criteria, given as a query string; None takes them away. Initiatives that the criteria name
    one by one, or that another listing holds, are picked as they are found now.

    ListingRefused where the listing is frozen, where they cannot be read or where they ask nothing.
    """
    row = changeable(listing, by)
    row.criteria = None
    if criteria is not None:
        form = SearchForm(read(criteria))
        if refused := form.refusals():
            said = " ; ".join(f"{name} : {' '.join(messages)}" for name, messages in refused.items())
            raise ListingRefused(_("Ces critères ne peuvent pas être lus : {said}").format(said=said))
        found = form.criteria()
        asked = found.asked()
        if not asked:
            raise ListingRefused(
                _("Choisissez au moins un critère : sans lui, la liste serait tout l’annuaire.")
            )
        if asked & {"listing", "ids"}:
            keep(row, found.initiatives().values_list("pk", flat=True)[: MOST_PICKS + 1])
        else:
            row.criteria = urlencode(
                {name: value for name, value in found.params.items() if name not in APART}, safe=",:"
            )
    row.save(update_fields=["criteria", "updated_at"])


@transaction.atomic
def pick(listing: Listing, by: User, initiatives: Iterable[int]) -> int:
    """Add initiatives (their keys) by hand, whatever the criteria say; how many are picked now."""
    row = changeable(listing, by)
    added = keep(row, initiatives)
    row.save(update_fields=["updated_at"])
    return added


@transaction.atomic
def unpick(listing: Listing, by: User, initiatives: Iterable[int]) -> None:
    """Take initiatives (their keys) out by hand, those that the criteria find included."""
    row = changeable(listing, by)
    gone = set(initiatives)
    criteria = saved_criteria(row)
    found = criteria.initiatives().filter(pk__in=gone) if criteria else Initiative.objects.none()
    out = set(found.values_list("pk", flat=True))
    row.picks.filter(initiative__in=gone - out).delete()
    write(row, out, included=False)
    row.save(update_fields=["updated_at"])


@transaction.atomic
def forget_picks(listing: Listing, by: User, initiatives: Iterable[int]) -> None:
    """Undo what a hand did of these initiatives: the criteria alone decide again."""
    row = changeable(listing, by)
    row.picks.filter(initiative__in=set(initiatives)).delete()
    row.save(update_fields=["updated_at"])


@transaction.atomic
def freeze(listing: Listing, by: User) -> None:
    """Keep what the listing shows now: whatever becomes of the data, no other comes in. What is withdrawn
    from the directory is not shown any more all the same."""
    row = changeable(listing, by)
    found = list(criteria_of(row).initiatives().values_list("pk", flat=True)[: MOST_PICKS + 1])
    if not found:
        raise ListingRefused(_("Cette liste est vide : il n’y a rien à figer."))
    if len(found) > MOST_PICKS:
        raise ListingRefused(too_many())
    kept = [ListingPick(listing=row, initiative_id=each, by_hand=False) for each in found]
    ListingPick.objects.bulk_create(kept, batch_size=1_000, ignore_conflicts=True)  # those by hand are there
    row.thawed_criteria, row.criteria = row.criteria, None
    row.frozen_at, row.frozen_count = timezone.now(), len(found)
    row.save(update_fields=["criteria", "thawed_criteria", "frozen_at", "frozen_count", "updated_at"])


@transaction.atomic
def unfreeze(listing: Listing, by: User) -> None:
    """The criteria and the hand decide again, as before it was frozen."""
    row = editable(listing, by)
    row.picks.filter(by_hand=False).delete()
    row.criteria, row.thawed_criteria = row.thawed_criteria, None
    row.frozen_at = row.frozen_count = None
    row.save(update_fields=["criteria", "thawed_criteria", "frozen_at", "frozen_count", "updated_at"])


@transaction.atomic
def renew_key(listing: Listing, by: User) -> Listing:
    """Another address: the one that was sent opens nothing any more."""
    row = editable(listing, by)
    row.slug = new_slug(row.name)
    row.save(update_fields=["slug", "updated_at"])
    return row


@transaction.atomic
def discard(listing: Listing, by: User) -> None:
    editable(listing, by).delete()


# -- What others do to it ---------------------------------------------------------------------------------


def merged(kept: Initiative, gone: Initiative) -> None:
    """Picks follow a merge, unless a hand decided of the one that is kept too."""
    decided = ListingPick.objects.filter(initiative=kept).values("listing")
    ListingPick.objects.filter(initiative=gone).exclude(listing__in=decided).update(initiative=kept)


def forget(person: User) -> None:
    """With an account go its listings, but for those that something rests upon, such as an event: they stay,
    without their owner."""
    relations = [
        each
        for each in Listing._meta.get_fields(include_hidden=True)
        if isinstance(each, ForeignObjectRel) and each.related_model is not ListingPick
    ]
    for listing in own(person):
        held = (each.related_model._base_manager.filter(**{each.field.name: listing}) for each in relations)
        if not any(rows.exists() for rows in held):
            listing.delete()


# -- Its parts --------------------------------------------------------------------------------------------


def read(criteria: str) -> QueryDict:
    """A query string; ListingRefused where it is longer than one that can be kept."""
    if len(criteria) > LONGEST_CRITERIA:
        raise ListingRefused(_("Ces critères sont trop longs pour être gardés."))
    return QueryDict(criteria.removeprefix("?"))


def check(name: str, note: str) -> None:
    if not 1 <= len(name) <= LONGEST_LISTING_NAME or not is_in_sight(name) or not name.strip():
        raise ListingRefused(
            _("Donnez un nom à la liste, de {most} signes au plus.").format(most=LONGEST_LISTING_NAME)
        )
    if len(note) > LONGEST_LISTING_NOTE or "\x00" in note:
        raise ListingRefused(_("La présentation tient en {most} signes.").format(most=LONGEST_LISTING_NOTE))


def new_slug(name: str) -> str:
    begin = slugify(name)[:LONGEST_SLUG].strip("-_").replace("_", "-") or "liste"
    return "-".join([*filter(None, begin.split("-")), get_random_string(KEY_LENGTH, KEY_SIGNS)])


def editable(listing: Listing, by: User) -> Listing:
    """The row, locked, where this person may change it."""
    row = Listing.objects.select_for_update(of=("self",)).get(pk=listing.pk)
    require(by, Action.EDIT_LISTING, row)
    return row


def changeable(listing: Listing, by: User) -> Listing:
    """The row, locked, where this person may change what it holds: a frozen one holds what it held."""
    row = editable(listing, by)
    if row.frozen_at is not None:
        raise ListingRefused(_("Cette liste est figée : rendez-la vivante pour changer ce qu’elle contient."))
    return row


def keep(row: Listing, initiatives: Iterable[int]) -> int:
    """Pick these; ListingRefused beyond MOST_PICKS. Keys of initiatives that are gone since are left out."""
    added = set(initiatives)
    there = set(row.picks.values_list("initiative", flat=True))
    if len(added | there) > MOST_PICKS:
        raise ListingRefused(too_many())
    write(row, Initiative.objects.filter(pk__in=added).values_list("pk", flat=True), included=True)
    return row.picks.filter(included=True).count()


def write(row: Listing, initiatives: Iterable[int], *, included: bool) -> None:
    ListingPick.objects.bulk_create(
        [ListingPick(listing=row, initiative_id=each, included=included) for each in initiatives],
        batch_size=1_000,
        update_conflicts=True,
        update_fields=["included", "by_hand"],
        unique_fields=["listing", "initiative"],
    )


def too_many() -> str:
    return _("Une liste choisie ou figée compte {most} initiatives au plus.").format(most=MOST_PICKS)
