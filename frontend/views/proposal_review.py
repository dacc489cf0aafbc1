"""One proposal, for who moderates its place: what it would change, whom it may double, and the decision."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from contributions import moderating
from contributions.errors import AlreadyDecided, ListingChanged, ProposalRefused
from contributions.fields import write
from contributions.models import Proposal, ProposalState
from contributions.undoing import author_of, proposals_of
from directory.errors import NotAllowed
from directory.models import Initiative
from directory.permissions import Action, require
from frontend import moderation_shown as shown
from frontend.listing_fields import ListingFields
from frontend.moderation_forms import RefuseForm
from frontend.versions import label_of
from frontend.views.photos import answer
from frontend.views.proposing import tools
from frontend.views.roles import person_of
from territories.models import Territory


def proposed(request: HttpRequest, uuid: UUID) -> Proposal:
    """The proposal, for who may decide of it; what is not confirmed yet is nobody's to see."""
    rows = Proposal.objects.select_related("initiative", "photo", "commune", "departement", "decided_by")
    found = rows.filter(uuid=uuid).exclude(state=ProposalState.CONFIRM).first()
    if found is None:
        raise Http404
    require(person_of(request), Action.MODERATE, moderating.place_of(found))
    return found


def faults_of(refused: Exception) -> list[str]:
    """Why it was not written, each with the name of its field."""
    if isinstance(refused, ProposalRefused):
        said = [(name, text) for name, texts in refused.faults.items() for text in texts]
        known = {name: label_of(name) for name, _text in said if name not in ("", "__all__", "reason")}
        return [f"{known[name]} : {text}" if name in known else text for name, text in said]
    if isinstance(refused, NotAllowed):
        return [_(
            "Elle serait placée hors des territoires que vous modérez. Ne prenez pas son lieu, corrigez-le,"
            " ou laissez cette proposition à qui modère les deux endroits."
        )]  # fmt: skip
    return [_("La fiche a changé pendant que vous lisiez : relisez, puis décidez.")]


def told(request: HttpRequest, proposal: Proposal, initiative: Initiative) -> HttpResponse:
    done = _("« {name} » est publiée.") if proposal.kind == "new" else _("« {name} » est corrigée.")
    messages.success(request, done.format(name=initiative.name))
    return redirect("people:moderation")


def already(request: HttpRequest) -> HttpResponse:
    messages.warning(request, _("Une autre personne, ou son auteur, vient de décider de cette proposition."))
    return redirect("people:moderation")


@method_decorator([never_cache, login_required], name="dispatch")
class Review(View):
    """Field by field; accepted with the fields that are ticked."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        return self.page(request, proposed(request, uuid))

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        proposal, person = proposed(request, uuid), person_of(request)
        take = request.POST.getlist("take")
        try:
            made = moderating.accept(proposal, person, take=take, seen=number(request.POST.get("seen", "")))
        except AlreadyDecided:
            return already(request)
        except (ProposalRefused, ListingChanged, PermissionDenied) as refused:
            proposal = proposed(request, uuid)
            return self.page(request, proposal, faults_of(refused), take)
        return told(request, proposal, made)

    def page(
        self, request: HttpRequest, proposal: Proposal, faults: list[str] | None = None, take: Any = None
    ) -> HttpResponse:
        rows, found = shown.rows(moderating.differences(proposal)), shown.likely(proposal, person_of(request))
        waiting = proposal.state == ProposalState.WAITING
        author = author_of(proposal)
        context = {
            "proposal": proposal, "initiative": proposal.initiative, "waiting": waiting,
            "faults": faults or [],
            "rows": rows, "photo": proposal.photo, "seen": moderating.newest_event(proposal.initiative),
            "taken": {row.field for row in rows if not row.stale} | {"photo"} if take is None else set(take),
            "stale": sum(row.stale for row in rows), "new": proposal.kind == "new",
            "pairs": shown.pairs(proposal, found) if waiting else [],
            "plan": shown.plan(proposal, found if waiting else ()), "refusal": RefuseForm(),
            "others": proposals_of(author).exclude(pk=proposal.pk).count(), "author": author,
        }  # fmt: skip
        return render(request, "frontend/account/moderation/proposal.html", context)


def number(text: str) -> int:
    """What the page was made of; what is no number is of no version."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else -1


@method_decorator([never_cache, login_required], name="dispatch")
class Edit(View):
    """The form of a listing, filled with what is proposed: corrected, then published."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        proposal = proposed(request, uuid)
        if proposal.state != ProposalState.WAITING:
            return redirect("people:moderation_proposal", uuid)
        return self.page(request, proposal, self.form(proposal))

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        proposal, person = proposed(request, uuid), person_of(request)
        if proposal.state != ProposalState.WAITING:
            return already(request)
        form = self.form(proposal, request.POST)
        if form.is_valid():
            take = {*proposal.fields, *(["photo"] if "photo" in request.POST else [])}
            try:
                made = moderating.accept(
                    proposal, person, form.said(), take=take, seen=number(request.POST.get("seen", ""))
                )
            except AlreadyDecided:
                return already(request)
            except (ProposalRefused, ListingChanged, PermissionDenied) as refused:
                for fault in faults_of(refused):
                    form.add_error(None, fault)
            else:
                return told(request, proposal, made)
        return self.page(request, proposed(request, uuid), form)

    @staticmethod
    def form(proposal: Proposal, data: Any = None) -> ListingFields:
        """Filled with the listing as it would be; what comes of it is what is changed beside."""
        listing = (
            Initiative.objects.get(pk=proposal.initiative_id)
            if proposal.initiative_id
            else Initiative(activities=[])
        )
        fields = dict(proposal.fields)
        if not Territory.objects.filter(pk=fields.get("commune")).exists():
            fields.pop("commune", None)  # one that is no more, without a successor: it is asked for again
        write(listing, fields)
        return ListingFields(data, listing=listing, trusted=True)

    @staticmethod
    def page(request: HttpRequest, proposal: Proposal, form: ListingFields) -> HttpResponse:
        context = {
            **tools(), "proposal": proposal, "form": form, "initiative": form.listing,
            "seen": moderating.newest_event(proposal.initiative),
            "rows": shown.rows([each for each in moderating.differences(proposal) if each.stale]),
            "new": proposal.kind == "new",
        }  # fmt: skip
        return render(request, "frontend/account/moderation/edit.html", context)


@method_decorator([never_cache, login_required], name="dispatch")
class Refuse(View):
    """With a reason, which is sent."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        return self.page(request, proposed(request, uuid), RefuseForm())

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        proposal, form = proposed(request, uuid), RefuseForm(request.POST)
        if not form.is_valid():
            return self.page(request, proposal, form)
        try:
            moderating.refuse(proposal, person_of(request), form.reason_for(proposal))
        except AlreadyDecided:
            return already(request)
        done = _("La proposition est refusée, et la raison envoyée.")
        messages.success(request, done if proposal.email else _("La proposition est refusée."))
        return redirect("people:moderation")

    @staticmethod
    def page(request: HttpRequest, proposal: Proposal, form: RefuseForm) -> HttpResponse:
        context = {"proposal": proposal, "form": form}
        return render(request, "frontend/account/moderation/refuse.html", context)


@never_cache
@login_required
@require_safe
def photo(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The photograph that was sent with it, which nobody else sees yet."""
    found = proposed(request, uuid).photo
    if found is None:
        raise Http404
    return answer(found)


@never_cache
@login_required
@require_POST
def merge(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What was proposed as new is this one: it waits from now on as a correction of it."""
    proposal = proposed(request, uuid)
    slug = request.POST.get("initiative", "").replace("\x00", "")
    initiative = Initiative.objects.filter(slug=slug).first()
    if initiative is None:
        raise Http404
    try:
        moderating.merge_into(proposal, person_of(request), initiative)
    except AlreadyDecided:
        return already(request)
    except ProposalRefused as refused:
        messages.error(request, " ".join(faults_of(refused)))
    else:
        messages.success(
            request, _("C’est maintenant une correction de cette fiche : voici ce qu’elle y changerait.")
        )
    return redirect("people:moderation_proposal", uuid)
