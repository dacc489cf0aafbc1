"""What became of a proposal, for its author: by the link that she was given, without an account."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from contributions import proposing
from contributions.errors import ProposalRefused
from contributions.following import by_key
from contributions.models import ProposalState
from frontend.guarded import without_account
from frontend.proposed import shown


@without_account
def followed(request: HttpRequest, key: str) -> HttpResponse:
    """A GET shows; a POST confirms or, told to, withdraws. The link is all the authority needed."""
    proposal = by_key(key)
    refused = ""
    if request.method == "POST":
        try:
            if request.POST.get("do") == "withdraw":
                proposing.withdraw(proposal)
            elif request.POST.get("do") == "confirm":
                proposing.confirm(proposal)
        except ProposalRefused as refusal:  # decided in the meantime
            refused = " ".join(message for said in refusal.faults.values() for message in said)
        else:
            here = reverse("frontend:proposal_followed", args=[key])
            return HttpResponse(status=303, headers={"Location": here})
    initiative = proposal.initiative
    context = {
        "proposal": proposal,
        "key": key,
        "refused": refused,
        "told": [each for each in shown(proposal.fields) if each.text or proposal.before],
        "public": initiative if initiative and initiative.publication == "published" else None,
        "may_confirm": proposal.state == ProposalState.CONFIRM,
        "may_withdraw": proposal.state in proposing.OPEN,
        "sent": "sent" in request.GET,
    }
    return render(request, "frontend/proposing/followed.html", context)
