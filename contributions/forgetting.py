"""What is forgotten of authors a year after the decision: their address, their account, what they told the
moderators; and all that was proposed, where nothing came of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from contributions.models import DECIDED, Proposal, ProposalState

KEPT = timedelta(days=365)
FRUITLESS = (ProposalState.REFUSED, ProposalState.WITHDRAWN)


@transaction.atomic
def forget_authors(now: datetime | None = None) -> int:
    """Erase addresses, accounts and messages of proposals decided twelve months ago or more, and what was
    refused or withdrawn; of how many."""
    before = (now or timezone.now()) - KEPT
    old = Proposal.objects.filter(state__in=DECIDED, decided_at__lte=before)
    told = ~Q(email="") | ~Q(said="") | Q(account__isnull=False)
    fruitless = Q(state__in=FRUITLESS) & (~Q(fields={}) | ~Q(before={}) | ~Q(reason=""))
    forgotten = 0
    for row in old.filter(told | fruitless).select_for_update(of=("self",)):
        row.email, row.account, row.said = "", None, ""
        if row.state in FRUITLESS:
            row.forget()
        row.save(update_fields=["email", "account", "said", "fields", "before", "reason", "name"])
        forgotten += 1
    return forgotten
