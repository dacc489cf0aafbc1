"""A diagnosis taken away: PDF, workbook (XLSX) and CSV, with the figures of the page."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponsePermanentRedirect,
    HttpResponseRedirect,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from accounts.pace import too_often
from diagnosis import stored, workbook
from diagnosis.annex import Annex, annex
from diagnosis.catalogue import offers
from diagnosis.errors import NothingCounted
from diagnosis.model import Report
from diagnosis.zones import subject
from directory.models import Sector
from frontend.addresses import api_address
from frontend.diagnosis.asking import diagnosis_address, peers_asked, typed_in
from frontend.diagnosis.heavy import TooBusy, turn
from frontend.diagnosis.paper import Paper, pdf
from territories.errors import UnknownTerritory
from territories.gazetteer import resolve
from territories.models import Territory

# What one address may ask for within an hour: a PDF takes the longest to make.
MOST = {"pdf": 30, "xlsx": 60, "csv": 120}
# Initiatives and levers that are named on paper.
NAMED, LEVERS = 260, 30
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = {"pdf": "application/pdf", "xlsx": XLSX, "csv": "text/csv; charset=utf-8"}


@require_safe
def diagnosis_file(request: HttpRequest, id: str, form: str) -> HttpResponse:
    """``form`` is pdf, xlsx or csv; ``sector`` and ``peers`` as the page takes them. What cannot be read is
    told by the page, where it leads."""
    try:
        found = subject(resolve(id))
    except UnknownTerritory:
        raise Http404 from None
    slug = typed_in(request.GET.get("sector", ""))
    peers = peers_asked(request, found, slug)
    sector = Sector.objects.filter(slug=slug).first() if slug else None
    if peers.refused or (slug and sector is None):
        return HttpResponseRedirect(f"{diagnosis_address(found.pk)}?{request.GET.urlencode()}")
    if found.pk != id:
        asked = f"?{request.GET.urlencode()}" if request.GET else ""
        return HttpResponsePermanentRedirect(reverse(f"frontend:diagnosis_{form}", args=[found.pk]) + asked)
    if too_often(request, f"diagnosis-{form}", MOST[form]):
        return busy(request, diagnosis_address(found.pk), 429)
    try:
        report = stored.read(found, peers.ids)
    except NothingCounted:
        return render(request, "frontend/diagnosis/uncounted.html", {"territory": found}, status=503)
    made = {
        "pdf": lambda: printed(found, report, sector),
        "xlsx": lambda: workbook.book(report, annex(found), site_of(report.zone.id)),
        "csv": lambda: workbook.text(report),
    }
    return answer(request, report, form, made[form])


def printed(territory: Territory, report: Report, sector: Sector | None) -> bytes:
    slug = sector.slug if sector else ""
    address = absolute(diagnosis_address(territory.pk, slug))
    levers = offers(territory, sector.pk if sector else None)
    here = levers.found[:LEVERS]
    paper = Paper(
        report, address, slug or None, levers=here, levers_more=levers.more + len(levers.found) - len(here),
        annex=listed(territory, report),
    )  # fmt: skip
    return pdf(paper)


def listed(territory: Territory, report: Report) -> Annex:
    """Few enough to be named on the last pages."""
    return annex(territory, NAMED) if report.zone.count <= NAMED else Annex([], report.zone.count)


def answer(
    request: HttpRequest, report: Report, form: str, make: Callable[[], bytes], name: str = ""
) -> HttpResponse:
    """The file, or a page that says to ask again while others' are being made."""
    try:
        with turn():
            body = make()
    except TooBusy:
        return busy(request, request.get_full_path(), 503)
    day = timezone.localtime(report.data_date).date().isoformat()
    response = HttpResponse(body, content_type=TYPES[form])
    kept = "inline" if form == "pdf" else "attachment"
    response["Content-Disposition"] = f'{kept}; filename="diagnostic-{name or report.zone.id}-{day}.{form}"'
    response["X-Robots-Tag"] = "noindex"
    patch_cache_control(response, public=True, no_cache=True)
    return response


def busy(request: HttpRequest, href: str, status: int) -> HttpResponse:
    response = render(request, "frontend/diagnosis/busy.html", {"href": href}, status=status)
    response["Retry-After"] = "30"
    return response


def site_of(id: str, page: str = "") -> workbook.Site:
    """The addresses that a workbook cites."""
    return workbook.Site(
        report=absolute(page or diagnosis_address(id)),
        method=absolute(reverse("frontend:indicators")),
        initiative=lambda slug: absolute(reverse("frontend:initiative", args=[slug])),
        download=absolute(api_address("initiatives", {"territory": id}, format="csv")),
    )


def absolute(path: str) -> str:
    return settings.SITE_URL.rstrip("/") + path
