"""The form by which a visitor writes to an initiative, whose address is not shown."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from frontend.guarded import GuardedForm, one_line

LONGEST_MESSAGE = 4_000
LONGEST_NAME = 100


class RelayForm(GuardedForm):
    SALT = "frontend.relaying"
    TOLD = ("name", "email", "message")

    name = forms.CharField(
        label=_("Votre nom (facultatif)"),
        required=False,
        max_length=LONGEST_NAME,
        validators=[one_line],
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("Votre courriel, pour la réponse"),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email", "aria-describedby": "aide-email"}),
        error_messages={
            "required": _("Donnez un courriel : sans lui, personne ne peut vous répondre."),
            "invalid": _("Cette adresse n’est pas celle d’un courriel. Exemple : nom@exemple.fr"),
        },
    )
    message = forms.CharField(
        label=_("Votre message"),
        max_length=LONGEST_MESSAGE,
        widget=forms.Textarea({"rows": 8}),
        error_messages={"required": _("Écrivez votre message.")},
    )
