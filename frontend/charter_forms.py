"""The forms by which the charter is signed: in one's own name, or for a structure; and how it is written."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from charter.consent import wording
from charter.models import (
    LONGEST_LINE,
    LONGEST_NAME,
    LONGEST_ROLE,
    LONGEST_STATEMENT,
    LONGEST_TEXT,
    Capacity,
    CharterVersion,
    Signature,
)
from frontend.contact_forms import NOT_AN_ADDRESS
from frontend.guarded import GuardedForm, one_line
from frontend.places import commune_typed
from territories.models import Territory

worded = lazy(wording, str)


def to_be_named(what: str) -> forms.BooleanField:
    """Off by default, under its very words, in the language of the reader."""
    return forms.BooleanField(required=False, label_suffix="", label=worded(what))


def commitment(words: Any) -> forms.BooleanField:
    return forms.BooleanField(
        label=words, label_suffix="", error_messages={"required": _("Cochez cette case pour signer.")}
    )


class Signatory(forms.Form):
    """What is asked of whoever signs."""

    name = forms.CharField(
        label=_("Nom et prénom"),
        max_length=LONGEST_NAME,
        validators=[one_line],
        widget=forms.TextInput({"autocomplete": "name"}),
        error_messages={"required": _("Donnez votre nom.")},
    )
    email = forms.EmailField(
        label=_("Courriel"),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email"}),
        help_text=_("Vous y recevez un lien : sans lui, rien n’est signé. Il n’est jamais montré."),
        error_messages={"required": _("Donnez votre courriel."), "invalid": NOT_AN_ADDRESS},
    )

    # The number of the text that the page was opened with.
    version = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)

    def __init__(self, *args: Any, version: CharterVersion | None = None, **kw: Any) -> None:
        """``version`` is what is signed now; None where nothing is."""
        self.signed = version
        super().__init__(*args, **{"use_required_attribute": False} | kw)

    def clean(self) -> dict[str, Any]:
        """One signs what one has read: another text may be published while a page is open."""
        cleaned = super().clean() or self.cleaned_data
        if self.signed and cleaned.get("version") != str(self.signed.number):
            raise forms.ValidationError(
                _("La charte a changé depuis que vous avez ouvert cette page : relisez-la, puis signez.")
            )
        return cleaned

    def told(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name in SAID}

    @property
    def plain(self) -> list[forms.BoundField]:
        apart = ("listed", "agreed", "version", "homepage", "stamp")
        return [self[name] for name in self.fields if name not in apart]


SAID = ("name", "email", "capacity", "role", "statement", "commune", "listed")


class Oneself(Signatory):
    capacity = forms.ChoiceField(
        label=_("Vous signez en tant que"),
        choices=[("", _("Choisissez")), *Capacity.choices],
        error_messages={
            "required": _("Dites à quel titre vous signez."),
            "invalid_choice": _("Choisissez dans la liste."),
        },
    )
    commune = forms.CharField(
        label=_("Commune (facultatif)"),
        max_length=LONGEST_LINE,
        required=False,
        validators=[one_line],
        widget=forms.TextInput({"autocomplete": "address-level2"}),
        help_text=_("Votre signature compte alors pour ce territoire. Exemple : Felletin (23)"),
    )

    listed = to_be_named("listed")
    agreed = commitment(_("J’ai lu la charte et je m’y engage, en mon nom."))

    field_order = ["name", "email", "capacity", "commune"]

    def clean_commune(self) -> Territory | None:
        typed = self.cleaned_data["commune"].strip()
        return commune_typed(typed) if typed else None


class ForStructure(Signatory):
    role = forms.CharField(
        label=_("Votre fonction dans la structure"),
        max_length=LONGEST_ROLE,
        validators=[one_line],
        widget=forms.TextInput({"autocomplete": "organization-title"}),
        help_text=_("Exemple : maire, présidente, gérant."),
        error_messages={"required": _("Dites votre fonction.")},
    )
    statement = forms.CharField(
        label=_("Ce qui vous habilite à signer"),
        max_length=LONGEST_STATEMENT,
        widget=forms.Textarea({"rows": 3}),
        help_text=_(
            "Exemple : délibération du conseil municipal du 3 mars 2027, statuts, décision du bureau. Lu par"
            " la personne qui vérifie, et par elle seule."
        ),
        error_messages={"required": _("Dites ce qui vous habilite à signer au nom de la structure.")},
    )

    listed = to_be_named("structure_listed")
    agreed = commitment(_("J’ai lu la charte et j’y engage cette structure, comme j’en ai le droit."))

    field_order = ["name", "email", "role", "statement"]


class OneselfForm(Oneself, GuardedForm):
    SALT = "frontend.charter"
    TOLD = ()


class ForStructureForm(ForStructure, GuardedForm):
    SALT = "frontend.charter"
    TOLD = ()


def form_for(signature: Signature) -> type[Oneself] | type[ForStructure]:
    return ForStructure if signature.structure else Oneself


def known(signature: Signature) -> dict[str, Any]:
    """What was said before, as it is typed."""
    commune = signature.commune
    code = commune.departement_id.removeprefix("departement-") if commune and commune.departement_id else ""
    return {
        **{name: getattr(signature, name) for name in ("name", "capacity", "role", "statement", "listed")},
        "commune": f"{commune.name} ({code})" if commune and code else commune.name if commune else "",
    }


def change_form(signature: Signature, data: Any = None) -> Signatory:
    """What may be changed of a signature that holds, or waits; its address, its commitment and what was said
    of its mandate stay."""
    form = form_for(signature)(data, initial=known(signature))
    for name in ("email", "agreed", "version", "statement"):
        form.fields.pop(name, None)
    return form


def again_form(signature: Signature, version: CharterVersion | None, data: Any = None) -> Signatory:
    """To sign a newer version; the address is known."""
    form = form_for(signature)(data, initial=known(signature), version=version)
    del form.fields["email"]
    return form


class VersionForm(forms.Form):
    """A draft of the charter, in French and, if one has it, in English."""

    edition = forms.CharField(
        label=_("Édition"),
        max_length=LONGEST_LINE,
        validators=[one_line],
        help_text=_("Ce qui la distingue des autres versions. Exemple : 2015, texte officiel"),
    )
    title_fr = forms.CharField(label=_("Titre"), max_length=LONGEST_LINE, validators=[one_line])
    text_fr = forms.CharField(
        label=_("Texte"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 18}),
        help_text=_(
            "Une ligne qui commence par « # » est un titre, par « - » un élément de liste, par « > » une"
            " citation ; une ligne vide sépare deux paragraphes."
        ),
    )
    note_fr = forms.CharField(
        label=_("D’où vient ce texte (facultatif)"),
        max_length=LONGEST_NAME,
        required=False,
        validators=[one_line],
    )
    title_en = forms.CharField(
        label=_("Titre en anglais (facultatif)"),
        max_length=LONGEST_LINE,
        required=False,
        validators=[one_line],
    )
    text_en = forms.CharField(
        label=_("Texte en anglais (facultatif)"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea({"rows": 18}),
    )
    note_en = forms.CharField(
        label=_("D’où vient ce texte, en anglais (facultatif)"),
        max_length=LONGEST_NAME,
        required=False,
        validators=[one_line],
    )

    def __init__(self, *args: Any, draft: CharterVersion | None = None, **kw: Any) -> None:
        if draft is not None:
            kw["initial"] = self.written(draft)
        super().__init__(*args, **{"use_required_attribute": False} | kw)

    @staticmethod
    def written(draft: CharterVersion) -> dict[str, str]:
        parts = {"title": draft.titles, "text": draft.texts, "note": draft.notes}
        return {
            "edition": draft.edition,
            **{f"{name}_{code}": text for name, texts in parts.items() for code, text in texts.items()},
        }

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if bool(given.get("title_en")) != bool(given.get("text_en")):
            missing = "text_en" if given.get("title_en") else "title_en"
            self.add_error(missing, _("Donnez le titre et le texte en anglais, ou aucun des deux."))
        return given

    def said(self) -> dict[str, Any]:
        given = self.cleaned_data

        def by_language(name: str) -> dict[str, str]:
            texts = {code: given[f"{name}_{code}"] for code in ("fr", "en")}
            return {code: text for code, text in texts.items() if text}

        return {
            "edition": given["edition"],
            "titles": by_language("title"),
            "texts": by_language("text"),
            "notes": by_language("note"),
        }
