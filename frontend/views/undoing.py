"""All the contributions of one person, undone: what would happen first, then a reason, then it is done."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache

from contributions import undoing
from contributions.undoing import Author, Plan, Step
from directory import history as past
from directory.permissions import Action
from frontend.moderation_forms import UndoForm
from frontend.moderation_shown import in_full
from frontend.versions import Line, Words, label_of
from frontend.views.history import GREATEST, initiative_of
from frontend.views.proposal_review import proposed
from frontend.views.roles import person_of


@dataclass(frozen=True, slots=True)
class Told:
    step: Step
    lines: list[Line]
    left: str


@method_decorator([never_cache, login_required], name="dispatch")
class Undo(View):
    """``author`` says of whom; the page that it came from is ``back``."""

    http_method_names = ["get", "head", "post"]

    def author(self, request: HttpRequest, **where: Any) -> tuple[Author, str]:
        raise NotImplementedError

    def get(self, request: HttpRequest, **where: Any) -> HttpResponse:
        author, back = self.author(request, **where)
        return self.page(request, author, back)

    def post(self, request: HttpRequest, **where: Any) -> HttpResponse:
        author, back = self.author(request, **where)
        form = UndoForm(request.POST, use_required_attribute=False)
        person = person_of(request)
        if form.is_valid() and form.cleaned_data["seen"] != mark(undoing.plan(author, person)):
            form.add_error(None, _("Des fiches ont changé entre-temps : relisez, puis confirmez."))
        if not form.is_valid():
            return self.page(request, author, back, form)
        done = undoing.undo(author, person, form.cleaned_data["why"])
        messages.success(
            request,
            _(
                "C’est annulé : {listings} fiches rendues ou masquées, {proposals} propositions refusées."
            ).format(
                listings=sum(step.acts for step in done.steps),
                proposals=len(done.waiting),
            ),
        )
        return redirect("people:moderation")

    def page(
        self, request: HttpRequest, author: Author, back: str, form: UndoForm | None = None
    ) -> HttpResponse:
        plan = undoing.plan(author, person_of(request))
        if form is not None:
            form.data = form.data.copy()  # type: ignore[attr-defined]
            form.data["seen"] = mark(plan)  # type: ignore[index]
        context = {
            "plan": plan, "told": told(plan), "back": back,
            "anything": bool(plan.waiting or any(step.acts for step in plan.steps)),
            "form": form or UndoForm(initial={"seen": mark(plan)}, use_required_attribute=False),
        }  # fmt: skip
        return render(request, "frontend/account/moderation/undo.html", context)


class OfProposal(Undo):
    """Of who sent this proposal: by the account, or by the address."""

    def author(self, request: HttpRequest, **where: Any) -> tuple[Author, str]:
        proposal = proposed(request, where["uuid"])
        author = undoing.author_of(proposal)
        if not author.known:
            raise Http404
        return author, reverse("people:moderation_proposal", args=[proposal.uuid])


class OfVersion(Undo):
    """Of the account that wrote this version of a listing, or of who proposed what it says."""

    def author(self, request: HttpRequest, **where: Any) -> tuple[Author, str]:
        found = initiative_of(request, where["slug"], Action.MODERATE)
        rows = past.events().filter(pgh_obj=found.pk).select_related("pgh_context")
        event = rows.filter(pk=where["event"]).first() if where["event"] <= GREATEST else None
        author = undoing.authors_of([event]).get(event.pk) if event else None
        if author is None:
            raise Http404
        if author.account == person_of(request).pk:
            raise PermissionDenied
        return author, reverse("people:history", args=[found.slug])


def told(plan: Plan) -> list[Told]:
    """Each listing with what goes back, in words."""
    words = Words(change for step in plan.steps for change in step.back)
    return [
        Told(step, [in_full(change, words) for change in step.back],
             ", ".join(label_of(name) for name in step.left if not name.endswith("precision")))
        for step in plan.steps
    ]  # fmt: skip


def mark(plan: Plan) -> str:
    """What tells one plan from another."""
    seen = [
        (
            step.initiative.pk,
            step.hides,
            step.photo and step.photo.pk,
            [(each.field, str(each.before), str(each.after)) for each in step.back],
        )
        for step in plan.steps
    ]
    return hashlib.sha256(repr((seen, [each.pk for each in plan.waiting])).encode()).hexdigest()
