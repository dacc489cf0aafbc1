"""Campaigns of verification: prepared with a preview, sent by jobs, followed, reminded once, stopped."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from directory.models import Grouping
from directory.permissions import may, require
from frontend.role_targets import grouping as given_grouping
from frontend.role_targets import territory as given_territory
from frontend.views.roles import person_of
from territories.models import Territory
from verification import campaigns as verbs
from verification import tasks
from verification.errors import VerificationRefused
from verification.models import LONGEST_MESSAGE, Asked, Campaign, Said

PER_PAGE = 50
SHOWN = 200
USUAL = "12"
AGES = [
    ("0", gettext_lazy("toutes, quelle que soit la date")),
    ("6", gettext_lazy("celles que personne n’a confirmées depuis 6 mois")),
    ("12", gettext_lazy("celles que personne n’a confirmées depuis 12 mois")),
    ("24", gettext_lazy("celles que personne n’a confirmées depuis 24 mois")),
]


class CampaignForm(forms.Form):
    months = forms.TypedChoiceField(
        label=gettext_lazy("À qui écrire"), choices=AGES, coerce=int, widget=forms.RadioSelect, initial=USUAL
    )
    message = forms.CharField(
        label=gettext_lazy("Quelques mots de votre part (facultatif)"),
        help_text=gettext_lazy("Ils seront cités dans la lettre, sous votre titre. 1 000 signes au plus."),
        max_length=LONGEST_MESSAGE,
        required=False,
        widget=forms.Textarea({"rows": 4}),
    )


@never_cache
@require_safe
@login_required
def campaigns(request: HttpRequest) -> HttpResponse:
    """Those one may follow, and what one may run one for."""
    person = person_of(request)
    rows = [(each, verbs.progress(each)) for each in verbs.visible_to(person, PER_PAGE)]
    targets = [(each, isinstance(each, Territory)) for each in verbs.targets(person)]
    return render(request, "frontend/account/campaigns.html", {"campaigns": rows, "targets": targets})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def prepare_territory(request: HttpRequest, key: str) -> HttpResponse:
    return prepare(request, given_territory(key))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def prepare_grouping(request: HttpRequest, key: str) -> HttpResponse:
    return prepare(request, given_grouping(key))


def prepare(request: HttpRequest, target: Territory | Grouping) -> HttpResponse:
    """Whom it would write to and what; nothing leaves before the second button."""
    person = person_of(request)
    require(person, verbs.action_of(target), target)
    form = CampaignForm(request.POST or None, initial={"months": USUAL})
    given = (int(USUAL), "")
    if form.is_bound:
        if not form.is_valid():
            return prepare_page(request, target, form)
        given = (form.cleaned_data["months"], form.cleaned_data["message"])
    try:
        if request.POST.get("do") == "start":
            with transaction.atomic():
                made = verbs.start(target, person, *given)
                tasks.ask(made)
            messages.success(request, _("La campagne commence : les lettres partent peu à peu."))
            return redirect("people:campaign", made.uuid)
        found = verbs.preview(target, person, *given)
    except VerificationRefused as refusal:
        form = CampaignForm({"months": str(given[0]), "message": given[1]})
        form.add_error(None, str(refusal))
        return prepare_page(request, target, form)
    return prepare_page(request, target, form, found)


def prepare_page(
    request: HttpRequest, target: Territory | Grouping, form: CampaignForm, found: verbs.Preview | None = None
) -> HttpResponse:
    context: dict[str, Any] = {"target": target, "form": form, "preview": found, "a_day": verbs.A_DAY}
    if found:
        context |= {
            "shown": found.reached[:SHOWN],
            "left_out": [
                (Asked.LeftOut(why).label, rows[:SHOWN], len(rows)) for why, rows in found.left_out.items()
            ],
            "most": SHOWN,
        }
    return render(request, "frontend/account/campaign_prepare.html", context)


def seen(request: HttpRequest, uuid: UUID) -> Campaign:
    """This campaign, if it is for the visitor to see; else 404."""
    rows = Campaign.objects.select_related("territory", "grouping").defer("territory__geometry")
    found = rows.filter(uuid=uuid).first()
    if found is None or not may(person_of(request), verbs.action_of(found.target), found.target):
        raise Http404
    return found


@never_cache
@require_safe
@login_required
def campaign(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """How far it is: letters, answers by kind, who said what; no address."""
    found = seen(request, uuid)
    wanted = request.GET.get("reponse", "")
    rows = verbs.asked(found)
    if wanted in Said.values:
        rows = rows.filter(said=wanted)
    elif wanted == "aucune":
        rows = rows.filter(said=None).exclude(sent_at=None)
    else:
        wanted = ""
    far = verbs.progress(found)
    context = {
        "campaign": found,
        "far": far,
        "percent": None if far.rate is None else round(100 * far.rate),
        "said": [(value, Said(value).label, count) for value, count in far.by_answer.items()],
        "left_out": [(Asked.LeftOut(why).label, count) for why, count in far.left_out.items()],
        "labels": dict(Said.choices),
        "wanted": wanted,
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "may_remind": verbs.may_remind(found),
        "running": found.state == Campaign.State.RUNNING,
    }
    return render(request, "frontend/account/campaign.html", context)


@never_cache
@require_POST
@login_required
def stop(request: HttpRequest, uuid: UUID) -> HttpResponse:
    found = seen(request, uuid)
    if verbs.stop(found, person_of(request)):
        messages.success(request, _("La campagne est arrêtée : plus aucune lettre ne part."))
    else:
        messages.error(request, _("Il n’y avait plus rien à arrêter."))
    return redirect("people:campaign", found.uuid)


@never_cache
@require_POST
@login_required
def remind(request: HttpRequest, uuid: UUID) -> HttpResponse:
    found = seen(request, uuid)
    try:
        with transaction.atomic():
            tasks.ask(verbs.remind(found, person_of(request)))
    except VerificationRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("La relance part peu à peu, à qui n’a pas répondu."))
    return redirect("people:campaign", found.uuid)
