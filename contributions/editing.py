"""A page edited directly by those who keep it, or who moderate its place: no proposal, the same fields.

What was read is named by an event of the history. Fields that others wrote since are never overwritten
unseen; those that they left alone are written beside theirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.models import User
from contributions.fields import check, differing, told, write
from contributions.moderating import check_changed
from directory import history, publishing
from directory.models import Initiative
from directory.permissions import Action, Who, require, standings

SITE = "site"


class Clash(Exception):
    """Fields that somebody else wrote since they were read; ``names`` of them. Nothing was written."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(", ".join(names))
        self.names = names


def newest(initiative: Initiative) -> Any:
    """The last version of a listing, as a row of its history; None for one of before there was any."""
    return history.events().filter(pgh_obj=initiative.pk).order_by("-pgh_id").first()


def version(initiative: Initiative, event: int | None) -> Any:
    """The version that this number names, if it is of this listing; else the last."""
    rows = history.events().filter(pgh_obj=initiative.pk, pgh_id=event) if event else history.events().none()
    return rows.first() or newest(initiative)


@transaction.atomic
def edit(
    initiative: Initiative, by: User, fields: Mapping[str, Any], *, read: Any = None, why: str = ""
) -> list[str]:
    """Write these fields, as ``contributions.fields`` has them; the names of those that changed.

    ``read`` is the version that ``by`` had before their eyes. Raises NotAllowed, for a moderator also where
    the page would leave their territories; ProposalRefused with what is wrong, by field; Clash.
    """
    row = Initiative.objects.select_for_update(of=("self",)).get(pk=initiative.pk)
    require(by, Action.EDIT_INITIATIVE, row)
    tidy = check(fields)
    if read is not None and (names := clashing(row, read, tidy)):
        raise Clash(names)
    keeps = Who.OWNER in standings(by, row)
    changed = write(row, tidy)
    if not changed:
        return []
    if not keeps and {"commune", "location"} & set(changed):
        publishing.require_places(by, Action.EDIT_INITIATIVE, row)
    check_changed(row, changed)
    publishing.save(row, changed, by=f"{publishing.ACCOUNT}{by.pk}", source=SITE, via=SITE, why=why)
    return changed


def clashing(row: Initiative, read: Any, fields: Mapping[str, Any]) -> list[str]:
    """Those of the fields that say something else now than in the version that was read."""
    moved = differing(row, told(read))
    return [name for name in differing(row, fields) if name in moved]
