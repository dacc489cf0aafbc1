"""« Mes territoires »: the ones that a person composed, and the page where communes are gathered.

The list of codes in the form is the one truth: each tool adds to it and shows the page again, the map reads
and writes it, and nothing is kept before « Enregistrer ».
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import lazy
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from directory import composing as verbs
from directory.composing import LONGEST_NAME, LONGEST_SOURCE, Composed
from directory.errors import CompositionRefused
from directory.models import Grouping, GroupingKind
from directory.permissions import Action, may, require
from frontend.guarded import one_line
from frontend.perimeter_tools import TOOLS, Added, ChooseAmong, ToolRefused, Tools
from frontend.quantities import plain
from frontend.views.roles import person_of
from printing.overseas import OVERSEAS
from territories.drawn import too_detailed
from territories.errors import InvalidPerimeter
from territories.models import Kind, Territory
from territories.perimeters import LONGEST_LIST, Perimeter, by_name, from_codes

FAULTS_SHOWN = 50


class TerritoryForm(forms.Form):
    codes = forms.CharField(
        label=gettext_lazy("Communes retenues, une par ligne"),
        help_text=gettext_lazy(
            "Le code officiel (INSEE) d’abord, le nom si vous voulez : « 23077 Faux-la-Montagne ». Collez,"
            " ajoutez, effacez des lignes. Un code d’intercommunalité ou de département donne ses communes."
        ),
        max_length=LONGEST_LIST,
        required=False,
        widget=forms.Textarea({"rows": 10, "spellcheck": "false", "autocomplete": "off"}),
        error_messages={"max_length": gettext_lazy("Cette liste est trop longue.")},
    )
    name = forms.CharField(
        label=gettext_lazy("Nom du territoire"),
        help_text=gettext_lazy("Il se lit en titre du diagnostic, et donne son adresse à la page."),
        max_length=LONGEST_NAME,
        validators=[one_line],
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Donnez un nom à ce territoire.")},
    )
    dated = forms.DateField(
        label=gettext_lazy("Date du périmètre"),
        help_text=gettext_lazy("Celle de la délibération ou de la charte, sinon celle du jour."),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": gettext_lazy("Donnez une date."),
            "invalid": gettext_lazy("Donnez une date."),
        },
    )
    source = forms.CharField(
        label=gettext_lazy("Source du périmètre (facultatif)"),
        help_text=gettext_lazy("D’où vient cette liste : délibération, charte, règle. Elle est publique."),
        max_length=LONGEST_SOURCE,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )


@never_cache
@require_safe
@login_required
def own_territories(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    rows = list(verbs.own(person).annotate(number=Count("custom_communes")))
    listable = {each.pk for each in rows if may(person, Action.LIST_TERRITORY, each)}
    context = {"rows": [(each, each.pk in listable) for each in rows], "most": verbs.MOST}
    return render(request, "frontend/account/territories.html", context)


@dataclass
class State:
    """What the page shows: the form, the communes that were read, what is to be said of them."""

    form: TerritoryForm
    perimeter: Perimeter = field(default_factory=Perimeter)
    said: list[str] = field(default_factory=list)
    tools: Tools = field(default_factory=Tools)
    tool: str = "place"
    choices: list[Territory] = field(default_factory=list)
    problem: str = ""


@method_decorator([never_cache, login_required], name="dispatch")
class Compose(View):
    """Gather communes, then save: a new territory, or another perimeter of one that is there."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, id: str = "") -> HttpResponse:
        territory = self.edited(request, id)
        initial: dict[str, Any] = {"dated": timezone.localdate()}
        perimeter = Perimeter()
        if territory:
            perimeter = Perimeter(by_name(set(territory.communes.values_list("pk", flat=True))))
            initial = {
                "codes": lines(perimeter.communes), "name": territory.name, "dated": territory.dated,
                "source": territory.source,
            }  # fmt: skip
        return self.page(request, territory, State(TerritoryForm(initial=initial), perimeter))

    def post(self, request: HttpRequest, id: str = "") -> HttpResponse:
        territory = self.edited(request, id)
        if request.POST.get("do") == "save":
            return self.save(request, territory)
        form = TerritoryForm(request.POST)
        form.is_valid()  # what is written so far is shown again, and its faults wait for « Enregistrer »
        state = State(TerritoryForm(initial={name: form[name].value() for name in form.fields}))
        state.perimeter = read(form, state)
        known = set(state.perimeter.ids)
        if request.POST.get("do") in TOOLS and not state.problem:
            self.use(request, request.POST["do"], state)
        if not state.perimeter.faults and not state.problem:
            state.form.initial["codes"] = lines(state.perimeter.communes)
        elif new := [each for each in state.perimeter.communes if each.pk not in known]:
            # what is in error stays as it was written, on its line
            state.form.initial["codes"] += f"\n{lines(new)}"
        return self.page(request, territory, state)

    def use(self, request: HttpRequest, tool: str, state: State) -> None:
        """Add what a tool finds to the list."""
        state.tools, state.tool = Tools(request.POST, request.FILES), tool
        if not state.tools.is_valid():
            return
        try:
            add(TOOLS[tool](state.tools), state)
        except ChooseAmong as several:
            state.choices = several.places
        except ToolRefused as refusal:
            state.tools.add_error(refusal.field, str(refusal))
        except InvalidPerimeter as refusal:
            state.tools.add_error(tool, str(refusal))

    def save(self, request: HttpRequest, territory: Territory | None) -> HttpResponse:
        form, person = TerritoryForm(request.POST), person_of(request)
        state = State(form)
        form.is_valid()
        state.perimeter = read(form, state)
        if state.perimeter.faults:
            form.add_error("codes", _("Des lignes de la liste ne sont pas lues."))
        if not form.errors:
            given = form.cleaned_data
            said = Composed(given["name"], state.perimeter.ids, given["dated"], given["source"])
            try:
                saved = verbs.redefine(territory, person, said) if territory else verbs.compose(person, said)
            except (CompositionRefused, InvalidPerimeter) as refusal:
                form.add_error("codes" if isinstance(refusal, InvalidPerimeter) else None, str(refusal))
            else:
                messages.success(request, told_of(saved, len(said.communes)))
                if territory and territory.listed and not saved.listed:
                    messages.info(
                        request, _("Il a changé : il n’est plus proposé à tous tant qu’on ne l’a pas relu.")
                    )
                # Else the browser keeps the fragment of the form.
                return redirect(f"{reverse('people:territories')}#contenu")
        return self.page(request, territory, state)

    def edited(self, request: HttpRequest, id: str) -> Territory | None:
        if not id:
            require(person_of(request), Action.COMPOSE_TERRITORY)
            return None
        territory = custom_or_404(id)
        require(person_of(request), Action.EDIT_TERRITORY, territory)
        return territory

    def page(self, request: HttpRequest, territory: Territory | None, state: State) -> HttpResponse:
        communes = state.perimeter.communes
        places = [(c.code, c.name, c.chief_place.x, c.chief_place.y) for c in communes if c.chief_place]
        context = {
            "territory": territory, "form": state.form, "tools": state.tools, "tool": state.tool,
            "state": state, "faults": state.perimeter.faults[:FAULTS_SHOWN],
            "more_faults": max(0, len(state.perimeter.faults) - FAULTS_SHOWN),
            "summary": summary(communes), "places": places, "overseas": OVERSEAS,
            "ptces": Grouping.objects.filter(kind=GroupingKind.PTCE, published=True).order_by("name", "pk"),
            "words": DRAWING_WORDS,
        }  # fmt: skip
        return render(request, "frontend/account/compose.html", context)


# What Leaflet.draw says beside the pointer, and what the map says of a press.
DRAWING_WORDS = {
    "start": gettext_lazy("Pressez pour poser le premier coin."),
    "cont": gettext_lazy("Pressez pour poser le coin suivant."),
    "end": gettext_lazy("Pressez le premier coin pour fermer le contour."),
    "detailed": lazy(too_detailed, str)(),
    "crossing": gettext_lazy("Les côtés du contour ne se croisent pas."),
    "added": gettext_lazy("{name} est ajoutée."),
    "removed": gettext_lazy("{name} est retirée."),
    "number": gettext_lazy("Communes retenues : {n}."),
    "closer": gettext_lazy("Approchez la carte pour y choisir des communes."),
    "partial": gettext_lazy("Approchez encore : toutes les communes ne sont pas dessinées."),
}


def read(form: TerritoryForm, state: State) -> Perimeter:
    """The communes that the list of the form names."""
    if "codes" in form.errors:
        state.problem = " ".join(map(str, form.errors["codes"]))
        return Perimeter()
    try:
        return from_codes(form.cleaned_data.get("codes", ""))
    except InvalidPerimeter as refusal:
        state.problem = str(refusal)
        form.add_error("codes", state.problem)
        return Perimeter()


def add(added: Added, state: State) -> None:
    """Put what a tool found with the rest, say how many and by what rule, and note it as the source."""
    before, given = set(state.perimeter.ids), added.perimeter
    new = [each for each in given.ids if each not in before]
    state.perimeter.told += given.told
    if given.faults:  # of a file: they are told, and nothing is added before all of it can be read
        state.perimeter.faults += given.faults
        return
    rule = capfirst(given.rule)
    state.perimeter.communes = by_name(before | set(given.ids))  # refused where they are too many
    state.said.append(
        ngettext("{n} commune ajoutée ({rule}).", "{n} communes ajoutées ({rule}).", len(new)).format(
            n=plain(len(new)), rule=given.rule
        )
    )
    if not given.ids:
        state.said.append(_("Aucune commune ne répond à cette règle."))
    initial = state.form.initial
    initial["name"] = initial["name"] or added.name[:LONGEST_NAME]
    source = initial["source"] or ""
    if rule not in source and len(source) + len(rule) + 2 <= LONGEST_SOURCE:
        initial["source"] = f"{source} ; {rule}".removeprefix(" ; ")


def lines(communes: list[Territory]) -> str:
    return "\n".join(f"{each.code} {each.name}" for each in communes)


@dataclass(frozen=True, slots=True)
class Summary:
    """What the communes of a list come to."""

    number: str
    population: str
    unknown: int
    departements: list[str]


def summary(communes: list[Territory]) -> Summary | None:
    if not communes:
        return None
    ids = {each.departement_id for each in communes if each.departement_id}
    names = Territory.objects.filter(pk__in=ids).order_by("name").values_list("name", flat=True)
    return Summary(
        plain(len(communes)), plain(sum(each.population or 0 for each in communes)),
        sum(each.population is None for each in communes), list(names),
    )  # fmt: skip


def told_of(territory: Territory, number: int) -> str:
    return ngettext(
        "« {name} » est enregistré : {n} commune.", "« {name} » est enregistré : {n} communes.", number
    ).format(name=territory.name, n=plain(number))


@method_decorator([never_cache, login_required], name="dispatch")
class Discard(View):
    """A page that asks, then effaces."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, id: str) -> HttpResponse:
        return self.page(request, self.edited(request, id))

    def post(self, request: HttpRequest, id: str) -> HttpResponse:
        territory = self.edited(request, id)
        try:
            verbs.discard(territory, person_of(request))
        except CompositionRefused as refusal:
            return self.page(request, territory, str(refusal), status=409)
        messages.success(request, _("« {name} » est effacé.").format(name=territory.name))
        return redirect("people:territories")

    def edited(self, request: HttpRequest, id: str) -> Territory:
        territory = custom_or_404(id)
        require(person_of(request), Action.EDIT_TERRITORY, territory)
        return territory

    def page(
        self, request: HttpRequest, territory: Territory, problem: str = "", **options: Any
    ) -> HttpResponse:
        context = {"territory": territory, "problem": problem}
        return render(request, "frontend/account/territory_discard.html", context, **options)


@never_cache
@require_POST
@login_required
def list_territory(request: HttpRequest, id: str) -> HttpResponse:
    """Offer a territory to all, or take it back."""
    territory, listed = custom_or_404(id), request.POST.get("listed") == "yes"
    verbs.set_listed(territory, person_of(request), listed)
    done = (
        _("« {name} » est proposé à tous, dans les listes et la recherche.")
        if listed
        else _("« {name} » n’est plus proposé : son adresse y mène encore.")
    )
    messages.success(request, done.format(name=territory.name))
    return redirect("people:territories")


def custom_or_404(id: str) -> Territory:
    found = None if "\x00" in id else Territory.objects.of_kind(Kind.CUSTOM).filter(pk=id[:300]).first()
    if found is None:
        raise Http404
    return found
