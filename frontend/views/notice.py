"""What an organisation does with the record that others wrote of it, by the links of its notice."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from directory import notices
from frontend.guarded import without_account


# The signed link is all the authority needed: no account, no cookie. A GET changes nothing.
@without_account
def notice(request: HttpRequest, token: str) -> HttpResponse:
    asked = notices.by_token(token)
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
