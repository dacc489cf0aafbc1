"""The history of an initiative: what the public saw of it, all of it for those who look after it, and a
version brought back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from contributions import undoing
from directory import history as past
from directory import publishing
from directory.errors import NotAllowed, VersionRefused
from directory.history import LONGEST_WHY
from directory.models import Initiative, Merge
from directory.permissions import Action, may, require
from frontend.versions import Words, lines, shown, united
from frontend.views.initiative import elsewhere
from frontend.views.roles import person_of

BEFORE = "avant"
GREATEST = 2**31 - 1  # of the numbers of events


@require_safe
def history(request: HttpRequest, slug: str) -> HttpResponse:
    """What was public, newest first."""
    found = None if "\x00" in slug else Initiative.objects.published().filter(slug=slug).first()
    if found is None:
        merged = None if "\x00" in slug else Merge.objects.filter(slug=slug).select_related("target").first()
        if merged and merged.target.publication == "published":
            return HttpResponsePermanentRedirect(reverse("frontend:history", args=[merged.target.slug]))
        return elsewhere(request, slug)
    return render(request, "frontend/history.html", page(request, found, public=True))


def page(request: HttpRequest, found: Initiative, *, public: bool) -> dict[str, Any]:
    versions = past.of(found, public=public, before=number(request.GET.get(BEFORE)))
    older = f"?{BEFORE}={versions.older}" if versions.older else ""
    return {
        "initiative": found,
        "versions": shown(versions.found),
        "united": united(past.united(found, public=public)),
        "older": older,
        "begun": BEFORE in request.GET,
    }


def number(text: str | None) -> int | None:
    """The number that a page begins before; 404 where it is none."""
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and 0 < int(text) <= GREATEST):
        raise Http404
    return int(text)


@never_cache
@require_safe
@login_required
def whole_history(request: HttpRequest, slug: str) -> HttpResponse:
    """All the versions, for the people who look after the initiative."""
    found = initiative_of(request, slug, Action.SEE_HISTORY)
    context = page(request, found, public=False)
    newest = past.events().filter(pgh_obj=found.pk).order_by("-pgh_id").first()
    context["newest"] = newest and newest.pk
    context["may_restore"] = may(request.user, Action.RESTORE_VERSION, found)
    context["may_unite"] = may(request.user, Action.MERGE_INITIATIVES, found)
    if context["may_restore"]:
        events = [each.version.event for each in context["versions"]]
        own = person_of(request).pk
        authors = undoing.authors_of(events).items()
        context["undoable"] = {pk for pk, author in authors if author.account != own}
    return render(request, "frontend/account/history.html", context)


def initiative_of(request: HttpRequest, slug: str, action: Action) -> Initiative:
    """The initiative, published or not. Whoever may not is told so only of what everybody knows of."""
    found = None if "\x00" in slug else Initiative.objects.filter(slug=slug).first()
    if found is None:
        raise Http404
    try:
        require(request.user, action, found)
    except PermissionDenied:
        if found.publication != "published":
            raise Http404 from None
        raise
    return found


class RestoreForm(forms.Form):
    why = forms.CharField(
        label=gettext_lazy("Pourquoi rétablir cette version ?"),
        help_text=gettext_lazy("Cette raison est publiée avec l’historique : n’y nommez personne."),
        max_length=LONGEST_WHY,
        widget=forms.Textarea({"rows": 3}),
    )
    # The last event that the person saw: the listing may have changed since.
    seen = forms.IntegerField(widget=forms.HiddenInput)


@method_decorator([never_cache, login_required], name="dispatch")
class Restore(View):
    """What would change, then a reason, then the version is back."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, slug: str, event: int) -> HttpResponse:
        return self.page(request, *self.asked(request, slug, event))

    def post(self, request: HttpRequest, slug: str, event: int) -> HttpResponse:
        found, version = self.asked(request, slug, event)
        form = RestoreForm(request.POST, use_required_attribute=False)
        if form.is_valid() and form.cleaned_data["seen"] != self.newest(found):
            form.data = sent = request.POST.copy()
            sent["seen"] = str(self.newest(found))
            form.add_error(
                None, _("La fiche a changé entre-temps : relisez ce qui changerait, puis confirmez.")
            )
        if form.is_valid():
            try:
                publishing.restore(found, version, person_of(request), form.cleaned_data["why"])
            except NotAllowed:
                form.add_error(
                    None, _("Cette version placerait la fiche hors des territoires que vous modérez.")
                )
            except VersionRefused as refused:
                for reason in refused.reasons:
                    form.add_error(None, reason)
            else:
                messages.success(request, _("La version est rétablie."))
                return redirect("people:history", found.slug)
        return self.page(request, found, version, form)

    def asked(self, request: HttpRequest, slug: str, event: int) -> tuple[Initiative, Any]:
        found = initiative_of(request, slug, Action.RESTORE_VERSION)
        rows = past.events().filter(pgh_obj=found.pk).exclude(pgh_label="delete")
        version = rows.filter(pk=event).first() if event <= GREATEST else None
        if version is None:
            raise Http404
        return found, version

    def page(
        self, request: HttpRequest, found: Initiative, version: Any, form: RestoreForm | None = None
    ) -> HttpResponse:
        changes = [each for each in past.changes(found, version) if each.field in publishing.RESTORED]
        context = {
            "initiative": found,
            "version": version,
            "lines": lines(changes, Words(changes), version),
            "lost": past.lost(version),
            "form": form or RestoreForm(initial={"seen": self.newest(found)}, use_required_attribute=False),
        }
        return render(request, "frontend/account/restore.html", context)

    @staticmethod
    def newest(found: Initiative) -> int:
        row = past.events().filter(pgh_obj=found.pk).order_by("-pgh_id").values_list("pk", flat=True).first()
        return row or 0
