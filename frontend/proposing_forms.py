"""The forms by which anyone proposes: an initiative, step by step, or the correction of a page, in one go.

The steps are one form: what was said in the others travels with it, out of sight, so that nothing is kept
anywhere before it is sent, and no script is needed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from contributions import photos, proof
from contributions.errors import PhotoRefused
from contributions.models import LONGEST_ALTERNATIVE, LONGEST_SAID, PhotoLicence
from frontend.contact_forms import NOT_AN_ADDRESS
from frontend.guarded import GuardedForm, one_line
from frontend.listing_fields import SECTIONS, ListingFields

SENDING = ("photo", "alternative", "credit", "licence", "entitled", "remarks", "author")


@dataclass(frozen=True, slots=True)
class Step:
    slug: str
    title: str | Promise
    names: tuple[str, ...]


# What stands near is shown between the first and the second: see the view.
STEPS = (
    Step("place", _("Son nom, et où elle se trouve"),
         ("name", "commune", "street", "postcode", "location", "shown")),
    Step("work", _("Ce qu’elle fait"), ("main", "others", "summary", "description", "legal_form")),
    Step("reach", _("Comment la joindre"), ("website", "phone", "email", "opening_hours")),
    Step("send", _("Relire et envoyer"), SENDING),
)  # fmt: skip
BY_SLUG = {step.slug: step for step in STEPS}


class PhotoField(forms.FileField):
    """A photograph, drawn anew as soon as it is read; what a browser says of it counts for nothing."""

    widget = forms.FileInput({"accept": "image/jpeg,image/png,image/webp"})

    def clean(self, data: Any, initial: Any = None) -> photos.Drawn | None:
        if not isinstance(data, UploadedFile):
            return None
        try:
            return photos.draw(data, data.size or 0)
        except PhotoRefused as refused:
            raise forms.ValidationError(str(refused)) from None


class Sending(GuardedForm):
    """What is asked of whoever sends, beside what is proposed. ``holder``: the account that is signed in."""

    SALT = "frontend.proposing"
    TOLD = ()

    photo = PhotoField(
        label=_("Une photo du lieu ou de l’activité (facultatif)"), required=False,
        help_text=_(
            "JPEG, PNG ou WebP, 6 Mo au plus. Elle est réduite, et ce qu’elle cache (lieu, appareil, date) "
            "est effacé. Sans visage reconnaissable, sauf accord de la personne."
        ),
    )  # fmt: skip
    alternative = forms.CharField(
        label=_("Ce que l’on y voit, pour qui ne la voit pas"), required=False,
        max_length=LONGEST_ALTERNATIVE, validators=[one_line],
        widget=forms.TextInput({"autocomplete": "off"}),
        help_text=_("Exemple : Deux établis et des outils au mur, dans une ancienne grange."),
    )  # fmt: skip
    credit = forms.CharField(
        label=_("Qui a pris la photo (facultatif)"), required=False, max_length=100, validators=[one_line],
        widget=forms.TextInput({"autocomplete": "off"}), help_text=_("Ce nom sera écrit sous la photo."),
    )  # fmt: skip
    licence = forms.ChoiceField(
        label=_("Licence"), choices=PhotoLicence.choices, required=False,
        help_text=_("Elle dit comment d’autres pourront reprendre la photo."),
        error_messages={"invalid_choice": _("Choisissez dans la liste.")},
    )  # fmt: skip
    entitled = forms.BooleanField(
        label=_("J’ai le droit de publier cette photo sous cette licence."), required=False
    )
    remarks = forms.CharField(
        label=_("Un mot pour la modération (facultatif)"), required=False, max_length=LONGEST_SAID,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("Comment le savez-vous ? Où peut-on le vérifier ? Ce message n’est pas publié."),
    )  # fmt: skip
    author = forms.EmailField(
        label=_("Votre courriel (facultatif)"), required=False, max_length=254,
        widget=forms.EmailInput({"autocomplete": "email"}),
        help_text=_(
            "Pour recevoir la réponse, et le lien qui permet de suivre ou de retirer votre proposition. Il "
            "n’est pas publié, et il est effacé douze mois après la décision. Si votre navigateur n’exécute "
            "pas de script, il est nécessaire : un lien vous y est envoyé pour confirmer."
        ),
        error_messages={"invalid": NOT_AN_ADDRESS},
    )  # fmt: skip
    challenge = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)
    proof = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)

    def __init__(self, *args: Any, holder: int | None = None, **kwargs: Any) -> None:
        self.holder = holder
        kwargs["initial"] = {"challenge": proof.challenge(holder)} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        if self.is_bound and proof.given_to(self.data.get("challenge", "")) is None:
            self.data["challenge"], self.data["proof"] = self.initial["challenge"], ""  # type: ignore[index]

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("photo"):
            if not given.get("alternative"):
                self.add_error("alternative", _("Décrivez la photo en quelques mots."))
            if not given.get("entitled"):
                self.add_error("entitled", _("Cochez cette case, ou retirez la photo."))
        return given

    @property
    def sending(self) -> list[forms.BoundField]:
        return [self[name] for name in SENDING]

    def proven(self) -> bool:
        return proof.proved(self.cleaned_data["challenge"], self.cleaned_data["proof"])

    def in_the_name_of(self) -> bool:
        """Whether this form was given to the account that sends it: another site cannot have got it."""
        return bool(self.holder) and proof.given_to(self.cleaned_data["challenge"]) == self.holder

    def refuse(self, faults: dict[str, list[str]]) -> None:
        """What the verb refuses, said of the fields that people see."""
        if "sent" in faults:  # it proves nothing any more
            self.data["challenge"], self.data["proof"] = self.initial["challenge"], ""  # type: ignore[index]
        seen = {"activities": "main", "precision": "location"}
        for name, messages in faults.items():
            where = seen.get(name, name)
            self.add_error(where if where in self.fields else None, messages)


class CorrectionForm(ListingFields, Sending):
    """Everything that a page says, to be corrected by anyone."""

    field_order = [name for section in SECTIONS for name in section.names]


class NewForm(ListingFields, Sending):
    """A new initiative. ``step`` is the one that is shown."""

    def __init__(self, *args: Any, step: str = "place", **kwargs: Any) -> None:
        self.step = BY_SLUG[step]
        self.apart = False  # whether something else than the step is shown
        names = [name for each in STEPS for name in each.names]
        super().__init__(*args, names=names, slug="nouvelle", **kwargs)

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("commune") is None and not {"commune", "location"} & self.errors.keys():
            self.add_error("commune", _("Dites dans quelle commune elle se trouve."))
        return given

    def faults(self, names: Iterable[str]) -> list[tuple[forms.BoundField, str]]:
        return [(self[name], str(error)) for name in names for error in self.errors.get(name, ())]

    def forgive(self) -> None:
        """Nothing is wrong yet with what is asked now."""
        for name in self.step.names:
            self.errors.pop(name, None)

    @property
    def asked(self) -> list[forms.BoundField]:
        return [self[name] for name in self.step.names]

    @property
    def carried(self) -> list[forms.BoundField]:
        """What the other steps said, and what guards the form: out of sight here. A file is not carried."""
        own = {*(() if self.apart else self.step.names), "photo", "homepage"}
        return [self[name] for name in self.fields if name not in own]

    def first_faulty(self) -> Step | None:
        return next((step for step in STEPS if self.faults(step.names)), None)

    def is_told(self) -> bool:
        """Whether all that is proposed is said, but for what concerns its sending."""
        return self.first_faulty() in (None, STEPS[-1]) and "main" in self.cleaned_data
