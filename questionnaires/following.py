"""What profiles do when two listings of one organisation become one: they go with it."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from directory.models import Initiative
from directory.signals import initiatives_merged
from questionnaires.models import Response, Review
from questionnaires.reviewing import settle


@receiver(initiatives_merged)
def go_over(sender: type[Initiative], kept: Initiative, gone: Initiative, **_more: Any) -> None:
    """Its profiles, and what was said of others' in its name; what the two said of each other is void, for
    nobody vouches for oneself."""
    Response.objects.filter(initiative=gone).update(initiative=kept)
    Review.objects.filter(initiative=gone).update(initiative=kept)
    void = Review.objects.filter(initiative=kept, response__initiative=kept).select_related("response")
    for review in void:
        review.delete()
        settle(review.response)
