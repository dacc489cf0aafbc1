"""Mandates to verify and signatures to end, by who answers for a structure or its place; versions, by
administrators."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from charter import ending, inviting
from charter import mandates as verbs
from charter import versions as writing
from charter.errors import SigningRefused
from charter.models import LONGEST_STATEMENT, CharterVersion, Signature
from charter.wording import blocks
from directory.errors import NotAllowed
from directory.permissions import Action, require
from frontend.charter_forms import VersionForm
from frontend.charter_shown import line, page_of
from frontend.views.roles import person_of

PER_PAGE = 50
LONGEST_QUERY = 100
FARTHEST = 2**63 - 1  # numbers of rows end there


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label=gettext_lazy("Votre réponse"),
        help_text=gettext_lazy("Nécessaire pour refuser : elle est envoyée à la personne qui a signé."),
        max_length=LONGEST_STATEMENT,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )


class EndForm(forms.Form):
    answer = forms.CharField(
        label=gettext_lazy("Pourquoi"),
        help_text=gettext_lazy("Envoyé à la personne qui a signé, puis effacé avec ce qu’elle avait écrit."),
        max_length=LONGEST_STATEMENT,
        widget=forms.Textarea({"rows": 3}),
    )


@never_cache
@require_safe
@login_required
def mandates(request: HttpRequest) -> HttpResponse:
    """What waits for this person's decision, a page at a time."""
    person = person_of(request)
    page = Paginator(verbs.decidable(person), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "rows": [row for row in page if verbs.may_decide(person, row)]}
    return render(request, "frontend/account/charter/mandates.html", context)


@method_decorator([never_cache, login_required], name="dispatch")
class DecideMandate(View):
    """One signature for a structure: who signed, what entitles them; to accept or to refuse."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.page(request, self.asked(request, pk), AnswerForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        row, person, form = self.asked(request, pk), person_of(request), AnswerForm(request.POST)
        decision = request.POST.get("decision", "")
        if decision not in ("grant", "refuse"):
            form.add_error(None, _("Choisissez d’accepter ou de refuser."))
        elif form.is_valid():
            try:
                if decision == "grant":
                    verbs.grant(row, person)
                else:
                    verbs.refuse(row, person, form.cleaned_data["answer"])
            except SigningRefused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("Votre réponse est envoyée."))
                return redirect("people:mandates")
        return self.page(request, row, form)

    def asked(self, request: HttpRequest, pk: int) -> Signature:
        """404 where there is nothing to decide of; 403 where it is for others to."""
        row = verbs.waiting().filter(pk=pk).first() if pk <= FARTHEST else None
        if row is None:
            raise Http404
        if not verbs.may_decide(person_of(request), row):
            raise NotAllowed(Action.DECIDE_MANDATE, row.structure)
        return row

    def page(self, request: HttpRequest, row: Signature, form: AnswerForm) -> HttpResponse:
        structure = row.structure
        context = {"row": row, "structure": structure, "form": form, "page": structure and page_of(structure)}
        return render(request, "frontend/account/charter/mandate.html", context)


@never_cache
@require_safe
@login_required
def in_force(request: HttpRequest) -> HttpResponse:
    """The signatures that this person may put an end to, found by name, a page at a time."""
    person = person_of(request)
    text = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST_QUERY]
    page = Paginator(ending.in_force(person, text), PER_PAGE).get_page(request.GET.get("page"))
    rows = [(row, line(row)) for row in page if verbs.may_decide(person, row)]
    context = {
        "page": page,
        "rows": rows,
        "text": text,
        "query": urlencode({"q": text}) + "&" if text else "",
    }
    return render(request, "frontend/account/charter/in_force.html", context)


@method_decorator([never_cache, login_required], name="dispatch")
class EndSignature(View):
    """One signature in force: to put an end to it, and say why."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.page(request, self.asked(request, pk), EndForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        row, form = self.asked(request, pk), EndForm(request.POST)
        if form.is_valid():
            try:
                ending.end(row, person_of(request), form.cleaned_data["answer"])
            except SigningRefused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("La signature est retirée, et la personne prévenue."))
                return redirect("people:mandates_in_force")
        return self.page(request, row, form)

    def asked(self, request: HttpRequest, pk: int) -> Signature:
        """404 where there is none that this person may put an end to."""
        person = person_of(request)
        row = ending.in_force(person).filter(pk=pk).first() if pk <= FARTHEST else None
        if row is None or not verbs.may_decide(person, row):
            raise Http404
        return row

    def page(self, request: HttpRequest, row: Signature, form: EndForm) -> HttpResponse:
        return render(request, "frontend/account/charter/end.html", {"signed": line(row), "form": form})


# -- Versions -----------------------------------------------------------------------------------------


@never_cache
@require_safe
@login_required
def versions(request: HttpRequest) -> HttpResponse:
    require(person_of(request), Action.PUBLISH_CHARTER)
    context = {"published": writing.published(), "drafts": writing.drafts()}
    return render(request, "frontend/account/charter/versions.html", context)


class OnDraft(View):
    http_method_names = ["get", "head", "post"]

    def draft(self, request: HttpRequest, pk: int) -> CharterVersion:
        require(person_of(request), Action.PUBLISH_CHARTER)
        found = writing.drafts().filter(pk=pk).first() if pk <= FARTHEST else None
        if found is None:
            raise Http404
        return found


@method_decorator([never_cache, login_required], name="dispatch")
class WriteVersion(OnDraft):
    """A new draft, which begins as the version of now; or one that is written anew."""

    def get(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        draft = self.draft(request, pk) if pk is not None else None
        require(person_of(request), Action.PUBLISH_CHARTER)
        return self.page(request, VersionForm(draft=draft or writing.current()), draft)

    def post(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        draft, form = self.draft(request, pk) if pk is not None else None, VersionForm(request.POST)
        require(person_of(request), Action.PUBLISH_CHARTER)
        if not form.is_valid():
            return self.page(request, form, draft)
        made = writing.write(person_of(request), form.said(), draft)
        return redirect("people:charter_publish", made.pk)

    def page(self, request: HttpRequest, form: VersionForm, draft: CharterVersion | None) -> HttpResponse:
        return render(request, "frontend/account/charter/write.html", {"form": form, "draft": draft})


@method_decorator([never_cache, login_required], name="dispatch")
class PublishVersion(OnDraft):
    """The draft as it would be read, and how many would be written to; then for good."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.page(request, self.draft(request, pk))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            made = writing.publish(self.draft(request, pk), person_of(request))
        except SigningRefused as refused:
            return self.page(request, self.draft(request, pk), str(refused))
        messages.success(request, _("La version est publiée : c’est elle que l’on signe désormais."))
        return redirect(made)

    def page(self, request: HttpRequest, draft: CharterVersion, problem: str = "") -> HttpResponse:
        context: dict[str, Any] = {
            "version": draft,
            "blocks": blocks(draft.text),
            "invited": inviting.invited(None).count(),
            "problem": problem,
        }
        return render(request, "frontend/account/charter/publish.html", context)


@method_decorator([never_cache, login_required], name="dispatch")
class DiscardVersion(OnDraft):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return render(request, "frontend/account/charter/discard.html", {"version": self.draft(request, pk)})

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        writing.discard(self.draft(request, pk), person_of(request))
        messages.success(request, _("Le brouillon est effacé."))
        return redirect("people:charter_versions")
