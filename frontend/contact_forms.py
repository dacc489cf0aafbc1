"""The forms of contacts: three switches, each off until somebody says yes, under the very words of it."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.http import QueryDict
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from accounts.consent import wording
from directory.contacts import answers, in_force
from directory.filters import SearchForm
from directory.models import LONGEST_PURPOSE, Consent, ConsentMethod, ConsentPurpose, Contact
from directory.validators import phone_number, plain_address
from frontend.guarded import GuardedForm, one_line

NOT_AN_ADDRESS = _("Cette adresse n’est pas celle d’un courriel. Exemple : nom@exemple.fr")
NOT_A_SELECTION = _("Cette adresse n’est pas celle d’une sélection de Maillage.")
LANGUAGES = [("fr", "français"), ("en", "English")]


class Details(forms.Form):
    name = forms.CharField(
        label=_("Nom"),
        max_length=200,
        validators=[one_line],
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": _("Donnez le nom de la personne.")},
    )
    role = forms.CharField(
        label=_("Fonction (facultatif)"),
        max_length=200,
        required=False,
        validators=[one_line],
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    phone = forms.CharField(
        label=_("Téléphone (facultatif)"),
        max_length=40,
        required=False,
        validators=[phone_number],
        widget=forms.TextInput({"type": "tel", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, contact: Contact | None = None, **kwargs: Any) -> None:
        self.contact = contact
        before: dict[str, Any] = {
            name: getattr(contact, name) for name in self.base_fields if hasattr(contact, name)
        }
        if contact is not None:
            before |= {purpose: self.ticked(contact, latest) for purpose, latest in answers(contact).items()}
        options: dict[str, Any] = {"use_required_attribute": False, "initial": before}
        super().__init__(*args, **options | kwargs)
        for purpose in ConsentPurpose:
            self.fields[purpose.value] = forms.BooleanField(
                label=wording(purpose), required=False, label_suffix=""
            )

    def ticked(self, contact: Contact, latest: Consent | None) -> bool:
        """What was declared, or answered, last."""
        return bool(latest and latest.granted)

    @property
    def switches(self) -> list[tuple[str, forms.BoundField]]:
        return [(str(purpose.label), self[purpose.value]) for purpose in ConsentPurpose]

    def granted(self) -> list[str]:
        return [purpose for purpose in ConsentPurpose.values if self.cleaned_data[purpose]]


class OwnDetails(Details):
    """What a person sees and changes of herself."""

    name = forms.CharField(
        label=_("Votre nom"),
        max_length=200,
        validators=[one_line],
        widget=forms.TextInput({"autocomplete": "name"}),
        error_messages={"required": _("Donnez votre nom, ou effacez toute la fiche.")},
    )

    def ticked(self, contact: Contact, latest: Consent | None) -> bool:
        """Only what is in force: a box that others ticked for her would be no answer of hers."""
        return in_force(contact, latest)


class ContactForm(Details):
    """What who answers for an initiative enters of somebody else."""

    email = forms.EmailField(
        label=_("Courriel (facultatif)"),
        max_length=254,
        required=False,
        validators=[plain_address],
        widget=forms.EmailInput({"autocomplete": "off"}),
        help_text=_(
            "La personne y est prévenue, et elle seule peut y répondre oui : tant qu’elle ne l’a pas fait,"
            " rien n’est montré."
        ),
        error_messages={"invalid": NOT_AN_ADDRESS},
    )
    language = forms.ChoiceField(label=_("Langue de ses courriels"), choices=LANGUAGES, initial="fr")
    method = forms.ChoiceField(
        label=_("Comment sa réponse a-t-elle été recueillie ?"),
        required=False,
        choices=[
            ("", _("Rien n’a encore été demandé")),
            (ConsentMethod.WRITTEN.value, _("Par écrit : courriel, formulaire signé")),
            (ConsentMethod.SPOKEN.value, _("De vive voix")),
        ],
    )
    field_order = ("name", "role", "email", "phone", "language")

    @property
    def plain(self) -> list[forms.BoundField]:
        return [self[name] for name in ("name", "role", "email", "phone", "language")]

    def details(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("name", "role", "email", "phone", "language")}


class LinkForm(GuardedForm):
    """Asks for the link to one's own details."""

    SALT = "frontend.contact_forms"
    TOLD = ("email",)
    HINTED = ()

    email = forms.EmailField(
        label=_("Votre courriel"),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email"}),
        error_messages={"required": _("Donnez votre courriel."), "invalid": NOT_AN_ADDRESS},
    )


class ExportForm(forms.Form):
    purpose = forms.CharField(
        label=_("Pourquoi exportez-vous ces coordonnées ?"),
        help_text=_("Cette raison est inscrite au registre ; chaque personne exportée peut la lire."),
        max_length=LONGEST_PURPOSE,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": _("Dites pourquoi : cette raison est inscrite au registre.")},
    )
    form = forms.ChoiceField(
        label=_("Forme du fichier"),
        required=False,
        choices=[
            ("csv-fr", _("CSV pour Excel en français")),
            ("csv", _("CSV (virgules, UTF-8)")),
            ("xlsx", _("Excel (XLSX)")),
            ("ods", _("LibreOffice (ODS)")),
            ("vcf", _("Cartes de contact (vCard)")),
        ],
        error_messages={"invalid_choice": _("Choisissez une forme de la liste.")},
    )


class SelectionForm(forms.Form):
    """Which of the members: those of a search or a list, by its address."""

    selection = forms.CharField(
        label=_("Adresse d’une recherche ou d’une liste"),
        help_text=_("Celle que donne « Emporter cette sélection ». Vide : tous les membres."),
        required=False,
        max_length=4_000,
        widget=forms.TextInput({"inputmode": "url"}),
    )

    def clean_selection(self) -> str:
        """The selection as a query string."""
        try:
            address = urlsplit(self.cleaned_data["selection"].strip())
        except ValueError:
            raise forms.ValidationError(NOT_A_SELECTION) from None
        listing = re.fullmatch(r"(?:/en)?/listes/([\w-]+)/", address.path)
        asked = QueryDict(address.query, mutable=True)
        if listing:
            asked["listing"] = listing[1]
        form = SearchForm(asked)
        if form.refusals() or (self.cleaned_data["selection"].strip() and not form.criteria().params):
            raise forms.ValidationError(NOT_A_SELECTION)
        return urlencode(form.criteria().params)
