"""The form by which a reader says what is wrong, and what keeps robots out of it.

Two traps and no riddle: a field that people do not see, and a signed time, for robots answer at once.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

from directory.models import LONGEST_MESSAGE, ReportReason

QUICKEST = 3  # seconds
SLOWEST = 24 * 3_600
signer = signing.TimestampSigner(salt="frontend.reporting")


class ReportForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("Que voulez-vous signaler ?"),
        choices=ReportReason.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choisissez ce que vous voulez signaler."),
            "invalid_choice": _("Choisissez un des motifs proposés."),
        },
    )
    message = forms.CharField(
        label=_("Votre message"),
        max_length=LONGEST_MESSAGE,
        widget=forms.Textarea({"rows": 6}),
        error_messages={"required": _("Écrivez quelques mots : ce qui est faux, et ce qui serait juste.")},
    )
    email = forms.EmailField(
        label=_("Votre courriel, si vous voulez une réponse (facultatif)"),
        required=False,
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email", "aria-describedby": "aide-email"}),
        error_messages={
            "invalid": _("Cette adresse n’est pas celle d’un courriel. Exemple : nom@exemple.fr")
        },
    )
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
        self.initial["stamp"] = self.fresh = signer.sign(slug)
        if self.is_bound:
            self.data = dict(self.data.items())  # ours to change
            self.say_errors()

    def say_errors(self) -> None:
        """Each faulty field names its message, for those who do not see the page."""
        for name in self.errors:
            if name in ("message", "email"):
                hint = " aide-email" if name == "email" else ""
                self.fields[name].widget.attrs |= {
                    "aria-invalid": "true",
                    "aria-describedby": f"erreur-{name}{hint}",
                }

    def clean_homepage(self) -> str:
        if self.cleaned_data["homepage"]:
            raise forms.ValidationError(_("Ce champ doit rester vide : effacez ce qu’il contient."))
        return ""

    def clean(self) -> dict[str, Any]:
        """Not sent at once nor a day later; the same form sent again after a while is taken."""
        cleaned = super().clean() or {}
        try:
            stamped = signer.unsign(cleaned.get("stamp", ""), max_age=SLOWEST) == self.slug
        except signing.BadSignature:
            stamped = False
        if not stamped:
            self.data["stamp"] = self.fresh  # type: ignore[index]  # a copy, made above
            raise forms.ValidationError(
                _("Ce formulaire était ouvert depuis longtemps. Envoyez-le de nouveau.")
            )
        if is_quick(cleaned["stamp"]):
            raise forms.ValidationError(
                _("Ce message est parti trop vite, comme celui d’un robot. Renvoyez-le dans un instant.")
            )
        return cleaned


def is_quick(stamp: str) -> bool:
    try:
        signer.unsign(stamp, max_age=QUICKEST)
    except signing.SignatureExpired:
        return False
    return True
