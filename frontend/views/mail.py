"""What the site wrote to people, and how each of its letters looks.

For administrators. On one person's machine (no SECRET_KEY) also for whoever sits at it: that is how a
developer signs in without a mail server. On a public site the body of a message is shown to nobody: it may
hold a link that signs someone else in.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from ipaddress import ip_address
from typing import Any
from uuid import UUID

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp, csp_update
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from directory.permissions import Action, may
from mail import letters
from mail.delivery import send_again
from mail.letters import Letter
from mail.models import ENDED_BADLY, Message
from mail.writing import LANGUAGES, Written, write

PER_PAGE = 30
# Set by a proxy: then the other end of the line is the proxy, not a person at this machine.
OF_A_PROXY = ("X-Forwarded-For", "Forwarded", "X-Real-Ip", "Via")

View = Callable[..., HttpResponse]
framing: Any = csp_update({"frame-src": [SELF]})
# The style is the mail's own, as a mail program reads it; no script runs there.
shut_in: Any = csp(
    {
        "default-src": [NONE],
        "style-src": [UNSAFE_INLINE],
        "frame-ancestors": [SELF],
        "base-uri": [NONE],
        "form-action": [NONE],
        "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
    }
)


def at_the_machine(request: HttpRequest) -> bool:
    """Whether this is one person's machine, and the visitor sits at it."""
    if not settings.ONE_PERSON or any(name in request.headers for name in OF_A_PROXY):
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def may_read(request: HttpRequest) -> bool:
    return at_the_machine(request) or may(request.user, Action.READ_OUTBOX)


def for_readers(view: View) -> View:
    """404 for whoever has no business here; who is not signed in is asked to."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if may_read(request):
            return view(request, *args, **kwargs)
        if request.user.is_authenticated:
            raise Http404
        return redirect_to_login(request.get_full_path())

    return guarded


@require_safe
@for_readers
def outbox(request: HttpRequest) -> HttpResponse:
    """Everything written lately, latest first; what went wrong can be looked at alone."""
    wrong = request.GET.get("etat") == "a-voir"
    rows = Message.objects.exclude(to="").defer("text", "html")
    ended_badly = rows.filter(state__in=ENDED_BADLY)
    context = {
        "page": Paginator(ended_badly if wrong else rows, PER_PAGE).get_page(request.GET.get("page")),
        "wrong": wrong,
        "wrong_count": ended_badly.count(),
        "no_server": not settings.EMAIL_HOST,
        "days": settings.MAIL_DAYS,
    }
    return render(request, "frontend/mail/outbox.html", context)


@require_safe
@for_readers
@framing
def message(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One message: its state, and on one person's machine its body."""
    row = get_object_or_404(Message.objects.exclude(to=""), uuid=uuid)
    context = {"message": row, "body_shown": settings.ONE_PERSON, "no_server": not settings.EMAIL_HOST}
    return render(request, "frontend/mail/message.html", context)


@require_safe
@for_readers
def message_html(request: HttpRequest, uuid: UUID) -> HttpResponse:
    row = get_object_or_404(Message.objects.exclude(to=""), uuid=uuid)
    if not settings.ONE_PERSON:
        raise Http404
    return as_mail(request, row.html)


@require_POST
@for_readers
def again(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Queue anew a message that ended badly."""
    get_object_or_404(Message.objects.exclude(to=""), uuid=uuid)
    with transaction.atomic():
        queued = send_again(Message.objects.filter(uuid=uuid))
    if queued:
        messages.success(request, _("Le message est remis dans la file."))
    else:
        messages.error(
            request, _("Ce message n’a pas à être renvoyé, ou il n’y a pas de serveur de courriel.")
        )
    return redirect("people:message", uuid)


@require_safe
@for_readers
def previews(request: HttpRequest) -> HttpResponse:
    """Every letter of the site, in both languages."""
    return render(request, "frontend/mail/previews.html", {"letters": letters.every()})


@require_safe
@for_readers
@framing
def preview(request: HttpRequest, name: str) -> HttpResponse:
    letter, language = letter_or_404(name), language_of(request)
    written = example_of(letter, language)
    context = {"letter": letter, "written": written, "language": language, "languages": LANGUAGES}
    return render(request, "frontend/mail/preview.html", context)


@require_safe
@for_readers
def preview_html(request: HttpRequest, name: str) -> HttpResponse:
    return as_mail(request, example_of(letter_or_404(name), language_of(request)).html)


@xframe_options_sameorigin
@shut_in
def as_mail(request: HttpRequest, html: str) -> HttpResponse:
    """The HTML of a mail as it is, shut in: no script, nothing from elsewhere, an origin of its own."""
    return HttpResponse(html)


def letter_or_404(name: str) -> Letter:
    try:
        return letters.get(name)
    except letters.UnknownLetter:
        raise Http404 from None


def language_of(request: HttpRequest) -> str:
    asked = request.GET.get("langue", "")
    return asked if asked in LANGUAGES else translation.get_language() or settings.LANGUAGE_CODE


def example_of(letter: Letter, language: str) -> Written:
    with translation.override(language):
        return write(letter, language, letter.example_context())
