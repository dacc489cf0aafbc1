"""« Signer la charte »: without an account, then by the link of a letter, all the authority needed."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.pace import too_often
from charter import signing, versions
from charter.consent import CURRENT, wording
from charter.errors import SigningRefused
from charter.keys import by_key, key_of
from charter.models import CharterVersion, Signature
from frontend.charter_forms import ForStructureForm, OneselfForm, again_form, change_form
from frontend.charter_shown import TITLES, Structure, found, page_of, shown, structure_of
from frontend.guarded import View, later, without_account

MOST = 20  # signatures of one address of the network in an hour: a whole meeting may sign
MOST_OWN = 60  # what the same address does by links of letters in that time
LONGEST_QUERY = 100


@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """In whose name."""
    return render(request, "frontend/charter/choose.html", {"version": versions.current(), "titles": TITLES})


@require_safe
def find(request: HttpRequest, kind: str) -> HttpResponse:
    """For which structure: found by its name."""
    text = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST_QUERY]
    rows = found(kind, text)
    context = {"kind": kind, "title": TITLES[kind], "text": text, "found": rows}
    return render(request, "frontend/charter/find.html", context)


@without_account
def sign_oneself(request: HttpRequest) -> HttpResponse:
    return ask(request, OneselfForm, "moi", None)


@without_account
def sign_for(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    return ask(request, ForStructureForm, f"{kind}/{key}", structure_of(kind, key))


def ask(request: HttpRequest, form_class: type[Any], slug: str, structure: Structure | None) -> HttpResponse:
    version = versions.current()
    if version is None:
        return redirect("frontend:charter")
    form = form_class(request.POST if request.method == "POST" else None, slug=slug, version=version)
    if request.method != "POST" or not form.is_valid():
        return page(request, form, version, structure)
    if too_often(request, "charter", MOST):
        form.add_error(
            None, _("Beaucoup de signatures sont déjà venues de votre connexion. Revenez dans une heure.")
        )
        return later(page(request, form, version, structure, status=429))
    signing.sign(version, form.told(), structure, (get_language() or "fr")[:2])
    return HttpResponse(status=303, headers={"Location": reverse("frontend:charter_asked")})


def page(
    request: HttpRequest, form: Any, version: CharterVersion, structure: Structure | None, **options: Any
) -> HttpResponse:
    context = {
        "form": form,
        "version": version,
        "structure": structure,
        "signed": shown(structure) if structure else None,
        "information": wording("information"),
    }
    return render(request, "frontend/charter/sign.html", context, **options)


@never_cache
@require_safe
def asked(request: HttpRequest) -> HttpResponse:
    """The same, whether the address had signed already or not."""
    return render(request, "frontend/charter/asked.html")


# -- By the link of a letter --------------------------------------------------------------------------


def by_link(view: View) -> View:
    """A page that a link of a letter opens: without an account, and slowed like any other form."""

    def slowed(request: HttpRequest, key: str) -> HttpResponse:
        if request.method == "POST" and too_often(request, "charter-own", MOST_OWN):
            row, often = by_key(key), _("Trop d’essais depuis votre connexion. Revenez dans une heure.")
            return later(own_page(request, row, key, change_form(row), often, status=429))
        return view(request, key)

    return without_account(slowed)


@by_link
def own(request: HttpRequest, key: str) -> HttpResponse:
    """A GET shows; a POST confirms, or changes what may be changed."""
    row = by_key(key)
    change = request.method == "POST" and request.POST.get("do") == "change" and row.state != "asked"
    form = change_form(row, request.POST if change else None)
    if change and form.is_valid():
        signing.change(key, form.told())
        return onward(key, "noted")
    if request.method == "POST" and request.POST.get("do") == "confirm":
        try:
            return onward(key_of(signing.confirm(key)), "confirmed")
        except SigningRefused as refused:
            return own_page(request, row, key, form, str(refused))
    return own_page(request, row, key, form)


def onward(key: str, said: str) -> HttpResponse:
    address = f"{reverse('people:own_signature', args=[key])}?said={said}"
    return HttpResponse(status=303, headers={"Location": address})


def own_page(
    request: HttpRequest, row: Signature, key: str, form: Any, refused: str = "", status: int = 200
) -> HttpResponse:
    newer = versions.current()
    renewed = getattr(row, "renewed", None)
    context = {
        "signature": row,
        "structure": row.structure,
        "page": page_of(row.structure) if row.structure else "",
        "key": key,
        "form": form,
        "refused": refused,
        "said": request.GET.get("said", ""),
        "newer": newer if newer and newer.pk != row.version_id and not renewed else None,
        "renewed": renewed,
        "public": shown(row.structure) if row.structure else None,
        "information": wording("information", row.wording_version or CURRENT),
    }
    return render(request, "frontend/charter/own.html", context, status=status)


@by_link
def own_again(request: HttpRequest, key: str) -> HttpResponse:
    """To sign the version of now."""
    row, version = by_key(key), versions.current()
    form = again_form(row, version, request.POST if request.method == "POST" else None)
    if version and request.method == "POST" and form.is_valid():
        try:
            return onward(key_of(signing.sign_again(key, version, form.told())), "confirmed")
        except SigningRefused as refused:
            form.add_error(None, str(refused))
    context = {"signature": row, "structure": row.structure, "version": version, "key": key, "form": form}
    return render(request, "frontend/charter/again.html", context)


@by_link
def own_withdraw(request: HttpRequest, key: str) -> HttpResponse:
    row = by_key(key)
    done = request.method == "POST"
    if done:
        signing.withdraw(key)
    context = {"signature": row, "structure": row.structure, "key": key, "done": done}
    return render(request, "frontend/charter/withdraw.html", context)
