"""In which order rows are locked, so that two verbs never wait for each other.

Listings first, several by their number; then what hangs on them: proposals, claims, letters, signatures,
roles, links, memberships. Merging two listings holds both, then moves all that hangs on them: a verb that had
locked a proposal and then asked for its listing would wait for the merge, which waits for the proposal.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TypeVar

from django.db import transaction
from django.db.models import Model, QuerySet

from directory.models import Initiative

M = TypeVar("M", bound=Model)


class _Moved(Exception):
    """It hangs on another listing by now."""


def lock(*listings: int | None) -> None:
    """Hold these listings until the end of the transaction; those that are no more are passed over."""
    rows = Initiative.objects.filter(pk__in=[pk for pk in listings if pk is not None]).order_by("pk")
    list(rows.select_for_update(of=("self",)).values_list("pk"))


def lock_with_listing(rows: QuerySet[M], pk: int) -> M:
    """The one of ``rows`` that is ``pk``, held after the listing that its ``initiative`` names, if any.
    DoesNotExist of the model where it is no more.

    Where the listing was merged meanwhile, the lock is let go and asked again in the right order.
    """
    while True:
        listing = rows.order_by().values_list("initiative_id", flat=True).get(pk=pk)
        with suppress(_Moved), transaction.atomic():
            lock(listing)
            row = rows.select_for_update(of=("self",)).get(pk=pk)
            if row.initiative_id != listing:  # type: ignore[attr-defined]
                raise _Moved
            return row
