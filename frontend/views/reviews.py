"""Reading the profile of another initiative, and saying that one stands by it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from directory.errors import BadLink, NotAllowed
from directory.permissions import Action
from frontend.together_forms import ReaderForm
from frontend.views.profiles import any_profile, shown
from frontend.views.roles import person_of
from questionnaires import reviewing
from questionnaires.errors import ResponseRefused
from questionnaires.models import Response, Review


def bad_link(request: HttpRequest) -> HttpResponse:
    return render(request, "frontend/account/bad_link.html", status=404)


@never_cache
@require_safe
def review(request: HttpRequest, token: str) -> HttpResponse:
    """The profile that one was invited to read: the link is the authority. Nothing is changed."""
    try:
        found = reviewing.by_token(token)
    except BadLink:
        return bad_link(request)
    context = {
        "review": found,
        "token": token,
        **shown(found.response, []),
    }
    return render(request, "frontend/together/review.html", context)


@method_decorator([never_cache, login_required], name="dispatch")
class Answer(View):
    """Say in whose name one stands by a profile, or that one does not."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            found = reviewing.by_token(token)
        except BadLink:
            return bad_link(request)
        return self.page(request, token, found, self.form(request, found))

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            found = reviewing.by_token(token)
        except BadLink:
            return bad_link(request)
        form, person = self.form(request, found), person_of(request)
        if not form.is_valid():
            return self.page(request, token, found, form)
        agreed = request.POST.get("agreed") == "yes"
        try:
            reviewing.answer(found, person, form.chosen(), agreed=agreed, note=form.cleaned_data["note"])
        except ResponseRefused as refused:
            form.add_error(None, str(refused))
            return self.page(request, token, found, form)
        messages.success(
            request,
            _("Merci : votre relecture est enregistrée.")
            if agreed
            else _("Merci : votre avis est transmis à l’équipe, et n’est pas montré."),
        )
        return redirect("people:profiles")

    def form(self, request: HttpRequest, found: Review) -> ReaderForm:
        readers = reviewing.readers(person_of(request), found)
        return ReaderForm(request.POST if request.method == "POST" else None, readers=readers)

    def page(self, request: HttpRequest, token: str, found: Review, form: ReaderForm) -> HttpResponse:
        context = {"review": found, "token": token, "form": form, "initiative": found.response.initiative}
        return render(request, "frontend/account/profiles/review_answer.html", context)


@method_decorator([never_cache, login_required], name="dispatch")
class Attest(View):
    """Who leads interviews says that one established this profile."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        found, form = self.given(request, uuid)
        return self.page(request, found, form)

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        found, form = self.given(request, uuid)
        if form.is_valid():
            try:
                reviewing.attest(found, person_of(request), form.chosen(), form.cleaned_data["note"])
            except ResponseRefused as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, _("L’entretien est noté."))
                return redirect("people:profile", uuid)
        return self.page(request, found, form)

    def given(self, request: HttpRequest, uuid: UUID) -> tuple[Response, ReaderForm]:
        """NotAllowed for who may not read it, or leads no interview there."""
        person, found = person_of(request), any_profile(uuid)
        readers = reviewing.attesters(person, found)
        if not readers:
            raise NotAllowed(Action.INTERVIEW_INITIATIVE, found.initiative)
        return found, ReaderForm(request.POST if request.method == "POST" else None, readers=readers)

    def page(self, request: HttpRequest, found: Response, form: ReaderForm) -> HttpResponse:
        return render(request, "frontend/account/profiles/attest.html", {"profile": found, "form": form})


@never_cache
@require_POST
@login_required
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back an invitation, or what one said."""
    rows = Review.objects.select_related("response__initiative")
    found = get_object_or_404(rows, pk=min(pk, 2**63 - 1))
    reviewing.withdraw(found, person_of(request))
    messages.success(request, _("C’est retiré."))
    return redirect("people:profiles")
