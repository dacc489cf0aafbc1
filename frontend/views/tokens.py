"""« Jetons d’API » : the keys that a person gave to programs; made, shown once, revoked."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import tokens as verbs
from accounts.errors import TokenRefused
from accounts.models import ApiToken, Scope
from accounts.signing_in import must_prove
from frontend.views.roles import person_of

GET_OR_POST = ["GET", "HEAD", "POST"]
LENGTHS = {30: gettext_lazy("30 jours"), 90: gettext_lazy("90 jours"), 365: gettext_lazy("un an")}


class TokenForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("À quoi sert ce jeton ?"),
        help_text=gettext_lazy("Le nom du programme, par exemple « site du réseau »."),
        max_length=100,
    )
    scope = forms.ChoiceField(
        label=gettext_lazy("Ce que le programme peut faire en votre nom"),
        choices=[
            (Scope.READ, gettext_lazy("lire ce que vous pouvez lire")),
            (Scope.WRITE, gettext_lazy("lire, et modifier ce que vous pouvez modifier")),
        ],
        initial=Scope.READ,
        widget=forms.RadioSelect,
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("Pour combien de temps"),
        choices=list(LENGTHS.items()),
        coerce=int,
        initial=90,
        widget=forms.RadioSelect,
    )


@never_cache
@require_safe
@login_required
def tokens(request: HttpRequest) -> HttpResponse:
    rows = list(person_of(request).tokens.all())
    context = {
        "living": [token for token in rows if token.state == "living"],
        "past": [token for token in rows if token.state != "living"],
        "most": verbs.MOST,
    }
    return render(request, "frontend/account/tokens.html", context)


@never_cache
@require_http_methods(GET_OR_POST)
@login_required
@reauthentication_required
def new(request: HttpRequest) -> HttpResponse:
    """A key is in the answer to the form and nowhere else: neither kept, nor in an address."""
    person = person_of(request)
    if must_prove(request, person):
        messages.info(request, _("Pour créer un jeton, connectez-vous de nouveau par un lien."))
        return redirect(f"{reverse('people:link')}?next={reverse('people:token_new')}")
    form = TokenForm(request.POST if request.method == "POST" else None, use_required_attribute=False)
    if not form.is_valid():
        return render(request, "frontend/account/token_new.html", {"form": form})
    given: dict[str, Any] = form.cleaned_data
    try:
        token, key = verbs.mint(person, given["name"], [given["scope"]], given["days"])
    except TokenRefused:
        form.add_error(
            None,
            _(
                "Vous avez déjà {count} jetons en cours : révoquez d’abord un de ceux qui ne servent plus."
            ).format(count=verbs.MOST),
        )
        return render(request, "frontend/account/token_new.html", {"form": form})
    return render(request, "frontend/account/token_made.html", {"token": token, "key": key})


@never_cache
@require_http_methods(GET_OR_POST)
@login_required
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    token = get_object_or_404(ApiToken, pk=min(pk, 2**63 - 1), person=person_of(request))
    if request.method == "POST":
        verbs.revoke(token)
        messages.success(request, _("Le jeton « {name} » n’ouvre plus rien.").format(name=token.name))
        return redirect("people:tokens")
    return render(request, "frontend/account/token_revoke.html", {"token": token})
