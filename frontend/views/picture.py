"""The pictures of pages where they are shared: initiative, territory, PTCE, network, sector."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.templatetags.static import static
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from directory.facets import count
from directory.filters import SearchForm
from directory.models import GroupingKind
from directory.search import SearchCriteria
from events import said
from frontend.covers import SANS, SERIF, Cover, TooBusy, key_of, picture, svg_of
from frontend.drawing import drawing, spread
from frontend.quantities import plain
from frontend.sectors import Taxonomy, icon_of
from frontend.views import events, grouping, initiative, territory
from territories.errors import UnknownTerritory
from territories.gazetteer import resolve

DAY = 86_400


@require_safe
def of_initiative(request: HttpRequest, slug: str) -> HttpResponse:
    found = initiative.read(slug)
    if found is None:
        raise Http404
    sector = Taxonomy().main_sector(found.activities)
    place = found.commune or found.arrondissement
    around = found.departement or found.region
    names = [each.name for each in (place, around) if each]
    cover = Cover(
        found.name,
        place=" · ".join(names) or found.locality,
        sector=sector.slug,
        label=sector.label,
        icon=icon_of(sector.slug),
        drawing=drawing(around, found.commune, [found.location]),
    )
    return answer(request, cover)


@require_safe
def of_territory(request: HttpRequest, id: str) -> HttpResponse:
    try:
        found = resolve(id)
    except UnknownTerritory:
        raise Http404 from None
    criteria = criteria_of("territory", found.pk)
    kind = str(found.get_kind_display()).capitalize()
    return answer(
        request, Cover(found.name, kind, counted(criteria), drawing=territory.outline(found, criteria))
    )


@require_safe
def of_ptce(request: HttpRequest, slug: str) -> HttpResponse:
    return of_grouping(request, GroupingKind.PTCE, slug)


@require_safe
def of_network(request: HttpRequest, slug: str) -> HttpResponse:
    return of_grouping(request, GroupingKind.NETWORK, slug)


def of_grouping(request: HttpRequest, kind: GroupingKind, slug: str) -> HttpResponse:
    found = grouping.read(kind, slug)
    criteria = criteria_of(str(kind), found.slug)
    short = _("PTCE") if kind == GroupingKind.PTCE else _("Réseau")
    drawn = spread(criteria, found.perimeter).drawing
    return answer(request, Cover(found.name, short, counted(criteria), drawing=drawn))


@require_safe
def of_sector(request: HttpRequest, slug: str) -> HttpResponse:
    found = next((each for each in Taxonomy().sectors.values() if each.slug == slug), None)
    if found is None:
        raise Http404
    criteria = criteria_of("sector", found.slug)
    drawn = spread(criteria, None).drawing
    site = _("Circuits courts économiques et solidaires")
    cover = Cover(found.label, _("Secteur"), counted(criteria), found.slug, site, icon_of(found.slug), drawn)
    return answer(request, cover)


@require_safe
def of_event(request: HttpRequest, slug: str) -> HttpResponse:
    found = events.read(slug)
    town = found.commune
    names = [said.day(found.start), *([town.name] if town else [])]
    cover = Cover(found.title, _("Évènement"), " · ".join(names), drawing=events.drawing_of(found))
    return answer(request, cover)


def criteria_of(name: str, value: str) -> SearchCriteria:
    query = QueryDict(mutable=True)
    query[name] = value
    return SearchForm(query).criteria()


def counted(criteria: SearchCriteria) -> str:
    n = count(criteria)
    return ngettext("%(number)s initiative", "%(number)s initiatives", n) % {"number": plain(n)}


def answer(request: HttpRequest, cover: Cover) -> HttpResponse:
    """The PNG, or that the one already held is still right; while too many are drawn, or without
    the letters to write it, the picture that stands for the whole site."""
    if not (SERIF.exists() and SANS.exists()):
        return elsewhere()
    svg = svg_of(cover)
    etag = f'"{key_of(svg)}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        try:
            response = HttpResponse(picture(svg), content_type="image/png")
        except TooBusy:
            return elsewhere()
    response["ETag"] = etag
    response["Cache-Control"] = f"public, max-age={DAY}"
    return response


def elsewhere() -> HttpResponse:
    response = HttpResponseRedirect(static("img/cover.png"))
    response["Cache-Control"] = "no-store"
    return response
