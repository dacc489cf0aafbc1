"""What the page of a listing says of it above what it shows."""

from __future__ import annotations

from dataclasses import dataclass, replace

from directory.facets import count
from directory.filters import saved_form
from directory.listings import lapsed
from directory.models import Listing
from directory.search import SearchCriteria
from frontend.refusals import Refusal, refusals
from frontend.sectors import Taxonomy
from frontend.tokens import tokens


@dataclass(frozen=True, slots=True)
class ListingHead:
    """``words`` are its criteria; ``gone`` counts those of a frozen one that are no more to be shown;
    ``lapsed`` are criteria that mean nothing any more."""

    listing: Listing
    words: list[str]
    added: int
    taken_out: int
    gone: int
    lapsed: list[Refusal]


def listing_head(criteria: SearchCriteria, taxonomy: Taxonomy) -> ListingHead | None:
    """Of the listing that a search is within; None where it is within none."""
    listing = criteria.listing
    if listing is None:
        return None
    by_hand = listing.picks.filter(by_hand=True)
    whole = SearchCriteria(listing=listing, listing_criteria=criteria.listing_criteria)
    return ListingHead(
        listing=listing,
        words=words(listing, taxonomy),
        added=0 if listing.frozen_at else by_hand.filter(included=True).count(),
        taken_out=0 if listing.frozen_at else by_hand.filter(included=False).count(),
        gone=max(0, (listing.frozen_count or 0) - count(whole)) if listing.frozen_at else 0,
        lapsed=refusals(saved_form(listing.criteria or "")) if lapsed(listing) else [],
    )


def words(listing: Listing, taxonomy: Taxonomy) -> list[str]:
    """The criteria that it has, or had when it was frozen."""
    saved = listing.criteria or listing.thawed_criteria
    if not saved:
        return []
    return [token.label for token in tokens(replace(saved_form(saved).criteria(), listing=None), taxonomy)]
