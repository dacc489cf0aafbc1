"""All the contributions of one person, undone: what would happen first, then a reason, then it is done."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
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
from django.utils.translation import ngettext
from django.views import View
from django.views.decorators.cache import never_cache

from contributions import undoing
from contributions.undoing import Author, Plan, Step
from directory import history as past
from directory.permissions import Action
from directory.publishing import PLACE
from frontend.moderation_forms import UndoForm
from frontend.moderation_shown import in_full, moved
from frontend.quantities import plain
from frontend.versions import Line, Words, label_of
from frontend.views.history import GREATEST, initiative_of
from frontend.views.proposal_review import proposed
from frontend.views.roles import person_of


@dataclass(frozen=True, slots=True)
class Told:
    """``place`` is the commune that the listing goes back to where it moves, ``distance`` how far."""

    step: Step
    lines: list[Line]
    left: str
    unfit: str
    place: str
    distance: str


@method_decorator([never_cache, login_required], name="dispatch")
class Undo(ABC, View):
    """All that one author sent, as each road to it says who that is."""

    http_method_names = ["get", "head", "post"]

    @abstractmethod
    def author(self, request: HttpRequest, **where: Any) -> tuple[Author, str]:
        """Of whom, and the page that it came from."""

    def asked(self, request: HttpRequest, **where: Any) -> tuple[Author, str]:
        """Not of oneself: what one did as a moderator would go back with it."""
        author, back = self.author(request, **where)
        if author.account == person_of(request).pk:
            raise PermissionDenied
        return author, back

    def get(self, request: HttpRequest, **where: Any) -> HttpResponse:
        author, back = self.asked(request, **where)
        return self.page(request, author, back)

    def post(self, request: HttpRequest, **where: Any) -> HttpResponse:
        author, back = self.asked(request, **where)
        form = UndoForm(request.POST, use_required_attribute=False)
        person = person_of(request)
        if form.is_valid() and form.cleaned_data["seen"] != mark(undoing.plan(author, person)):
            form.add_error(None, _("Des fiches ont changé entre-temps : relisez, puis confirmez."))
        if not form.is_valid():
            return self.page(request, author, back, form)
        done = undoing.undo(author, person, form.cleaned_data["why"])
        messages.success(request, " ".join([_("C’est annulé."), *counted(done)]))
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
        return author, reverse("people:history", args=[found.slug])


def counted(done: Plan) -> list[str]:
    """What was done, a sentence for listings and one for proposals."""
    listings, proposals = sum(step.acts for step in done.steps), len(done.waiting)
    said = []
    if listings:
        sentence = ngettext(
            "{n} fiche est rendue ou masquée.", "{n} fiches sont rendues ou masquées.", listings
        )
        said.append(sentence.format(n=plain(listings)))
    if proposals:
        sentence = ngettext("{n} proposition est refusée.", "{n} propositions sont refusées.", proposals)
        said.append(sentence.format(n=plain(proposals)))
    return said


def told(plan: Plan) -> list[Told]:
    """Each listing with what goes back, in words."""
    changes = (change for step in plan.steps for change in step.back)
    words = Words(changes, (pk for step in plan.steps if (pk := step.initiative.commune_id)))
    return [
        Told(step, [in_full(change, words) for change in step.back], labels(step.left), labels(step.unfit),
             *moves(step, words))
        for step in plan.steps
    ]  # fmt: skip


def labels(names: list[str]) -> str:
    return ", ".join(label_of(name) for name in names if not name.endswith("precision"))


def moves(step: Step, words: Words) -> tuple[str, str]:
    """Where a listing goes back to, and how far; empty where it stays."""
    back = {change.field: change.after for change in step.back if change.field in PLACE}
    if not back:
        return "", ""
    commune = back.get("commune", step.initiative.commune_id)
    return words.value("commune", commune), moved(step.initiative, back.get("location"))


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
