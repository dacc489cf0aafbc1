"""The fields of a listing, wherever it is written: proposed by anyone, edited by its owners or by moderators.

One form, cut into sections; ``said()`` gives what it says as contributions.fields writes it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.validators import URLValidator
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from contributions.fields import DECIMALS, LONGEST, MOST_ACTIVITIES, astray, at_home, told
from directory.models import ACTIVITIES_PER_SECTOR, ActivityState, Initiative, LegalForm, Precision
from directory.validators import phone_number, plain_address, rna_number, siret_number
from frontend.contact_forms import LANGUAGES, NOT_AN_ADDRESS
from frontend.event_forms import CommuneField, PositionField
from frontend.guarded import one_line
from frontend.sectors import Taxonomy
from territories.gazetteer import locate
from territories.geometry import Point
from territories.models import Territory

# Points that stand for a whole commune: nobody put them there.
VAGUE = ("", Precision.COMMUNE, Precision.BLURRED)


@dataclass(frozen=True, slots=True)
class Section:
    """Some of the fields, under a title."""

    slug: str
    title: str | Promise
    names: tuple[str, ...]


SECTIONS = (
    Section("place", _("Son nom, et où elle se trouve"),
            ("name", "commune", "street", "postcode", "location", "shown")),
    Section("work", _("Ce qu’elle fait"),
            ("main", "others", "summary", "description", "language", "activity_state")),
    Section("reach", _("Comment la joindre"), ("website", "phone", "email", "opening_hours")),
    Section("form", _("Sa forme juridique"), ("legal_form", "siret", "rna")),
)  # fmt: skip


def line(name: str, label: Any, fault: Any = None, **options: Any) -> forms.CharField:
    widget = forms.TextInput({"autocomplete": "off", **options.pop("attrs", {})})
    messages = {"required": fault} if fault else None
    return forms.CharField(
        label=label, max_length=LONGEST.get(name, 100), required=fault is not None, widget=widget,
        validators=[one_line, *options.pop("validators", [])], error_messages=messages, **options,
    )  # fmt: skip


def activity_choices(
    taxonomy: Taxonomy, held: Collection[str] = ()
) -> list[tuple[str, list[tuple[str, str]]]]:
    """Every activity under its sector; the sector alone comes last, for what has no name of its own. One that
    another took the place of is for those that it is ``held`` by."""
    by_sector: dict[int, list[tuple[str, str]]] = {pk: [] for pk in taxonomy.sectors}
    for activity in taxonomy.activities.values():
        if activity.replaced_by_id is None or str(activity.pk) in held:
            by_sector[activity.sector_id].append((str(activity.pk), activity.label))
    return [
        (
            sector.label,
            [
                *by_sector[pk],
                (str(pk * ACTIVITIES_PER_SECTOR), str(_("Autre : {sector}")).format(sector=sector.label)),
            ],
        )
        for pk, sector in taxonomy.sectors.items()
    ]


@dataclass(frozen=True, slots=True)
class ActivityGroup:
    """The boxes of one sector; ``chosen`` where one of them is ticked."""

    label: str
    boxes: list[Any]
    chosen: bool


class TextField(forms.CharField):
    """A text of several lines, each of which a browser ends with two signs and counts as one."""

    widget = forms.Textarea({"rows": 6})

    def to_python(self, value: Any) -> str:
        return super().to_python(str(value or "").replace("\r\n", "\n")) or ""


class WebsiteField(forms.URLField):
    default_validators = [URLValidator(["http", "https"])]


class ListingFields(forms.Form):
    """What a listing says of itself; of ``listing`` where there is one.

    ``trusted`` False, for who has no right on the page: its address of mail is not told, and left empty it
    stays. ``names`` cuts the form down to some fields.
    """

    name = line("name", _("Nom de l’initiative"), _("Donnez le nom de l’initiative."))
    commune = CommuneField(
        label=_("Commune"), required=False,
        help_text=_("Son nom, avec le numéro du département s’il y en a plusieurs : « Aubusson (23) »."),
    )  # fmt: skip
    street = line("street", _("Numéro et voie (facultatif)"))
    postcode = line("postcode", _("Code postal (facultatif)"), attrs={"inputmode": "numeric"})
    location = PositionField(
        label=_("Position exacte (facultatif)"), required=False,
        help_text=_(
            "Sa latitude, puis sa longitude : « 45.9560, 2.1697 ». La carte les écrit pour vous. Sans elles, "
            "la page montre le centre de la commune."
        ),
    )  # fmt: skip
    shown = forms.ChoiceField(
        label=_("Que montrer sur la carte ?"), required=False, widget=forms.RadioSelect,
        choices=[
            ("", _("L’endroit exact, s’il est connu")),
            (Precision.BLURRED.value, _("La commune seulement : c’est au domicile de quelqu’un")),
        ],
        error_messages={"invalid_choice": _("Choisissez dans la liste.")},
    )  # fmt: skip
    main = forms.ChoiceField(
        label=_("Activité principale"),
        error_messages={
            "required": _("Choisissez l’activité principale."),
            "invalid_choice": _("Choisissez dans la liste."),
        },
    )
    others = forms.MultipleChoiceField(
        label=_("Ses autres activités (facultatif)"), required=False, widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choisissez dans la liste.")},
    )  # fmt: skip
    summary = line(
        "summary", _("En une phrase (facultatif)"),
        help_text=_("Des mots simples. Exemple : « On y répare ensemble ce qui est cassé. »"),
    )  # fmt: skip
    description = TextField(
        label=_("Ce qu’on y fait, pour qui, avec qui (facultatif)"),
        required=False,
        max_length=LONGEST["description"],
    )
    language = forms.ChoiceField(label=_("Langue de ces textes"), choices=LANGUAGES, required=False)
    activity_state = forms.ChoiceField(
        label=_("Est-elle ouverte ?"), choices=ActivityState.choices, required=False,
        error_messages={"invalid_choice": _("Choisissez dans la liste.")},
    )  # fmt: skip
    website = WebsiteField(
        label=_("Site web (facultatif)"), required=False, max_length=LONGEST["website"],
        assume_scheme="https",
        widget=forms.URLInput({"autocomplete": "off"}),
        error_messages={"invalid": _("Cette adresse n’est pas celle d’un site. Exemple : https://exemple.fr")},
    )  # fmt: skip
    phone = line(
        "phone", _("Téléphone de l’organisation (facultatif)"), validators=[phone_number],
        attrs={"type": "tel"}, help_text=_("Celui de l’accueil, pas celui d’une personne : il sera public."),
    )  # fmt: skip
    email = forms.EmailField(
        label=_("Courriel de l’organisation (facultatif)"), required=False, max_length=LONGEST["email"],
        validators=[plain_address],
        widget=forms.EmailInput({"autocomplete": "off"}),
        help_text=_(
            "Une adresse générique (contact@…), jamais celle d’une personne. Les pages ne la montrent pas : "
            "les visiteurs écrivent par un formulaire. L’API la donne."
        ),
        error_messages={"invalid": NOT_AN_ADDRESS},
    )  # fmt: skip
    opening_hours = line("opening_hours", _("Horaires (facultatif)"), help_text=_("Exemple : Sa 14:00-18:00"))
    legal_form = forms.ChoiceField(
        label=_("Forme juridique"), choices=LegalForm.choices, required=False,
        initial=LegalForm.UNKNOWN.value, error_messages={"invalid_choice": _("Choisissez dans la liste.")},
    )  # fmt: skip
    siret = line("siret", _("SIRET (facultatif)"), validators=[siret_number])
    rna = line("rna", _("Numéro RNA (facultatif)"), validators=[rna_number])

    def __init__(
        self,
        *args: Any,
        listing: Initiative | None = None,
        trusted: bool = False,
        names: Iterable[str] | None = None,
        **kwargs: Any,
    ) -> None:
        self.listing, self.trusted = listing, trusted
        known = self.known(listing) if listing else {"language": (get_language() or "fr")[:2]}
        # Before the form is made: one that keeps robots out is judged as soon as it is.
        self.base_fields = self.ready(known, set(names) if names is not None else None)  # type: ignore[misc]
        options = {"use_required_attribute": False, "initial": known | kwargs.pop("initial", {})}
        super().__init__(*args, **options | kwargs)

    def ready(self, known: dict[str, Any], kept: set[str] | None) -> dict[str, forms.Field]:
        """The fields of this form, with what may be chosen today."""
        every = {name for section in SECTIONS for name in section.names}
        fields = {
            name: deepcopy(field)
            for name, field in type(self).base_fields.items()
            if kept is None or name in kept or name not in every
        }
        held = {known.get("main", ""), *known.get("others", ())}
        self.choices_by_sector = choices = activity_choices(Taxonomy(), held) if "main" in fields else []
        if "main" in fields:
            fields["main"].choices = [("", _("Choisissez")), *choices]  # type: ignore[attr-defined]
            fields["others"].choices = choices  # type: ignore[attr-defined]
        for name in LONGEST.keys() & fields.keys():
            # What an import wrote longer than a form takes is no fault of who leaves it as it is.
            field, now = fields[name], known.get(name) or ""
            if self.listing and isinstance(field, forms.CharField) and len(now) > LONGEST[name]:
                fields[name] = type(field)(
                    label=field.label, required=field.required, widget=field.widget, max_length=len(now),
                    help_text=field.help_text,
                )  # fmt: skip
        if not self.trusted and "email" in fields and self.listing and self.listing.email:
            fields["email"].help_text = _(
                "Un courriel est connu ; les pages ne le montrent pas. Vide, il reste. Sinon, une adresse "
                "générique, jamais celle d’une personne : l’API la donne."
            )
        return fields

    def known(self, listing: Initiative) -> dict[str, Any]:
        """What the listing says, as the form writes it."""
        now = told(listing)
        point = None if listing.precision in VAGUE else listing.location
        activities = [str(each) for each in listing.activities]
        found = {name: now[name] for name in type(self).base_fields if name in now}
        found |= {
            "commune": CommuneField().prepare_value(listing.commune),
            "location": f"{point.y:.{DECIMALS}f}, {point.x:.{DECIMALS}f}" if point else "",
            "shown": Precision.BLURRED.value if listing.precision == Precision.BLURRED else "",
            "main": activities[0] if activities else "",
            "others": activities[1:],
        }
        return found if self.trusted else found | {"email": ""}

    @property
    def sections(self) -> list[tuple[Section, list[forms.BoundField]]]:
        """The sections that are left, each with its fields."""
        found = [(each, [self[name] for name in each.names if name in self.fields]) for each in SECTIONS]
        return [(section, fields) for section, fields in found if fields]

    @property
    def activity_groups(self) -> list[ActivityGroup]:
        """The boxes of the other activities, sector by sector."""
        boxes = iter(self["others"].subwidgets)
        groups = [(label, [next(boxes) for _each in options]) for label, options in self.choices_by_sector]
        return [
            ActivityGroup(label, found, any(each.data["selected"] for each in found))
            for label, found in groups
        ]

    def clean_others(self) -> list[str]:
        others = self.cleaned_data["others"]
        if len(others) >= MOST_ACTIVITIES:
            raise forms.ValidationError(
                _("Choisissez %(most)d activités au plus, la principale comprise."),
                params={"most": MOST_ACTIVITIES},
            )
        return list(others)

    def clean(self) -> dict[str, Any]:
        """The commune of the point, where it is not said; a refusal where it lies in another."""
        given = super().clean() or self.cleaned_data
        self.leave_what_stands()
        point, commune = given.get("location"), given.get("commune")
        if point is None or "commune" not in given or not self.moved():
            return given
        place = Point(point.x, point.y)
        if commune is None:
            given["commune"] = locate(place)
        elif fault := astray(place, commune):
            self.add_error("location", fault)
        return given

    def leave_what_stands(self) -> None:
        """What an import wrote is no fault of who leaves it as it is, whatever a form would say of it."""
        if self.listing is None or self.listing.pk is None:
            return
        for name in self.errors.keys() & self.initial.keys():
            stands = name not in self.changed_data or self[name].data == self.initial[name]
            if self.initial[name] and stands:
                del self.errors[name]
                if name == "commune":
                    self.cleaned_data[name] = self.listing.commune

    def moved(self) -> bool:
        return self.listing is None or not {"commune", "location"}.isdisjoint(self.changed_data)

    def said(self) -> dict[str, Any]:
        """What the form says, by field, once it is valid: of a listing, what is changed and no more."""
        given, changed = self.cleaned_data, set(self.changed_data)
        plain = ("name", "street", "postcode", "summary", "description", "language", "activity_state",
                 "website", "phone", "opening_hours", "legal_form", "siret", "rna")  # fmt: skip
        found = {name: given[name] for name in plain if name in given}
        if given.get("email") or self.trusted or self.listing is None:
            found |= {"email": given["email"]} if "email" in given else {}
        found |= {} if found.get("legal_form") else {"legal_form": LegalForm.UNKNOWN.value}
        found |= {} if found.get("activity_state") else {"activity_state": ActivityState.OPEN.value}
        found |= {} if found.get("language") else {"language": (get_language() or "fr")[:2]}
        if self.listing is not None:
            found = {name: value for name, value in found.items() if name in changed}
        if given.get("main") and (self.listing is None or changed & {"main", "others"}):
            wanted = [given["main"], *given.get("others", [])]
            found["activities"] = [int(each) for each in dict.fromkeys(wanted)]
        return found | self.placed(changed)

    def placed(self, changed: set[str]) -> dict[str, Any]:
        """Its commune, its point and how far that may be trusted."""
        if "commune" not in self.fields:
            return {}
        if self.listing is not None and not changed & {"commune", "location", "shown"}:
            return {}
        given = self.cleaned_data
        commune: Territory | None = given.get("commune")
        point = given.get("location")
        if given.get("shown") == Precision.BLURRED and commune is not None:
            return at_home(commune)
        return {
            "commune": commune.pk if commune else None,
            "location": [round(point.x, DECIMALS), round(point.y, DECIMALS)] if point else None,
            "precision": Precision.ADDRESS.value if point else "",
        }
