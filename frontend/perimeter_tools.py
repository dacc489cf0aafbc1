"""The ways by which a person adds communes to a territory: a place and its surroundings, a PTCE, an outline,
a file. Each takes what the form says and gives a perimeter, or says why not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory.composing import of_ptce
from directory.models import Grouping, GroupingKind
from formats.columns import MOST_ROWS, UnreadableList, first_column
from territories.drawn import LONGEST, from_outline, too_detailed
from territories.gazetteer import Match, suggest
from territories.models import Kind, Territory
from territories.names import is_elided
from territories.perimeters import KILOMETRES, Perimeter, around, from_codes, of_territory

OFFERED = 8


class ToolRefused(Exception):
    """``field`` is what was wrong; the text says why."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(why)
        self.field = field


class ChooseAmong(Exception):
    """Several places answer what was typed."""

    def __init__(self, places: list[Territory]) -> None:
        super().__init__()
        self.places = places


class Tools(forms.Form):
    """What all the tools read; each looks at its own fields."""

    place = forms.CharField(
        label=gettext_lazy("Commune, intercommunalité, département…"),
        help_text=gettext_lazy("Son nom ou son code."),
        max_length=100,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    # The one that was chosen, and what was typed when it was offered.
    place_id = forms.CharField(max_length=300, required=False)
    asked = forms.CharField(max_length=100, required=False)
    radius = forms.IntegerField(
        label=gettext_lazy("Rayon en km (facultatif)"),
        help_text=gettext_lazy(
            "Les communes dont le chef-lieu est à cette distance ou moins, à vol d’oiseau. Sans rayon, celles"
            " du lieu lui-même."
        ),
        required=False,
        min_value=KILOMETRES.start,
        max_value=KILOMETRES.stop - 1,
        localize=False,
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), gettext_lazy("Le rayon va de 1 à 100 km, sans décimale.")
        ),
    )
    ptce = forms.CharField(max_length=300, required=False)
    outline = forms.CharField(
        max_length=LONGEST, required=False, error_messages={"max_length": lazy(too_detailed, str)()}
    )
    file = forms.FileField(
        label=gettext_lazy("Fichier CSV, XLSX ou texte"),
        help_text=gettext_lazy("La première colonne est lue : un code de commune par ligne. 1 Mo au plus."),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput({"accept": ".csv,.txt,.xlsx"}),
    )


@dataclass(frozen=True, slots=True)
class Added:
    """Communes to add, and a name that they suggest."""

    perimeter: Perimeter
    name: str = ""


def from_place(form: Tools) -> Added:
    given = form.cleaned_data
    if not given["place"].strip():
        raise ToolRefused("place", _("Écrivez d’abord le nom d’un lieu, ou son code."))
    chosen = given["place_id"] if given["asked"] == given["place"] else ""
    place = found(given["place"], chosen)
    if radius := given["radius"]:
        said = _("{n} km autour d’{place}") if is_elided(place.name) else _("{n} km autour de {place}")
        return Added(around(place, radius), said.format(n=radius, place=place.name))
    perimeter = of_territory(place)
    return Added(perimeter, "" if place.kind == Kind.COMMUNE else place.name)


def found(text: str, chosen: str) -> Territory:
    """The one place that bears this name; ChooseAmong where there are several, or only likely ones."""
    kinds = set(Kind.values)
    offered = [each for each in suggest(text, OFFERED) if each.type in kinds or each.type == "postcode"]
    ids = list(dict.fromkeys(id for each in offered for id in each.ids))[: 2 * OFFERED]
    places = Territory.objects.select_related("departement").in_bulk(ids)
    if chosen in places:
        return places[chosen]
    whole = [id for each in offered if each.match == Match.WHOLE for id in each.ids]
    if len(whole) == 1 and whole[0] in places:
        return places[whole[0]]
    if not places:
        raise ToolRefused("place", _("Aucun lieu ne porte ce nom. Essayez avec moins de lettres."))
    raise ChooseAmong([places[id] for id in whole or ids if id in places])


def from_grouping(form: Tools) -> Added:
    slug = form.cleaned_data["ptce"]
    ptce = Grouping.objects.filter(kind=GroupingKind.PTCE, published=True, slug=slug).first()
    if ptce is None:
        raise ToolRefused("ptce", _("Choisissez un PTCE de la liste."))
    return Added(of_ptce(ptce), ptce.name)


def from_drawing(form: Tools) -> Added:
    return Added(from_outline(form.cleaned_data["outline"]))


def from_file(form: Tools) -> Added:
    given: UploadedFile | None = form.cleaned_data["file"]
    if given is None:
        raise ToolRefused("file", _("Choisissez d’abord un fichier."))
    reasons = {
        "large": _("Ce fichier est trop lourd : 1 Mo au plus."),
        "long": _("Ce fichier est trop long : {most} lignes au plus.").format(most=MOST_ROWS),
        "strange": _("Ce fichier n’a pas pu être lu : enregistrez-le en CSV, en XLSX ou en texte."),
    }
    try:
        rows = first_column(given.read(2_000_000))
    except UnreadableList as error:
        raise ToolRefused("file", reasons[error.reason]) from None
    perimeter = from_codes("\n".join(rows))
    if not perimeter.communes and not perimeter.faults:
        raise ToolRefused("file", _("La première colonne de ce fichier est vide."))
    perimeter.rule = _("liste importée")
    return Added(perimeter)


TOOLS: dict[str, Callable[[Tools], Added]] = {
    "place": from_place, "ptce": from_grouping, "outline": from_drawing, "file": from_file,
}  # fmt: skip
