"""The lines of an import: what comes of each, doubtful ones beside what they resemble, what is taken away."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from exchange import importing, reporting
from exchange.models import Candidate, Decision, Import, Outcome, State
from formats.workbook import BYTE_ORDER_MARK
from frontend.import_pairs import pairs
from frontend.imports_shown import LISTS, Telling, doubtful, others, outcomes
from frontend.quantities import plain
from frontend.views.imports import brought
from frontend.views.roles import person_of

ROWS_PER_PAGE = 50
PAIRS_PER_PAGE = 10

DECISIONS = [
    (Decision.NONE, gettext_lazy("Décider plus tard"), ""),
    (Decision.MERGE, gettext_lazy("C’est la même"), gettext_lazy("sa fiche est mise à jour")),
    (Decision.KEEP_BOTH, gettext_lazy("Garder les deux"), gettext_lazy("une fiche est créée")),
    (
        Decision.NEVER, gettext_lazy("Jamais la même"),
        gettext_lazy("une fiche est créée, et la question ne reviendra pas"),
    ),
]  # fmt: skip


@never_cache
@require_safe
@login_required
def lines(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The lines that come to one end, in the order of the file."""
    batch = brought(request, uuid)
    if batch.state in (State.READ, State.ABANDONED) or batch.forgotten_at:
        return redirect("people:import", batch.uuid)
    asked = request.GET.get("issue", "")
    name = asked if asked in LISTS else str(Outcome.CREATE)
    found = batch.candidates.filter(LISTS[name][1]).order_by("line")
    found = found.select_related("initiative", "commune", "departement").defer(
        "commune__geometry", "departement__geometry", "initiative__search"
    )
    page = Paginator(found, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    figures = [*outcomes(batch), *others(batch)]
    label = next((each.label for each in figures if each.outcome == name), str(LISTS[name][0]))
    context = {
        "batch": batch, "page": page, "rows": Telling(page.object_list).rows(), "figures": figures,
        "outcome": name, "label": label, "query": f"issue={name}&",
    }  # fmt: skip
    return render(request, "frontend/account/imports/rows.html", context)


@method_decorator([never_cache, login_required], name="dispatch")
class Review(View):
    """Lines that look like an initiative, beside it: one answer each, kept page by page."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        batch = brought(request, uuid)
        if batch.state != State.PLANNED:
            return redirect("people:import", batch.uuid)
        page = self.doubtful(request, batch)
        context = {
            "batch": batch, "page": page, "pairs": pairs(page.object_list), "decisions": DECISIONS,
        }  # fmt: skip
        return render(request, "frontend/account/imports/review.html", context)

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        batch, person = brought(request, uuid), person_of(request)
        if batch.state != State.PLANNED:
            return redirect("people:import", batch.uuid)
        page = self.doubtful(request, batch)
        decided = 0
        for candidate in page:
            said = request.POST.get(f"d{candidate.pk}")
            if said in Decision.values and said != candidate.decision:
                importing.decide(candidate, Decision(said), person)
                decided += 1
        done = ngettext("{n} réponse enregistrée.", "{n} réponses enregistrées.", decided)
        messages.success(request, done.format(n=plain(decided)) if decided else _("Rien n’a changé."))
        if page.has_next():
            here = reverse("people:import_review", args=[batch.uuid])
            return redirect(f"{here}?page={page.next_page_number()}")
        return redirect("people:import", batch.uuid)

    def doubtful(self, request: HttpRequest, batch: Import) -> Page[Candidate]:
        return Paginator(doubtful(batch), PAIRS_PER_PAGE).get_page(request.GET.get("page"))


@never_cache
@require_safe
@login_required
def report_file(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """All that is known of what comes of the lines, for a program or an archive."""
    batch = brought(request, uuid)
    name = f"import-{batch.created_at:%Y-%m-%d}-{str(batch.uuid)[:8]}.json"
    return JsonResponse(
        reporting.report(batch), json_dumps_params={"ensure_ascii": False, "indent": 2},
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )  # fmt: skip


@never_cache
@require_safe
@login_required
def refused_file(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The refused lines in the shape of their file, with why: to mend and bring again."""
    batch = brought(request, uuid)
    name = f"refusees-{batch.created_at:%Y-%m-%d}-{str(batch.uuid)[:8]}.csv"
    answer = HttpResponse(BYTE_ORDER_MARK, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    reporting.write_refused(batch, answer)  # type: ignore[arg-type]  # it can be written to
    return answer
