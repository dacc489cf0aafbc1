"""Forms that anyone may send without an account, and what keeps robots out of them.

Two traps and no riddle: a field that people do not see, and a signed time, for robots answer at once. How
often one address may write is counted elsewhere (:mod:`frontend.pace`).
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from functools import wraps
from typing import Any, ClassVar

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.pace import WINDOW
from directory.errors import BadLink
from directory.models import Initiative
from directory.validators import is_in_sight, plain_address

View = Callable[..., HttpResponse]
QUICKEST = 3  # seconds
SLOWEST = 24 * 3_600


def without_account(view: View) -> View:
    """A page with a form that does nothing in the name of an account: no cookie is given for it, and what
    guards it is a signed time in the form or a signed link. A link that leads nowhere is told so (BadLink).
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except BadLink:
            return render(request, "frontend/account/bad_link.html", status=404)

    return csrf_exempt(never_cache(require_http_methods(["GET", "HEAD", "POST"])(guarded)))


def written_about(slug: str) -> Initiative:
    """The published initiative of this name, closed or not, or the one that it was merged into; 404."""
    found = Initiative.objects.published().defer("search").called(slug)
    if found is None:
        raise Http404
    return found


def later(response: HttpResponse) -> HttpResponse:
    """The answer to who writes too often, which says when to come back."""
    response["Retry-After"] = str(WINDOW)
    return response


def one_line(value: str) -> None:
    """What becomes a header of a mail holds no line break nor other control character."""
    if not is_in_sight(value):
        raise ValidationError(_("Écrivez ceci sur une seule ligne, sans caractère invisible."))


class GuardedForm(forms.Form):
    """``slug`` is what the form is about: it cannot be sent for another."""

    SALT: ClassVar[str]
    # Fields that say how they are wrong, and those of them that have a hint besides.
    TOLD: ClassVar[tuple[str, ...]] = ("message", "email")
    HINTED: ClassVar[tuple[str, ...]] = ("email",)

    homepage = forms.CharField(
        label=_("Laissez ce champ vide"),
        required=False,
        max_length=200,
        widget=forms.TextInput({"tabindex": "-1", "autocomplete": "off"}),
    )
    stamp = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)

    def __init__(self, *args: Any, slug: str, **kwargs: Any) -> None:
        super().__init__(*args, **{"use_required_attribute": False, "prefix": None} | kwargs)
        self.slug = slug
        for field in self.fields.values():
            if isinstance(field, forms.EmailField) and plain_address not in field.validators:
                field.validators.append(plain_address)
        self.signer = signing.TimestampSigner(salt=self.SALT)
        self.initial["stamp"] = self.fresh = self.signer.sign(slug)
        if self.is_bound:
            self.data = copy(self.data)  # ours to change
            self.say_errors()

    def say_errors(self) -> None:
        """Each faulty field names its message, for those who do not see the page."""
        for name in self.errors:
            if name in self.TOLD:
                hint = f" aide-{name}" if name in self.HINTED else ""
                self.fields[name].widget.attrs |= {
                    "aria-invalid": "true",
                    "aria-describedby": f"erreur-{name}{hint}",
                }

    def clean_homepage(self) -> str:
        if self.cleaned_data["homepage"]:
            raise forms.ValidationError(_("Ce champ doit rester vide : effacez ce qu’il contient."))
        return ""

    def clean(self) -> dict[str, Any]:
        """Not sent at once nor a day later; the same form sent again after a while is taken.

        What else is wrong is told with it.
        """
        cleaned = super().clean() or {}
        try:
            stamped = self.signer.unsign(cleaned.get("stamp", ""), max_age=SLOWEST) == self.slug
        except signing.BadSignature:
            stamped = False
        if not stamped:
            self.data["stamp"] = self.fresh  # type: ignore[index]  # a copy, made above
            self.add_error(None, _("Ce formulaire était ouvert depuis longtemps. Envoyez-le de nouveau."))
        elif self.is_quick(cleaned["stamp"]):
            self.add_error(
                None,
                _("Ce message est parti trop vite, comme celui d’un robot. Renvoyez-le dans un instant."),
            )
        return cleaned

    def is_quick(self, stamp: str) -> bool:
        try:
            self.signer.unsign(stamp, max_age=QUICKEST)
        except signing.SignatureExpired:
            return False
        return True
