"""What profiles do when two listings become one, and when somebody leaves the team of an initiative."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Q
from django.dispatch import receiver

from directory.models import Initiative, Role, RoleKind
from directory.signals import initiatives_merged, role_ended
from directory.ties import left_behind
from questionnaires.answering import renew
from questionnaires.models import Response, Review, Sharing
from questionnaires.reviewing import settle


@receiver(initiatives_merged)
def go_over(
    sender: type[Initiative], kept: Initiative, gone: Initiative, team: Collection[int] = (), **_more: Any
) -> None:
    """Its profiles, and what was said of others' in its name; what the two said of each other is void, for
    nobody vouches for oneself. What a team kept to itself is shown to no other: it is of no initiative from
    now on, and whoever has its link goes on reading it."""
    # Reviews first: who answers an invitation holds it, then writes the profile that it is of.
    theirs = Review.objects.filter(Q(initiative=gone) | Q(response__initiative=gone))
    list(theirs.select_for_update(of=("self",)).order_by("pk").values_list("pk"))
    Review.objects.filter(initiative=gone).update(initiative=kept)
    if left_behind(kept, gone, team):
        Response.objects.filter(initiative=gone, sharing=Sharing.PRIVATE).update(initiative=None)
    Response.objects.filter(initiative=gone).update(initiative=kept)
    void = Review.objects.filter(initiative=kept, response__initiative=kept).select_related("response")
    for review in void:
        review.delete()
        settle(review.response)


@receiver(role_ended)
def close_links(sender: type[Role], role: Role, **_more: Any) -> None:
    """Who is of the team no more may still have the links of its profiles: they open nothing from now on,
    and the team takes new ones (:func:`questionnaires.owning.resume`)."""
    if role.kind == RoleKind.OWNER:
        rows = Response.objects.select_for_update(of=("self",)).filter(initiative=role.initiative_id)
        for row in rows.filter(key_digest__isnull=False):
            renew(row)
