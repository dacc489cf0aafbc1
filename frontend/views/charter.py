"""The charter for everybody: its text and versions, who signed, the badge to show elsewhere."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from charter import signatories as signing
from charter import versions
from charter.models import CharterVersion
from charter.signatories import SignatoriesForm
from charter.wording import blocks
from directory.filters import DigitsField
from formats.writing.delimited import delimited
from formats.writing.table import Column, Table
from frontend.addresses import query
from frontend.charter_shown import KIND_LABELS, badged, in_words, lines, page_of, shown, structure_of
from frontend.places import is_sure, territories_named
from frontend.refusals import refusals
from printing.palette import palette
from territories.gazetteer import suggest

PER_PAGE = 50
FILE_COLUMNS = ("kind", "id", "name", "commune", "commune_id", "version", "edition", "signed")
BADGE_SIZE = (320, 64)  # pixels
BADGE_CODE = '<a href="{}"><img src="{}" width="{}" height="{}" alt="{}"></a>'


class PageForm(SignatoriesForm):
    page = DigitsField(required=False, min_value=1, max_value=100_000)


@require_safe
def charter(request: HttpRequest) -> HttpResponse:
    """The text that is signed now, and how many signed."""
    found = versions.current()
    counts = signing.counts(signing.every())
    context = {
        "version": found,
        "blocks": blocks(found.text) if found else [],
        "counts": counts,
        "words": in_words(counts),
        "latest": lines(signing.named(signing.every())[:5]),
        "others": list(versions.published().exclude(pk=found.pk)) if found else [],
    }
    return render(request, "frontend/charter/charter.html", context)


@require_safe
def version(request: HttpRequest, number: int) -> HttpResponse:
    """One version as it was signed, the present one included."""
    found = numbered(number)
    current = versions.current()
    context = {
        "version": found,
        "blocks": blocks(found.text),
        "current": current if current != found else None,
        "signed": signing.every().filter(version=found).count(),
    }
    return render(request, "frontend/charter/version.html", context)


def numbered(number: int) -> CharterVersion:
    found = versions.published().filter(number=number).first() if number < 30_000 else None
    if found is None:
        raise Http404
    return found


@require_safe
def signatories(request: HttpRequest) -> HttpResponse:
    """Who signed, of everywhere or of some territories: named where they agree to be, counted in any case."""
    given = request.GET.copy()
    typed = " ".join(given.pop("place", [""])[-1].replace("\x00", " ").split())[:100]
    places = suggest(typed, 20) if typed else []
    if places and is_sure(places):
        given["territory"] = ",".join(places[0].ids[:100])
        return HttpResponseRedirect(query(params_of(given)) or "?")
    form = PageForm(given)
    refused = form.refusals()
    params = {name: text for name, text in params_of(given).items() if name not in refused}
    pages = Paginator(signing.named(form.signatories()), PER_PAGE)
    page = pages.get_page(form.cleaned_data.get("page") or 1)
    counts = signing.counts(form.somewhere())
    elsewhere = {name: text for name, text in params.items() if name == "territory"}
    context = {
        "refusals": refusals(form),
        "typed": typed,
        "choices": territories_named(places, lambda ids: query({**params, "territory": ids})),
        "territories": form.cleaned_data.get("territory") or [],
        "counts": counts,
        "kinds": kinds(counts, params),
        "page": page,
        "lines": lines(page.object_list),
        "named": pages.count,
        "unnamed": form.signatories().filter(listed=False).count(),
        "query": query(params).removeprefix("?") + "&" if params else "",
        "kind": params.get("kind", ""),
        "everywhere_href": query({k: v for k, v in params.items() if k != "territory"}) or "?",
        "file_href": reverse("frontend:charter_signatories_file") + query(elsewhere),
        "permalink": request.path + query(params),
    }
    return render(request, "frontend/charter/signatories.html", context)


def params_of(given: Any) -> dict[str, str]:
    names = ("territory", "kind")
    return {name: given.get(name, "").strip()[:2_000] for name in names if given.get(name, "").strip()}


def kinds(counts: signing.Counts, params: dict[str, str]) -> list[tuple[str, int, str, bool]]:
    """(label, how many, address, chosen) of all signatories, then of each kind that counts somebody."""
    chosen = params.get("kind", "")
    rest = {name: text for name, text in params.items() if name != "kind"}
    found = [(_("tous"), counts.total, query(rest) or "?", not chosen)]
    return found + [
        (str(KIND_LABELS[kind]), n, query({**rest, "kind": kind}), kind == chosen)
        for kind, n in counts.by_kind()
        if n or kind == chosen
    ]


@require_safe
def signatories_file(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """The structures that agree to be named, as CSV; no person. 400 where a parameter cannot be read."""
    form = SignatoriesForm(request.GET, strict=True)
    if refused := form.refusals():
        said = "\n".join(f"{name}: {' '.join(messages)}" for name, messages in refused.items())
        return HttpResponse(said, status=400, content_type="text/plain; charset=utf-8")
    rows = ([row[name] for name in FILE_COLUMNS] for row in signing.written(form.signatories()))
    table = Table("signataires", [Column(name, name) for name in FILE_COLUMNS], rows)
    name = f"maillage-charte-signataires-{timezone.localdate():%Y-%m-%d}.csv"
    return StreamingHttpResponse(
        delimited(table),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


# -- The badge ----------------------------------------------------------------------------------------


@require_safe
def badge(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """An image for the site of a signatory. Where it has not signed, or not any more, or its page is gone, it
    says no more than what the charter is: a page that shows it is never made to say what is not so, nor to
    show a broken image. Browsers ask each time, and are told by the version of the data (config.freshness).
    """
    width, height = BADGE_SIZE
    context = {
        "title": _("Signataire de la charte") if badged(kind, key) else _("La charte"),
        "line": _("Circuits courts économiques et solidaires"),
        "width": width,
        "height": height,
        "colours": palette(),
    }
    return render(request, "frontend/charter/badge.svg", context, content_type="image/svg+xml; charset=utf-8")


@require_safe
def badge_page(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """The badge, and the code to paste."""
    structure = structure_of(kind, key)
    signed = shown(structure)
    if signed is None:
        raise Http404
    image = reverse("frontend:charter_badge", args=[kind, key])
    width, height = BADGE_SIZE
    page, address = (request.build_absolute_uri(each) for each in (page_of(structure), image))
    alt = _("La charte des circuits courts économiques et solidaires et {name}, sur Maillage").format(
        name=structure.name
    )
    context = {
        "structure": structure,
        "page": page_of(structure),
        "signed": signed,
        "image": image,
        "image_address": address,
        "width": width,
        "height": height,
        "alt": alt,
        "code": format_html(BADGE_CODE, page, address, width, height, alt),
    }
    return render(request, "frontend/charter/badge.html", context)
