"""Two listings of one initiative, made one: which is the other, then what stays, then it is done."""

from __future__ import annotations

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
from django.views.decorators.http import require_safe

from contributions import uniting
from contributions.errors import ListingChanged, ProposalRefused
from contributions.moderating import newest_event
from contributions.near import Likely
from directory.errors import MergeRefused
from directory.models import Initiative, Merge
from directory.permissions import Action, may
from frontend import moderation_shown as shown
from frontend.moderation_forms import UniteForm
from frontend.quantities import length
from frontend.role_targets import initiatives as initiatives_named
from frontend.views.history import initiative_of
from frontend.views.proposal_review import faults_of
from frontend.views.roles import person_of
from frontend.views.ties import typed


def listing(request: HttpRequest, slug: str) -> Initiative:
    """One that this person may make one with another. 404, or NotAllowed."""
    return initiative_of(request, slug, Action.MERGE_INITIATIVES)


def address(one: Initiative, other: Initiative) -> str:
    """The page of these two, the one that is rather kept chosen."""
    kept, gone = uniting.better(one, other)
    return reverse("people:moderation_unite", args=[gone.slug, kept.slug])


@never_cache
@require_safe
@login_required
def twins(request: HttpRequest, slug: str) -> HttpResponse:
    """With which: those that are like it, those that stand near, or one that is looked for by its name."""
    found, text, person = listing(request, slug), typed(request), person_of(request)

    def within(each: Initiative) -> bool:
        return may(person, Action.MERGE_INITIATIVES, each)

    named = Initiative.objects.filter(slug__in=[each.key for each in initiatives_named(text)] if text else [])
    named = named.exclude(pk=found.pk).select_related("commune").order_by("name_sort", "pk")
    context = {
        "initiative": found, "text": text,
        "likely": [line(found, each) for each in uniting.twins(found, person) if within(each.initiative)],
        "named": [(each, address(found, each) if within(each) else "") for each in named],
    }  # fmt: skip
    return render(request, "frontend/account/moderation/twins.html", context)


def line(found: Initiative, each: Likely) -> dict[str, Any]:
    distance = length(each.metres) if each.metres is not None else ""
    href = address(found, each.initiative)
    return {"initiative": each.initiative, "reasons": each.reasons, "distance": distance, "href": href}


@method_decorator([never_cache, login_required], name="dispatch")
class Unite(View):
    """What the one that stays takes of the other, and why."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, gone: str, kept: str) -> HttpResponse:
        return self.page(request, *self.both(request, gone, kept))

    def post(self, request: HttpRequest, gone: str, kept: str) -> HttpResponse:
        if "\x00" in gone + kept:
            raise Http404
        if Merge.objects.filter(slug=gone, target__slug=kept).exists():  # the same form, sent twice
            messages.info(request, _("C’est déjà fait : les deux fiches n’en font qu’une."))
            return redirect("people:history", kept)
        stays, goes = self.both(request, gone, kept)
        form, take = UniteForm(request.POST, use_required_attribute=False), request.POST.getlist("take")
        if not form.is_valid():
            return self.page(request, stays, goes, form, take)
        said = form.cleaned_data
        try:
            uniting.unite(
                stays, goes, person_of(request), said["why"],
                take=take, seen=(said["kept_seen"], said["gone_seen"]),
            )  # fmt: skip
        except (ListingChanged, MergeRefused, PermissionDenied, ProposalRefused) as refused:
            for fault in faults(refused):
                form.add_error(None, fault)
            return self.page(request, *self.both(request, gone, kept), form, take)
        done = _("Les deux fiches n’en font plus qu’une : « {name} ».").format(name=stays.name)
        messages.success(request, done)
        return redirect("people:history", stays.slug)

    @staticmethod
    def both(request: HttpRequest, gone: str, kept: str) -> tuple[Initiative, Initiative]:
        if gone == kept:
            raise Http404
        return listing(request, kept), listing(request, gone)

    @staticmethod
    def page(
        request: HttpRequest, kept: Initiative, gone: Initiative, form: UniteForm | None = None,
        take: list[str] | None = None,
    ) -> HttpResponse:  # fmt: skip
        seen = {"kept_seen": newest_event(kept), "gone_seen": newest_event(gone)}
        if form is not None:  # what the page shows now is what is confirmed next
            form.data = {**form.data.dict(), **seen}  # type: ignore[attr-defined]  # it was sent: a QueryDict
        context = {
            "kept": kept, "gone": gone,
            "rows": shown.rows(uniting.differences(kept, gone)), "served": uniting.served(kept, gone),
            "taken": uniting.lacking(kept, gone) if take is None else set(take),
            "team": len(uniting.followers(gone, person_of(request))),
            "form": form or UniteForm(initial=seen, use_required_attribute=False),
        }  # fmt: skip
        return render(request, "frontend/account/moderation/unite.html", context)


def faults(refused: Exception) -> list[str]:
    if isinstance(refused, MergeRefused):
        return [str(refused)]
    if isinstance(refused, ListingChanged):
        return [_("L’une des deux fiches a changé entre-temps : relisez, puis confirmez.")]
    return faults_of(refused)
