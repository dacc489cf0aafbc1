"""Claiming a page: by a mail to the domain of its website, or by a request that people decide."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from contributions import claiming
from contributions.models import Claim
from directory.errors import BadLink, RoleRefused
from frontend.own_pages import keeps
from frontend.role_targets import initiative as published
from frontend.views.roles import person_of

LONGEST_TYPED = 254


class MailboxForm(forms.Form):
    mailbox = forms.CharField(
        label=gettext_lazy("Votre adresse à ce domaine"),
        max_length=LONGEST_TYPED,
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Écrivez ce qui vient avant « @ ».")},
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def claim(request: HttpRequest, slug: str) -> HttpResponse:
    """Both ways, the one by mail where it proves something."""
    found, person = published(slug), person_of(request)
    if keeps(person, found):
        return redirect("people:own_initiative", found.slug)
    form = MailboxForm(request.POST if request.method == "POST" else None, use_required_attribute=False)
    if request.method == "POST" and form.is_valid():
        try:
            made = claiming.claim_by_mail(person, found, form.cleaned_data["mailbox"])
        except RoleRefused as refusal:
            form.add_error("mailbox", str(refusal))
        else:
            context = {"claim": made, "hours": claiming.HOURS}
            return render(request, "frontend/account/own/claim_sent.html", context)
    domain, hindrance = "", ""
    try:
        domain = claiming.domain_of(found)
    except RoleRefused as refusal:
        hindrance = str(refusal)
    context = {"initiative": found, "form": form, "domain": shown(domain), "hindrance": hindrance}
    return render(request, "frontend/account/own/claim.html", context)


def shown(domain: str) -> str:
    """A domain as people write it, accents included."""
    try:
        return domain.encode().decode("idna")
    except UnicodeError:
        return domain


@method_decorator(never_cache, name="dispatch")
class ClaimAnswer(View):
    """What the link of the letter opens. To confirm takes the account that asked; to say that one does not
    know this person takes none."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        try:
            return self.page(request, claiming.by_key(key))
        except BadLink:
            return self.gone(request)

    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        answer = request.POST.get("answer", "")
        try:
            asked = claiming.by_key(key)
            if answer == "unknown":
                claiming.disown(asked)
                return render(request, "frontend/account/own/claim_disowned.html", {"claim": asked})
            if answer != "confirm" or asked.person_id != request.user.pk:
                return self.page(request, asked, status=400)
            claiming.confirm(asked, person_of(request))
        except BadLink:
            return self.gone(request)
        except RoleRefused as refusal:
            return self.page(request, asked, str(refusal), status=409)
        messages.success(request, _("C’est fait : cette page est la vôtre. Relisez-la, complétez-la."))
        return redirect("people:own_initiative", asked.initiative.slug)

    def page(self, request: HttpRequest, asked: Claim, problem: str = "", status: int = 200) -> HttpResponse:
        context = {"claim": asked, "own": asked.person_id == request.user.pk, "problem": problem}
        return render(request, "frontend/account/own/claim_answer.html", context, status=status)

    def gone(self, request: HttpRequest) -> HttpResponse:
        return render(request, "frontend/account/own/link_stale.html", {"claim": True}, status=404)
