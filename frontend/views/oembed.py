"""oEmbed (oembed.com): from the address of a page of ours to the frame that shows it elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import get_language_from_path, override
from django.views.decorators.http import require_safe

from directory.filters import DigitsField, Parameters, SearchForm
from directory.models import GroupingKind, Sector
from frontend.embedding import (
    CARD_HEIGHT,
    HEIGHT,
    Look,
    LookForm,
    embed_address,
    frame_code,
    initiatives_of,
    name_of,
)
from frontend.sectors import Taxonomy
from frontend.tokens import tokens
from frontend.views.embed import standing
from frontend.views.grouping import read as read_grouping
from territories.errors import UnknownTerritory
from territories.gazetteer import resolve as resolve_territory

WIDTH = 800  # pixels
AN_HOUR = 60 * 60
MOST = 999_999_999


class OembedForm(Parameters):
    """The parameters of the specification; others are passed over, as it asks."""

    url = forms.CharField(max_length=8_000)
    maxwidth = DigitsField(required=False, min_value=1, max_value=MOST)
    maxheight = DigitsField(required=False, min_value=1, max_value=MOST)
    format = forms.CharField(required=False, max_length=20)


@dataclass(frozen=True, slots=True)
class Frame:
    """What shows a page elsewhere; ``address`` has no host, ``height`` is in pixels."""

    title: str
    address: str
    height: int = HEIGHT


@require_safe
def oembed(request: HttpRequest) -> HttpResponse:
    form = OembedForm(request.GET)
    if refused := form.refusals():
        return answer({"error": refused}, status=400)
    asked = form.cleaned_data
    if asked["format"] not in ("", "json"):
        return answer({"error": "Only format=json is given."}, status=501)
    frame = framed(asked["url"], request.get_host())
    if frame is None:
        return answer({"error": "No page of this address can be embedded."}, status=404)
    width = min(WIDTH, asked["maxwidth"] or WIDTH)
    height = min(frame.height, asked["maxheight"] or frame.height)
    told = {
        "version": "1.0",
        "type": "rich",
        "provider_name": "Maillage",
        "provider_url": request.build_absolute_uri("/"),
        "title": frame.title,
        "html": frame_code(request.build_absolute_uri(frame.address), frame.title, height, width),
        "width": width,
        "height": height,
        "cache_age": AN_HOUR,
    }
    return answer(told)


def answer(told: dict[str, Any], status: int = 200) -> HttpResponse:
    """Any page may read it from a browser: it says nothing that is not public."""
    response = JsonResponse(told, status=status)
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["Cache-Control"] = f"public, max-age={AN_HOUR}"
    return response


def framed(url: str, host: str) -> Frame | None:
    """The frame of a page of this host; None where there is none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or parts.netloc.lower() != host.lower():
        return None
    path = unquote(parts.path) or "/"
    with override(get_language_from_path(path) or settings.LANGUAGE_CODE):
        try:
            match = resolve(path)
            maker = MAKERS.get(match.view_name)
            return maker(QueryDict(parts.query), **match.kwargs) if maker else None
        except (Resolver404, Http404, UnknownTerritory):
            return None


def of_search(given: QueryDict) -> Frame:
    return searched(given, Look())


def of_embed(given: QueryDict) -> Frame:
    return searched(given, LookForm(given).look())


def searched(given: QueryDict, look: Look) -> Frame:
    criteria = SearchForm(given).criteria()
    title = look.title or name_of(tokens(criteria, Taxonomy()))
    return Frame(title, embed_address(criteria.params, look))


def of_territory(given: QueryDict, id: str) -> Frame:
    found = resolve_territory(id)
    return Frame(initiatives_of(found.name), embed_address({"territory": found.pk}, Look()))


def of_grouping(kind: GroupingKind) -> Callable[..., Frame]:
    def made(given: QueryDict, slug: str) -> Frame:
        found = read_grouping(kind, slug)
        return Frame(initiatives_of(found.name), embed_address({str(kind): found.slug}, Look()))

    return made


def of_sector(given: QueryDict, slug: str) -> Frame:
    found = None if "\x00" in slug else Sector.objects.filter(slug=slug).first()
    if found is None:
        raise Http404
    return Frame(initiatives_of(found.label), embed_address({"sector": found.slug}, Look()))


def of_initiative(given: QueryDict, slug: str) -> Frame:
    found = standing(slug)
    if found is None:
        raise Http404
    return Frame(found.name, reverse("frontend:embed_initiative", args=[found.slug]), CARD_HEIGHT)


# The pages that can be embedded, by the name of their route.
MAKERS: dict[str, Callable[..., Frame]] = {
    "frontend:search": of_search,
    "frontend:territory": of_territory,
    "frontend:ptce": of_grouping(GroupingKind.PTCE),
    "frontend:network": of_grouping(GroupingKind.NETWORK),
    "frontend:sector": of_sector,
    "frontend:initiative": of_initiative,
    "frontend:embed": of_embed,
    "frontend:embed_initiative": of_initiative,
}
