"""The forms of accounts: those of allauth where they need other words, and our own."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as allauth
from allauth.account.fields import EmailField
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User

SAME = _("Votre courriel")


class SignupForm(allauth.SignupForm):
    """An address, and a password for who wants one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        password = self.fields["password1"]
        password.label = _("Mot de passe (facultatif)")
        password.help_text = _(
            "Sans mot de passe, vous vous connectez par un lien reçu par courriel. Sinon : huit signes au"
            " moins, qui ne soient ni un mot courant, ni votre adresse, ni seulement des chiffres."
        )

    def try_save(self, request: HttpRequest) -> Any:
        if self.account_already_exists and (password := self.cleaned_data.get("password1")):
            make_password(password)  # as long as for a new account, so that the time tells nothing
        return super().try_save(request)


class AddKeyForm(AddWebAuthnForm):
    name = forms.CharField(label=_("Nom de la clé"), max_length=100, required=False)


class EditKeyForm(EditWebAuthnForm):
    name = forms.CharField(label=_("Nom de la clé"), max_length=100)


class LinkForm(forms.Form):
    """Where to send a link of connection."""

    email = EmailField(label=SAME, max_length=254)


class ProfileForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ("name", "language")
        labels = {"name": _("Nom affiché"), "language": _("Langue du site et des courriels")}
        help_texts = {
            "name": _("Vu par les personnes avec qui vous agissez ici. Laissez-le vide si vous préférez.")
        }
        widgets = {
            "name": forms.TextInput({"autocomplete": "name"}),
            "language": forms.RadioSelect,
        }

    def clean_name(self) -> str:
        """On one line: it is put into letters."""
        return " ".join(self.cleaned_data["name"].split())


class LeaveForm(forms.Form):
    """To erase an account one writes its address again."""

    email = forms.CharField(
        label=_("Pour confirmer, écrivez l’adresse de votre compte"),
        max_length=254,
        widget=forms.TextInput({"autocomplete": "off", "inputmode": "email", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_email(self) -> str:
        if self.cleaned_data["email"].strip().lower() != self.person.email.lower():
            raise forms.ValidationError(_("Ce n’est pas l’adresse de ce compte."))
        return self.person.email
