"""Those who keep a page together: who they are, inviting another by mail, answering an invitation."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from contributions import inviting
from contributions.models import ColleagueInvitation, ColleagueState
from directory.errors import BadLink, RoleRefused
from directory.models import Initiative, Role, RoleKind
from directory.permissions import Action
from directory.validators import plain_address
from frontend.contact_forms import LANGUAGES, NOT_AN_ADDRESS
from frontend.views.history import initiative_of
from frontend.views.roles import person_of


class InviteForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("Son courriel"),
        max_length=254,
        validators=[plain_address],
        widget=forms.EmailInput({"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Donnez son courriel."), "invalid": NOT_AN_ADDRESS},
    )
    language = forms.ChoiceField(label=gettext_lazy("Langue de l’invitation"), choices=LANGUAGES)


@method_decorator([never_cache, login_required], name="dispatch")
class Colleagues(View):
    """The team of a page, and an invitation to join it."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        found = initiative_of(request, slug, Action.GRANT_OWNER)
        form = InviteForm(initial={"language": get_language()}, use_required_attribute=False)
        return self.page(request, found, form)

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        found = initiative_of(request, slug, Action.GRANT_OWNER)
        form = InviteForm(request.POST, use_required_attribute=False)
        if form.is_valid():
            try:
                inviting.invite(person_of(request), found, **address_in(form))
            except RoleRefused as refusal:
                form.add_error("email", str(refusal))
            else:
                messages.success(request, _("L’invitation est partie."))
                return redirect("people:colleagues", found.slug)
        return self.page(request, found, form)

    def page(self, request: HttpRequest, found: Initiative, form: InviteForm) -> HttpResponse:
        held = Role.objects.held().filter(kind=RoleKind.OWNER, initiative=found)
        context = {
            "initiative": found,
            "form": form,
            "held": held.select_related("person").order_by("decided_at", "pk"),
            "waiting": inviting.waiting(found).order_by("created_at", "pk"),
            "days": inviting.DAYS,
            "person": request.user,
        }
        return render(request, "frontend/account/own/colleagues.html", context)


def address_in(form: InviteForm) -> dict[str, str]:
    return {"address": form.cleaned_data["email"], "language": form.cleaned_data["language"]}


@never_cache
@require_POST
@login_required
def withdraw(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    found = initiative_of(request, slug, Action.GRANT_OWNER)
    rows = ColleagueInvitation.objects.filter(initiative=found, state=ColleagueState.WAITING)
    try:
        inviting.withdraw(get_object_or_404(rows, pk=pk), person_of(request))
    except BadLink:  # answered in another window meanwhile
        messages.warning(request, _("Cette invitation a déjà eu sa réponse."))
    else:
        messages.success(request, _("L’invitation est retirée : son lien ne vaut plus."))
    return redirect("people:colleagues", found.slug)


@method_decorator(never_cache, name="dispatch")
class ColleagueAnswer(View):
    """What the link of an invitation opens: to accept takes an account, to decline takes none."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        try:
            return self.page(request, inviting.by_key(key))
        except BadLink:
            return self.gone(request)

    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        answer = request.POST.get("answer", "")
        try:
            asked = inviting.by_key(key)
            if answer == "decline":
                inviting.decline(asked)
                context = {"initiative": asked.initiative}
                return render(request, "frontend/account/own/colleague_declined.html", context)
            if answer != "accept" or not request.user.is_authenticated:
                return self.page(request, asked, status=400)
            inviting.accept(asked, person_of(request))
        except BadLink:
            return self.gone(request)
        except RoleRefused as refusal:
            return self.page(request, asked, str(refusal), status=409)
        messages.success(request, _("Bienvenue : vous tenez maintenant cette page, avec vos collègues."))
        return redirect("people:own_initiative", asked.initiative.slug)

    def page(
        self, request: HttpRequest, asked: ColleagueInvitation, problem: str = "", status: int = 200
    ) -> HttpResponse:
        context = {"invitation": asked, "initiative": asked.initiative, "problem": problem}
        return render(request, "frontend/account/own/colleague_answer.html", context, status=status)

    def gone(self, request: HttpRequest) -> HttpResponse:
        return render(request, "frontend/account/own/link_stale.html", status=404)
