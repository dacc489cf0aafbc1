"""« Emporter cette sélection »: files given at once, or made in the background behind a link that expires."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from accounts.pace import WINDOW, too_often
from directory.facets import count
from directory.filters import SearchForm
from directory.search import SearchCriteria
from exchange import exporting, making
from exchange.errors import Crowded, TooManyExports
from exchange.models import Export
from exchange.outgoing import Selection
from exchange.sending import Download
from frontend.addresses import search_address
from frontend.embedding import name_of
from frontend.sectors import Taxonomy
from frontend.takeaway import export_address, is_direct, said
from frontend.tokens import tokens

# What one address may ask for within an hour: files of one form given at once, files made in the background.
MOST_DIRECT, MOST_MADE = 60, 20
# Of the base as a whole; each file says those of the sources that it mixes.
LICENCE = '<https://opendatacommons.org/licenses/odbl/1-0/>; rel="license"'


@csrf_exempt  # nothing is done in the name of an account; how often it may be asked is counted
@require_http_methods(["GET", "HEAD", "POST"])
def export(request: HttpRequest, form: str) -> HttpResponseBase:
    """The file of what the address asks for; where that is long, a page that offers to have it made."""
    if form not in exporting.forms():
        raise Http404
    asked = SearchForm(request.GET)
    if asked.refusals():  # told by the page of the search: a file must not hold more than was asked for
        return HttpResponseRedirect(f"{reverse('frontend:search')}?{request.GET.urlencode()}")
    criteria = asked.criteria()
    number = count(criteria)
    if not number:
        return answer(request, "empty", criteria, form)
    if request.method == "POST":
        return queued(request, criteria, form)
    if not is_direct(form, number):
        return answer(request, "long", criteria, form, count=number)
    return given(request, criteria, form)


def given(request: HttpRequest, criteria: SearchCriteria, form: str) -> HttpResponseBase:
    name = name_of(tokens(criteria, Taxonomy()))
    if request.method == "HEAD":
        return file_of(iter(()), form, name)
    if too_often(request, f"export-{form}", MOST_DIRECT):
        return answer(request, "often", criteria, form, status=429)
    absolute = request.build_absolute_uri
    selection = Selection(
        criteria, name, said(criteria), absolute("/")[:-1], absolute(search_address(criteria.params))
    )
    try:
        return file_of(Download(making.stream(exporting.Form(form), selection)), form, name)
    except Crowded:
        return answer(request, "crowded", criteria, form, status=503, wait=Crowded.WAIT)


def file_of(pieces: Iterator[bytes], form: str, name: str) -> StreamingHttpResponse:
    made = exporting.forms()[form]
    response = StreamingHttpResponse(pieces, content_type=made.media_type)
    response["Content-Disposition"] = f'attachment; filename="{exporting.file_name(name, form)}"'
    response["X-Robots-Tag"] = "noindex"
    response["Link"] = LICENCE
    patch_cache_control(response, public=True, no_cache=True)
    return response


def queued(request: HttpRequest, criteria: SearchCriteria, form: str) -> HttpResponse:
    if too_often(request, "export-made", MOST_MADE):
        return answer(request, "often", criteria, form, status=429)
    name = name_of(tokens(criteria, Taxonomy()))
    options = {each.name: each.read(request.POST.get(each.name)) for each in exporting.forms()[form].choices}
    try:
        made = exporting.ask(
            criteria, form, name, None, get_language() or "fr", said=said(criteria), options=options
        )
    except TooManyExports:
        return answer(request, "full", criteria, form, status=503)
    return redirect("frontend:export_made", made.key)


def answer(
    request: HttpRequest, what: str, criteria: SearchCriteria, form: str, status: int = 200, **more: Any
) -> HttpResponse:
    """A page instead of a file: ``what`` it says, and what may be done."""
    context = {
        "what": what, "form": exporting.forms()[form], "most": making.DIRECT,
        "name": name_of(tokens(criteria, Taxonomy())),
        "here": export_address(form, criteria.params), "back": search_address(criteria.params), **more,
    }  # fmt: skip
    response = render(request, "frontend/export.html", context, status=status)
    response["X-Robots-Tag"] = "noindex"
    if status != 200:
        response["Retry-After"] = str(more.get("wait", WINDOW))
    patch_cache_control(response, public=True, no_cache=True)
    return response


def found_by(key: str) -> Export:
    """The export of a link, over or not; 404 where there is none, or it was erased."""
    found = exporting.called(key)
    if found is None or found.form not in exporting.forms():
        raise Http404
    return found


@never_cache
@require_safe
def made(request: HttpRequest, key: str) -> HttpResponse:
    """How far a file is, then its link; htmx asks for that part alone while it goes on."""
    found = found_by(key)
    work = found.work
    part = bool(request.headers.get("HX-Request"))
    state = state_of(found)
    context = {
        "export": found, "form": exporting.forms()[found.form], "state": state, "work": work,
        "percent": round(100 * work.done / work.total) if work and work.total else 0,
        "saved": exporting.file_name(found.name, found.form),
        "again": export_address(found.form, exporting.params_of(found)),
        "back": search_address(exporting.params_of(found)),
        "announce": part and request.GET.get("vu") != state,
    }  # fmt: skip
    response = render(request, "frontend/_export.html" if part else "frontend/export_made.html", context)
    return private(response)


@never_cache
@require_safe
def made_file(request: HttpRequest, key: str) -> HttpResponseBase:
    """The bytes; whoever comes too early or too late is led to the page that says so."""
    found = found_by(key)
    if state_of(found) != "ready":
        return redirect("frontend:export_made", key)
    response = file_of(exporting.pieces(found), found.form, found.name)
    response["Content-Length"] = str(found.size)
    if request.method == "HEAD":
        response.streaming_content = iter(())
    return private(response)


def state_of(found: Export) -> str:
    if exporting.is_there(found):
        return "ready"
    if exporting.is_coming(found):
        return "coming"
    return "over" if found.made_at else "failed"


def private(response: HttpResponseBase) -> Any:
    """A link is all that gives it: it is told to nobody."""
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response
