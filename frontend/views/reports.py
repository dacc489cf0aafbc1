"""The reports that one sees to: those of one's territories, all of them for administrators."""

from __future__ import annotations

from typing import Any

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

from directory import publishing
from directory.history import hand_of
from directory.models import LONGEST_MESSAGE, Report
from directory.permissions import Action, may, require
from directory.reports import handled_by
from frontend.views.roles import person_of

PER_PAGE = 30


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label=gettext_lazy("Votre réponse, ou ce qui a été fait"),
        max_length=LONGEST_MESSAGE,
        widget=forms.Textarea({"rows": 5}),
        error_messages={"required": gettext_lazy("Écrivez une réponse, ou ce qui a été fait.")},
    )


@never_cache
@require_safe
@login_required
def reports(request: HttpRequest) -> HttpResponse:
    found = handled_by(person_of(request))
    context = {
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        "waiting": found.filter(handled_at=None).count(),
    }
    return render(request, "frontend/account/reports.html", context)


@method_decorator([never_cache, login_required], name="dispatch")
class SeeToReport(View):
    """Read one, answer it, hide the initiative."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        report = self.report(request, reference)
        return self.page(request, report, AnswerForm(initial={"answer": report.answer}))

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        report = self.report(request, reference)
        person = person_of(request)
        if "hide" in request.POST:
            if report.initiative is None:
                raise Http404
            require(person, Action.PUBLISH_INITIATIVE, report.initiative)
            by, hand = f"{publishing.ACCOUNT}{person.pk}", hand_of(person, report.initiative)
            if publishing.hide(report.initiative, by, "signalement d’un lecteur", hand=hand, via="site"):
                messages.success(request, _("L’initiative est masquée. Il reste à répondre."))
            return redirect("people:report", report.reference)
        form = AnswerForm(request.POST)
        if not form.is_valid():
            return self.page(request, report, form)
        publishing.handle(report, by=person, answer=form.cleaned_data["answer"])
        told = _("Le signalement est traité, et la réponse part par courriel.")
        messages.success(request, told if report.email else _("Le signalement est traité."))
        return redirect("people:reports")

    def report(self, request: HttpRequest, reference: str) -> Report:
        """404 for one that is not there, NotAllowed for one of elsewhere."""
        if "\x00" in reference:
            raise Http404
        report = Report.objects.select_related("initiative", "handled_by").filter(reference=reference).first()
        if report is None:
            raise Http404
        require(person_of(request), Action.HANDLE_REPORTS, report.initiative)
        return report

    def page(self, request: HttpRequest, report: Report, form: Any) -> HttpResponse:
        found = report.initiative
        context = {
            "report": report,
            "form": form,
            "may_keep_contacts": found is not None and may(person_of(request), Action.EDIT_CONTACTS, found),
            "may_unite": found is not None and may(person_of(request), Action.MERGE_INITIATIVES, found),
            "may_hide": found is not None
            and found.publication == "published"
            and may(person_of(request), Action.PUBLISH_INITIATIVE, found),
        }
        return render(request, "frontend/account/report.html", context)
