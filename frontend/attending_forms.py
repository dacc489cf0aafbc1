"""The forms by which somebody says that she comes: by herself, or entered by who holds the event.

Workshops are chosen moment by moment (:mod:`events.moments`): the fields of a moment are named after it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from directory.models import LONGEST_PURPOSE, Initiative, Sector
from events.consent import CURRENT, wording
from events.models import (
    LONGEST_LINE,
    LONGEST_NAME,
    LONGEST_REASON,
    Event,
    InvitationStatus,
    Public,
    Registration,
)
from events.moments import Moment, moments
from events.registering import Wished
from events.said import hours
from frontend.contact_forms import NOT_AN_ADDRESS
from frontend.guarded import GuardedForm, one_line

ABSENT = "absent"
PLAIN = ("name", "email", "role", "structure", "town", "public", "sector")


@dataclass(frozen=True, slots=True)
class Asked:
    """A moment of the day as it is asked: its two fields, the second none where there is one workshop."""

    when: str
    first: forms.BoundField
    second: forms.BoundField | None


def fields_of(moment: Moment) -> dict[str, forms.Field]:
    """What is asked of a moment; of one with a single workshop, whether one comes."""
    sessions = [(str(each.pk), str(each)) for each in moment.sessions]
    alone = len(sessions) == 1
    anywhere = [] if alone else [("", _("Sans préférence : là où il y a de la place"))]
    yes = [(sessions[0][0], _("Oui : {workshop}").format(workshop=sessions[0][1]))] if alone else sessions
    found: dict[str, forms.Field] = {
        f"{moment.key}-first": forms.ChoiceField(
            label=_("Viendrez-vous ?") if alone else _("Premier choix"),
            choices=[*anywhere, *yes, (ABSENT, _("Je ne serai pas là à ce moment"))],
            required=False,
            initial=sessions[0][0] if alone else "",
            widget=forms.RadioSelect,
            error_messages={"invalid_choice": _("Choisissez dans la liste.")},
        )
    }
    if not alone:
        found[f"{moment.key}-second"] = forms.ChoiceField(
            label=_("Second choix, si le premier est complet"),
            choices=[("", _("Aucun")), *sessions],
            required=False,
            error_messages={"invalid_choice": _("Choisissez dans la liste.")},
        )
    return found


class Attendee(forms.Form):
    """What is asked of whoever comes."""

    name = forms.CharField(
        label=_("Nom et prénom"),
        max_length=LONGEST_NAME,
        validators=[one_line],
        widget=forms.TextInput({"autocomplete": "name"}),
        error_messages={"required": _("Donnez votre nom : il figure sur votre badge.")},
    )
    email = forms.EmailField(
        label=_("Courriel"),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email"}),
        help_text=_("Vous y recevez la confirmation, et le lien pour changer ou annuler."),
        error_messages={"required": _("Donnez votre courriel."), "invalid": NOT_AN_ADDRESS},
    )
    role = forms.CharField(
        label=_("Fonction (facultatif)"), max_length=LONGEST_LINE, required=False, validators=[one_line]
    )
    structure = forms.CharField(
        label=_("Structure (facultatif)"),
        max_length=LONGEST_NAME,
        required=False,
        validators=[one_line],
        widget=forms.TextInput({"autocomplete": "organization"}),
    )
    town = forms.CharField(
        label=_("Commune (facultatif)"),
        max_length=LONGEST_LINE,
        required=False,
        validators=[one_line],
        widget=forms.TextInput({"autocomplete": "address-level2"}),
        help_text=_("Là où vous habitez ou travaillez. Exemple : Felletin (23)"),
    )
    public = forms.ChoiceField(
        label=_("Vous venez parmi les"),
        choices=[("", _("Choisissez"))] + [each for each in Public.choices if each[0] != Public.TEAM],
        error_messages={
            "required": _("Dites parmi qui vous venez : les ateliers en tiennent compte."),
            "invalid_choice": _("Choisissez dans la liste."),
        },
    )
    sector = forms.ModelChoiceField(
        label=_("Votre secteur (facultatif)"),
        queryset=Sector.objects.all(),
        required=False,
        empty_label=_("Aucun en particulier"),
        error_messages={"invalid_choice": _("Choisissez dans la liste.")},
    )
    image_right = forms.BooleanField(required=False, label_suffix="")
    listed = forms.BooleanField(required=False, label_suffix="")

    def __init__(self, *args: Any, event: Event, registration: Registration | None = None, **kw: Any) -> None:
        self.event, self.day = event, moments(event)
        if registration is not None:
            kw["initial"] = self.known(registration) | kw.get("initial", {})
        # Before the form is made: one that keeps robots out is judged as soon as it is.
        asked = {name: field for moment in self.day for name, field in fields_of(moment).items()}
        self.base_fields = {**type(self).base_fields, **asked}  # type: ignore[misc]  # of this form alone
        super().__init__(*args, **{"use_required_attribute": False} | kw)
        version = registration.wording_version if registration else ""
        self.fields["image_right"].label = wording("image", version or CURRENT)
        self.fields["listed"].label = wording("listed", version or CURRENT)

    def known(self, row: Registration) -> dict[str, Any]:
        """What she said before."""
        before = {name: getattr(row, name) for name in (*PLAIN, "image_right", "listed")}
        ranks = {choice.session_id: choice.rank for choice in row.choices.all()}
        for moment in self.day:
            for session in moment.sessions:
                rank = ranks.get(session.pk)
                name = {0: "first", 1: "first", 2: "second"}.get(rank) if rank is not None else None
                if name:
                    before[f"{moment.key}-{name}"] = ABSENT if rank == 0 else str(session.pk)
        return before

    @property
    def plain(self) -> list[forms.BoundField]:
        return [self[name] for name in PLAIN if name in self.fields]

    @property
    def ticks(self) -> list[forms.BoundField]:
        return [self["image_right"], self["listed"]]

    @property
    def asked(self) -> list[Asked]:
        return [
            Asked(
                hours(moment.start, moment.end),
                self[f"{moment.key}-first"],
                self[f"{moment.key}-second"] if f"{moment.key}-second" in self.fields else None,
            )
            for moment in self.day
        ]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        for moment in self.day:
            first, second = given.get(f"{moment.key}-first"), given.get(f"{moment.key}-second")
            if first and first == second:
                self.add_error(
                    f"{moment.key}-second",
                    _("Le second choix est le même que le premier : changez l’un d’eux."),
                )
        return given

    def told(self) -> dict[str, Any]:
        return {
            name: self.cleaned_data[name]
            for name in (*PLAIN, "image_right", "listed")
            if name in self.cleaned_data
        }

    def wishes(self) -> dict[str, Wished]:
        return {moment.key: self.wish(moment) for moment in self.day}

    def wish(self, moment: Moment) -> Wished:
        first = self.cleaned_data.get(f"{moment.key}-first") or ""
        second = self.cleaned_data.get(f"{moment.key}-second") or ""
        if first == ABSENT:
            return Wished(absent=True)
        return Wished(int(first) if first else None, int(second) if second else None)


class RegistrationForm(Attendee, GuardedForm):
    """The public form: no account, and what keeps robots out."""

    SALT = "frontend.attending"
    TOLD = ()


class OwnRegistration(Attendee):
    """What she changes by her link; her address stays, since the link is bound to it."""

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        del self.fields["email"]
        if self.initial.get("public") == Public.TEAM:
            self.fields["public"].choices = Public.choices  # type: ignore[attr-defined]


class EnteredRegistration(Attendee):
    """What who holds the event writes of somebody."""

    initiative = forms.CharField(
        label=_("Initiative de l’annuaire (facultatif)"),
        required=False,
        max_length=300,
        help_text=_("Le nom dans l’adresse de sa page. Vide : reconnue par le nom de la structure."),
    )

    def __init__(self, *args: Any, **kw: Any) -> None:
        registration = kw.get("registration")
        super().__init__(*args, **kw)
        self.fields["email"].required = False
        self.fields["email"].help_text = _("Vide : la personne ne reçoit rien.")
        self.fields["public"].choices = Public.choices  # type: ignore[attr-defined]
        self.fields["public"].label = _("Vient parmi les")
        self.fields["sector"].label = _("Secteur (facultatif)")
        self.fields["town"].help_text = _("Exemple : Felletin (23)")
        if registration and registration.initiative:
            self.initial["initiative"] = registration.initiative.slug

    def clean_initiative(self) -> Initiative | None:
        slug = self.cleaned_data["initiative"].strip().strip("/").rpartition("/")[2]
        if not slug:
            return None
        found = Initiative.objects.published().defer("search").called(slug)
        if found is None:
            raise forms.ValidationError(_("Aucune initiative publiée ne porte ce nom dans son adresse."))
        return found

    def told(self) -> dict[str, Any]:
        return super().told() | {"initiative": self.cleaned_data.get("initiative")}


class MailMergeForm(forms.Form):
    """Whom a mail-merge file holds, in which form, and why."""

    TO_INVITE = "to-invite"

    who = forms.MultipleChoiceField(
        label=_("Qui"),
        choices=[(TO_INVITE, _("à inviter")), *InvitationStatus.choices],
        initial=[TO_INVITE],
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Cochez au moins un état."),
            "invalid_choice": _("Choisissez dans la liste."),
        },
    )
    invited = forms.BooleanField(
        label=_("Noter comme invitées celles qui ne l’étaient pas : le fichier aura leur lien de réponse"),
        required=False,
    )
    form = forms.ChoiceField(
        label=_("Forme du fichier"),
        choices=[
            ("csv-fr", _("CSV pour Excel en français")),
            ("csv", _("CSV (virgules, UTF-8)")),
            ("xlsx", _("Excel (XLSX)")),
            ("ods", _("LibreOffice (ODS)")),
            ("vcf", _("Cartes de contact (vCard)")),
        ],
        error_messages={"invalid_choice": _("Choisissez dans la liste.")},
    )
    purpose = forms.CharField(
        label=_("Pourquoi exportez-vous ces coordonnées ?"),
        help_text=_("Cette raison est inscrite au registre ; chaque personne exportée peut la lire."),
        max_length=LONGEST_PURPOSE,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": _("Dites pourquoi : cette raison est inscrite au registre.")},
    )

    def statuses(self) -> list[str]:
        """As :mod:`events.inviting` names them: empty for who was not invited."""
        return ["" if each == self.TO_INVITE else each for each in self.cleaned_data["who"]]


class NoteForm(forms.Form):
    note = forms.CharField(
        label=_("La note de synthèse"),
        required=False,
        widget=forms.Textarea({"rows": 14}),
        help_text=_(
            "Ce qui s’est dit, ce qui est décidé, ce qui suit. Une ligne vide sépare deux paragraphes ; une"
            " ligne qui commence par « # » est un titre."
        ),
    )


class KeepForm(forms.Form):
    until = forms.DateField(
        label=_("Garder les présences jusqu’au"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Écrivez une date : 2027-06-30.")},
    )
    reason = forms.CharField(
        label=_("Pour quelle raison"),
        required=False,
        max_length=LONGEST_REASON,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("Exemple : justifier une subvention. Les participants peuvent la lire par leur lien."),
    )


class PresencesForm(forms.Form):
    file = forms.FileField(
        label=_("Le fichier des présences"),
        help_text=_(
            "CSV, Excel ou LibreOffice, avec une ligne de titres : Nom, Courriel, Structure, Commune,"
            " Présent. Sans colonne « Présent », toutes les personnes du fichier sont venues."
        ),
        error_messages={"required": _("Choisissez un fichier."), "empty": _("Ce fichier est vide.")},
    )
