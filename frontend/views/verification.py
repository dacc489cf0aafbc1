"""« Toujours vrai, à corriger, fermé » : by the link of a letter, without an account, or on one's own."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.pace import too_often
from directory.models import Initiative, Publication
from directory.permissions import Action, require
from frontend.guarded import later, without_account, written_about
from frontend.mending import mending_address
from frontend.views.roles import person_of
from verification import answering, confirming, reaching
from verification.errors import VerificationRefused
from verification.models import How, Said

MOST = 20  # answers of one address in an hour
# Asked once more before it is believed: a listing that is closed leaves lists and maps.
SURE = "sure"


# The signed link is all the authority needed: no account, no cookie. A GET changes nothing, nor does a HEAD:
# programs that read mail open the links that they find.
@without_account
def by_letter(request: HttpRequest, key: str) -> HttpResponse:
    opened = answering.by_key(key)
    said = request.POST.get("answer", "")
    if request.method != "POST" or said not in Said.values or opened.answer or opened.expired:
        return letter_page(request, opened)
    if said == Said.CLOSED and SURE not in request.POST:
        return letter_page(request, opened, closing=True)
    if too_often(request, "verification", MOST):
        return later(letter_page(request, opened, status=429, late=True))
    try:
        answering.say(opened, said)
    except VerificationRefused:  # answered in another window meanwhile
        return letter_page(request, answering.by_key(key))
    if said == Said.CORRECT and opened.initiative.publication == Publication.PUBLISHED:
        return redirect(mending_address(opened.initiative))
    return letter_page(request, answering.by_key(key), done=True)


def letter_page(
    request: HttpRequest, opened: answering.Opened, *, status: int = 200, **said: bool
) -> HttpResponse:
    opened.initiative.refresh_from_db(fields=["publication", "verified_at", "activity_state"])
    context = {
        "opened": opened,
        "initiative": opened.initiative,
        "published": opened.initiative.publication == Publication.PUBLISHED,
        "vouched_by": confirming.vouched_by(opened.initiative),
        "mend_href": mending_address(opened.initiative),
        **said,
    }
    return render(request, "frontend/account/verification.html", context, status=status)


@without_account
def another_link(request: HttpRequest, key: str) -> HttpResponse:
    """A link that is too old is replaced: by a letter to the same address, for whoever reads it."""
    opened = answering.by_key(key)
    if request.method != "POST":
        return redirect("people:verification", key)
    if too_often(request, "verification-link", MOST):
        return later(letter_page(request, opened, status=429, late=True))
    answering.send_again(opened)
    return letter_page(request, opened, sent=True)


@without_account
def stop(request: HttpRequest, key: str) -> HttpResponse:
    """No more letters of campaigns to the address that this link was sent to; and back again."""
    digest = reaching.by_opposition_key(key)
    status = 200
    if request.method == "POST" and too_often(request, "verification-stop", MOST):
        status = 429
    elif request.method == "POST":
        verb = reaching.resume if request.POST.get("do") == "resume" else reaching.oppose
        verb(digest)
    context = {
        "opposed": reaching.opposed(digest),
        "done": request.method == "POST" and status == 200,
        "late": status == 429,
    }
    response = render(request, "frontend/account/verification_stop.html", context, status=status)
    return response if status == 200 else later(response)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def on_site(request: HttpRequest, slug: str) -> HttpResponse:
    """Whoever answers for a record, or for those like it, says that it is still true, or closed."""
    found: Initiative = written_about(slug)
    person = person_of(request)
    require(person, Action.VERIFY_INITIATIVE, found)
    said, closing = request.POST.get("answer", ""), False
    if request.method == "POST" and said in (Said.TRUE, Said.CLOSED):
        closing = said == Said.CLOSED and SURE not in request.POST
        if not closing:
            verb = confirming.close if said == Said.CLOSED else confirming.confirm
            try:
                verb(found, person, How.SITE)
            except VerificationRefused as refusal:
                messages.error(request, str(refusal))
            else:
                messages.success(request, _("Merci : c’est noté, à la date d’aujourd’hui."))
            return redirect(reverse("people:verify", args=[found.slug]))
    context = {
        "initiative": found,
        "closing": closing,
        "vouched_by": confirming.vouched_by(found),
        "published": True,
        "mend_href": mending_address(found),
        "to_confirm": confirming.to_confirm(found),
    }
    return render(request, "frontend/account/verify.html", context)
