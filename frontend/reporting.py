"""The form by which a reader says what is wrong."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from directory.models import LONGEST_MESSAGE, ReportReason
from frontend.guarded import GuardedForm


class ReportForm(GuardedForm):
    SALT = "frontend.reporting"

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
