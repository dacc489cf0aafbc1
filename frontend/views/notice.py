"""What an organisation does with the record that others wrote of it, by the links of its notice."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from directory import notices
from directory.errors import BadLink


# The signed link is all the authority needed: no account, no cookie. A GET changes nothing.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def notice(request: HttpRequest, token: str) -> HttpResponse:
    try:
        asked = notices.by_token(token)
    except BadLink:
        return render(request, "frontend/account/bad_link.html", status=404)
    report = notices.obey(asked) if request.method == "POST" else None
    initiative = asked.notice.initiative
    if request.method == "POST":
        initiative.refresh_from_db(fields=["publication"])
    context = {
        "initiative": initiative,
        "remove": asked.what == notices.REMOVE,
        "hidden": notices.is_hidden(initiative),
        "done": request.method == "POST",
        "reference": report.reference if report else "",
    }
    return render(request, "frontend/account/notice.html", context)
