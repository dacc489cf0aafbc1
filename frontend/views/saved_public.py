"""Saved diagnoses as their readers see them: those that are public, and those whose link one was sent."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe

from accounts.pace import too_often
from diagnosis import saving, workbook
from diagnosis.models import SavedDiagnosis
from diagnosis.saved_diagnosis import KEY_LENGTH, Visibility
from frontend.diagnosis import changing
from frontend.diagnosis.chapters import context_of
from frontend.diagnosis.paper import Paper, pdf
from frontend.views.files import MOST, TYPES, absolute, answer, busy, site_of

PER_PAGE = 30


@require_safe
@cache_control(public=True, no_cache=True)
def diagnoses(request: HttpRequest) -> HttpResponse:
    """Those that were published, newest first; ``?territory=`` of one territory."""
    rows = saving.published()
    id = request.GET.get("territory", "").replace("\x00", "")[:200]
    if id:
        rows = rows.filter(territory=id)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "query": f"territory={id}&" if id and page.object_list else "", "id": id}
    return render(request, "frontend/diagnosis/saved_list.html", context)


@require_safe
@cache_control(public=True, no_cache=True)
def saved_diagnosis(request: HttpRequest, uuid: UUID) -> HttpResponse:
    return page_of(request, public(uuid))


@require_safe
def saved_file(request: HttpRequest, uuid: UUID, form: str) -> HttpResponse:
    return file_of(request, public(uuid), form)


@require_safe
@cache_control(public=True, no_cache=True)
def saved_changes(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Between a public diagnosis and the one that it made again, public too."""
    new = public(uuid)
    old = new.previous
    if old is None or old.visibility != Visibility.PUBLIC:
        raise Http404
    reports = (saving.report_of(old), saving.report_of(new))
    context = {"saved": new, "old": old} | changing.context_of(*reports, old.communes, new.communes)
    return render(request, "frontend/diagnosis/saved_changes.html", context)


@never_cache
@require_safe
def by_link(request: HttpRequest, key: str) -> HttpResponse:
    """For whoever was sent the link. No search engine, and no trace of the address elsewhere."""
    return untraced(page_of(request, shared(key), by_link=True))


@never_cache
@require_safe
def file_by_link(request: HttpRequest, key: str, form: str) -> HttpResponse:
    return untraced(file_of(request, shared(key), form))


def untraced(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response


def shared(key: str) -> SavedDiagnosis:
    if len(key) != KEY_LENGTH or not key.isalnum():
        raise Http404
    rows = SavedDiagnosis.objects.select_related("territory", "previous")
    return get_object_or_404(rows.exclude(visibility=Visibility.PRIVATE), key=key)


def public(uuid: UUID) -> SavedDiagnosis:
    rows = SavedDiagnosis.objects.select_related("territory", "previous")
    return get_object_or_404(rows, uuid=uuid, visibility=Visibility.PUBLIC)


def page_of(
    request: HttpRequest, saved: SavedDiagnosis, *, keeper: bool = False, by_link: bool = False
) -> HttpResponse:
    texts = saving.texts_of(saved)
    context: dict[str, Any] = context_of(
        saving.report_of(saved), saved.sector or None, texts=texts, levers=texts.levers
    )
    old = saved.previous
    context |= {
        "saved": saved,
        "keeper": keeper,
        "unlisted": keeper or by_link,
        "files": [(form, file_address(saved, form, keeper=keeper, by_link=by_link)) for form in TYPES],
        "changes": old is not None and Visibility.PUBLIC == old.visibility == saved.visibility,
    }
    return render(request, "frontend/diagnosis/saved.html", context)


def file_address(saved: SavedDiagnosis, form: str, *, keeper: bool, by_link: bool) -> str:
    """Under the authority by which the page itself was opened."""
    if keeper:
        return reverse(f"people:diagnosis_{form}", args=[saved.uuid])
    if by_link:
        return reverse(f"frontend:saved_diagnosis_{form}_by_link", args=[saved.key])
    return reverse(f"frontend:saved_diagnosis_{form}", args=[saved.uuid])


def file_of(request: HttpRequest, saved: SavedDiagnosis, form: str) -> HttpResponse:
    """Taken away as pdf, xlsx or csv. The annex is left out: initiatives are those of today, the figures are
    not."""
    report, texts, page = saving.report_of(saved), saving.texts_of(saved), page_for_all(saved)
    if too_often(request, f"diagnosis-{form}", MOST[form]):
        return busy(request, request.get_full_path(), 429)
    paper = Paper(
        report, absolute(page), saved.sector or None, texts, texts.levers, title=saved.title,
        signature=saved.signature, examples=saved.examples,
    )  # fmt: skip
    made = {
        "pdf": lambda: pdf(paper),
        "xlsx": lambda: workbook.book(report, None, site_of(report.zone.id, page)),
        "csv": lambda: workbook.text(report),
    }
    return answer(request, report, form, made[form])


def page_for_all(saved: SavedDiagnosis) -> str:
    """What paper may cite: its own page where everybody may read it, else that of its territory today. Paper
    goes from hand to hand, a link that was sent to somebody does not."""
    if saved.visibility == Visibility.PUBLIC:
        return reverse("frontend:saved_diagnosis", args=[saved.uuid])
    if saved.territory_id:
        return reverse("frontend:diagnosis", args=[saved.territory_id])
    return reverse("frontend:search")
