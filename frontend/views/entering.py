"""« Recevoir un lien de connexion » : to sign in without a password.

The page that the link opens changes nothing: programs that read mails open the links in them. It keeps the
link with the session and goes on to an address without it, which neither a journal nor another page sees.
"""

from __future__ import annotations

from urllib.parse import urlencode

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import get_next_redirect_url, perform_login
from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from accounts import links
from accounts.forms import LinkForm

KEPT = "link_of_connection"


@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest) -> HttpResponse:
    """Ask for a link. The answer is the same whether the address has an account or not."""
    onward = get_next_redirect_url(request)
    form = LinkForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return render(request, "frontend/account/link.html", {"form": form, "onward": onward})
    email = form.cleaned_data["email"]
    if refused := ratelimit.consume_or_429(request, action="link", key=email):
        return refused
    links.send_link(email, (get_language() or "fr")[:2], urlencode({"next": onward}) if onward else "")
    return redirect("people:link_sent")


@require_safe
def link_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "frontend/account/link_sent.html", {"minutes": links.MINUTES})


@require_safe
def open_link(request: HttpRequest, key: str, token: str) -> HttpResponse:
    if links.holder(key, token) is None:
        return stale(request)
    request.session[KEPT] = [key, token, get_next_redirect_url(request) or ""]
    return redirect("people:enter")


@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """The button that signs in; allauth goes on with the second factor and refuses closed accounts."""
    key, token, onward = request.session.get(KEPT) or ("", "", "")
    person = links.holder(key, token)
    if person is not None and request.method != "POST":
        return render(request, "frontend/account/enter.html", {"person": person})
    person = person and links.use(key, token)
    request.session.pop(KEPT, None)
    if person is None:
        return stale(request)
    record_authentication(request, person, method="link", email=person.email)
    done: HttpResponse = perform_login(request, person, email=person.email, redirect_url=onward or None)
    return done


def stale(request: HttpRequest) -> HttpResponse:
    """Expired, used, or never ours: which one is nobody's business."""
    return render(request, "frontend/account/link_stale.html", status=410)
