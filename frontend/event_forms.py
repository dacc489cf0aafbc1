"""The forms of an event, of its sessions and of what is told there."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.gis.geos import Point as GeosPoint
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directory.models import Initiative
from events.errors import EventRefused
from events.models import (
    LONGEST_LINE,
    LONGEST_TEXT,
    LONGEST_TITLE,
    Event,
    Public,
    Session,
    SessionKind,
    Testimony,
)
from frontend.guarded import one_line
from frontend.places import commune_typed
from territories.geometry import Point
from territories.models import Territory

MOST_PEOPLE = 100_000
MOMENT = "%Y-%m-%dT%H:%M"


def line(label: Any, longest: int = LONGEST_TITLE, **options: Any) -> forms.CharField:
    widget = forms.TextInput({"autocomplete": "off"})
    return forms.CharField(label=label, max_length=longest, validators=[one_line], widget=widget, **options)


def text(label: Any, rows: int = 4, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=LONGEST_TEXT, required=False, widget=forms.Textarea({"rows": rows}), **options
    )


def moment(label: Any, fault: Any, **options: Any) -> forms.DateTimeField:
    """An hour of Paris, to the minute."""
    return forms.DateTimeField(
        label=label, input_formats=[MOMENT, "%Y-%m-%dT%H:%M:%S", "%d/%m/%Y %H:%M"],
        widget=forms.DateTimeInput({"type": "datetime-local"}, format=MOMENT),
        error_messages={
            "required": fault,
            "invalid": _("Une date et une heure sont attendues, par exemple 20/06/2027 09:30."),
        },
        **options,
    )  # fmt: skip


def people(label: Any, **options: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=1, max_value=MOST_PEOPLE, **options)


class CommuneField(forms.CharField):
    """A commune as a person types it: to the one that is meant, or a refusal that names those it may be."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=100, widget=forms.TextInput({"autocomplete": "off"}), **options)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, Territory):
            return f"{value.name} ({value.departement.code})" if value.departement else value.name
        return value

    def clean(self, value: Any) -> Territory | None:
        typed = super().clean(value)
        return commune_typed(typed) if typed else None


class PositionField(forms.CharField):
    """A latitude, then a longitude, as maps that one copies from give them."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=60, widget=forms.TextInput({"autocomplete": "off"}), **options)

    def prepare_value(self, value: Any) -> Any:
        return f"{value.y:.5f}, {value.x:.5f}" if isinstance(value, GeosPoint) else value

    def clean(self, value: Any) -> GeosPoint | None:
        typed = super().clean(value)
        if not typed:
            return None
        try:
            latitude, longitude = typed.replace(" ", "").split(",")
            point = Point.parse(f"{longitude},{latitude}")
        except ValueError:
            raise ValidationError(
                _("Une latitude et une longitude sont attendues, par exemple « 45.9560, 2.1697 ».")
            ) from None
        return GeosPoint(point.lon, point.lat, srid=4326)


class Refusable(forms.Form):
    """A form whose verb may refuse what it says."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"use_required_attribute": False} | kwargs)

    def refuse(self, refusal: EventRefused) -> None:
        for name, message in refusal.faults.items():
            self.add_error(name if name in self.fields else None, message)


class EventForm(Refusable):
    title = line(_("Titre"), error_messages={"required": _("Donnez un titre à l’évènement.")})
    summary = line(_("En une phrase (facultatif)"), required=False)
    description = text(_("Présentation (facultatif)"), rows=6)
    start = moment(_("Début"), _("Dites quand il commence."), help_text=_("Heure de Paris."))
    end = moment(_("Fin"), _("Dites quand il finit."))
    commune = CommuneField(
        label=_("Commune (facultatif en brouillon)"), required=False,
        help_text=_("Son nom, avec le numéro du département s’il y en a plusieurs : « Aubusson (23) »."),
    )  # fmt: skip
    venue = line(_("Lieu (facultatif)"), required=False, help_text=_("La salle, le bâtiment, la place."))
    address = line(_("Adresse (facultatif)"), required=False)
    point = PositionField(
        label=_("Position exacte (facultatif)"), required=False,
        help_text=_(
            "Latitude puis longitude, copiées d’une carte. Sans elle, la carte montre le centre de la"
            " commune."
        ),
    )  # fmt: skip
    link = forms.URLField(
        label=_("Page de l’évènement ailleurs (facultatif)"), required=False, max_length=500,
        assume_scheme="https",
    )  # fmt: skip
    language = forms.ChoiceField(
        label=_("Langue de ces textes"), choices=[("fr", _("français")), ("en", _("anglais"))]
    )
    registration_open = forms.BooleanField(
        label=_("Les inscriptions sont ouvertes"), required=False,
        help_text=_("La page de l’évènement montre alors un formulaire d’inscription."),
    )  # fmt: skip
    registration_closes = forms.DateField(
        label=_("Dernier jour des inscriptions (facultatif)"), required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip

    def __init__(self, *args: Any, event: Event | None = None, **kwargs: Any) -> None:
        before = {name: getattr(event, name) for name in self.base_fields} if event else {}
        super().__init__(*args, **{"initial": before} | kwargs)


class SessionForm(Refusable):
    title = line(_("Titre"), error_messages={"required": _("Donnez un titre à ce moment.")})
    kind = forms.ChoiceField(label=_("Nature"), choices=SessionKind)
    start = moment(_("Début"), _("Dites quand il commence."))
    end = moment(_("Fin"), _("Dites quand il finit."))
    letter = forms.CharField(
        label=_("Lettre (facultatif)"), required=False, max_length=2,
        help_text=_(
            "Ce que disent les badges et les panneaux. Un atelier en reçoit une si vous n’en donnez pas."
        ),
        validators=[
            RegexValidator(r"\A[A-Z][0-9]?\Z", _("Une lettre majuscule, suivie d’un chiffre au plus."))
        ],
    )  # fmt: skip
    publics = forms.MultipleChoiceField(
        label=_("Pour qui"), required=False, choices=Public, widget=forms.CheckboxSelectMultiple,
        help_text=_("Ne cochez rien si c’est pour tout le monde."),
    )  # fmt: skip
    room = line(_("Salle (facultatif)"), LONGEST_LINE, required=False)
    room_capacity = people(_("Places de la salle (facultatif)"))
    capacity = people(
        _("Participants au plus (facultatif)"), help_text=_("Jamais plus que la salle n’a de places.")
    )

    def __init__(self, *args: Any, event: Event, session: Session | None = None, **kwargs: Any) -> None:
        if session:
            before = {name: getattr(session, name) for name in self.base_fields}
        else:
            last = event.sessions.last()
            before = {
                "start": timezone.localtime(last.end if last else event.start),
                "kind": SessionKind.WORKSHOP,
            }
        super().__init__(*args, **{"initial": before} | kwargs)


class TestimonyForm(Refusable):
    __test__ = False  # not of pytest

    initiative = forms.CharField(
        label=_("Initiative de l’annuaire (facultatif)"), required=False, max_length=500,
        widget=forms.TextInput({"autocomplete": "off"}),
        help_text=_("L’adresse de sa page, copiée de Maillage. Elle donne son nom et sa commune."),
    )  # fmt: skip
    name = line(
        _("Ou le nom d’une organisation, d’un lieu"),
        required=False,
        help_text=_("Jamais celui d’une personne."),
    )
    commune = CommuneField(label=_("Commune (facultatif)"), required=False)
    said = text(_("De quoi il est question (facultatif)"), rows=3)
    minutes = forms.IntegerField(
        label=_("Durée en minutes (facultatif)"), required=False, min_value=1, max_value=600
    )
    equipment = line(
        _("Matériel à prévoir (facultatif)"), required=False, help_text=_("Vidéoprojecteur, panneau, micro…")
    )

    def __init__(self, *args: Any, testimony: Testimony | None = None, **kwargs: Any) -> None:
        before: dict[str, Any] = {}
        if testimony:
            before = {name: getattr(testimony, name) for name in self.base_fields}
            before["initiative"] = testimony.initiative.slug if testimony.initiative else ""
        super().__init__(*args, **{"initial": before} | kwargs)

    def clean_initiative(self) -> Initiative | None:
        """From the address of its page, or its name in it."""
        typed = str(self.cleaned_data["initiative"]).strip().partition("?")[0].rstrip("/")
        if not typed:
            return None
        found = Initiative.objects.published().defer("search").called(typed.rsplit("/", 1)[-1])
        if found is None:
            raise ValidationError(_("Aucune initiative publiée n’est à cette adresse."))
        return found


class NameForm(Refusable):
    """An organiser that Maillage does not know."""

    name = line(
        _("Nom de l’organisateur"),
        LONGEST_LINE,
        error_messages={"required": _("Donnez le nom de l’organisateur.")},
    )
