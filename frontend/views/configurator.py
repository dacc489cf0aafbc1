"""The page where one composes what another site will embed, sees it, and takes the code."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_replace
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils.translation import get_language, gettext_lazy, override
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from directory.facets import count
from directory.filters import SearchForm
from directory.search import SearchCriteria
from frontend.accents import Accent
from frontend.addresses import asked_in, without
from frontend.choices import choices
from frontend.embedding import (
    HEIGHT,
    HIGHEST,
    LONGEST_TITLE,
    LOWEST,
    SHOWS,
    FrameForm,
    Look,
    configurator_address,
    embed_address,
    frame_code,
    name_of,
)
from frontend.places import PlaceAnswer, place_answer
from frontend.refusals import refusals
from frontend.sectors import Taxonomy
from frontend.tokens import tokens

USUAL = "red"
COLOURS = {
    USUAL: gettext_lazy("rouge"),
    "ochre": gettext_lazy("ocre"),
    "green": gettext_lazy("vert"),
    "blue": gettext_lazy("bleu"),
    "violet": gettext_lazy("violet"),
    "ink": gettext_lazy("encre"),
}
LIMITS = {"lowest": LOWEST, "highest": HIGHEST, "longest_title": LONGEST_TITLE}


@dataclass(frozen=True, slots=True)
class Frame:
    """What is composed. ``height`` is in pixels; ``language`` is that of the embedded page."""

    criteria: SearchCriteria
    look: Look
    height: int
    language: str

    @property
    def more(self) -> dict[str, str]:
        """Of the settings, what no embedded page needs to know, as an address says it."""
        language = "" if self.language == get_language() else self.language
        return {"height": "" if self.height == HEIGHT else str(self.height), "language": language}

    def address(self) -> str:
        """The embedded page, in its own language."""
        with override(self.language):
            return embed_address(self.criteria.params, self.look)

    def settings_address(self, params: dict[str, str]) -> str:
        """This configurator with another search and the rest as it is."""
        return configurator_address(params, self.look, **self.more)


@csp_replace({"frame-src": [SELF]})
@require_safe
@vary_on_headers("HX-Request")
def configurator(request: HttpRequest) -> HttpResponse:
    given = with_custom_colour(request.GET)
    form, frame_form = SearchForm(given), FrameForm(given)
    frame = read_frame(form, frame_form)
    place = placed(place_answer(given, frame.criteria.params), frame)
    if place and place.sure:
        return HttpResponseRedirect(place.choices[0].href)
    context = {
        **composed(request, frame),
        "place": place,
        "refusals": [*refusals(form), *refusals(frame_form)],
    }
    if getattr(request, "htmx", False):
        # what was typed for a place stays in the address until it is known
        address = request.get_full_path() if place else context["settings_href"]
        response = render(request, "frontend/_configured.html", {**context, "address": address})
        response["HX-Replace-Url"] = address
        return response
    return render(request, "frontend/configurator.html", {**context, **offers(frame)})


def with_custom_colour(given: QueryDict) -> QueryDict:
    """A colour written by hand goes before one picked from the list."""
    custom = given.get("custom", "").strip()
    if not custom:
        return given
    given = given.copy()
    given["colour"] = custom
    del given["custom"]
    return given


def read_frame(form: SearchForm, frame_form: FrameForm) -> Frame:
    refused = frame_form.refusals()
    read = {name: value for name, value in frame_form.cleaned_data.items() if name not in refused}
    language = read.get("language") or get_language() or settings.LANGUAGE_CODE
    return Frame(form.criteria(), frame_form.look(), read.get("height") or HEIGHT, language)


def placed(answer: PlaceAnswer | None, frame: Frame) -> PlaceAnswer | None:
    """The places to choose from, each leading back here."""
    if answer is None:
        return None
    here = [replace(choice, href=frame.settings_address(asked_in(choice.href))) for choice in answer.choices]
    return replace(answer, choices=here)


def composed(request: HttpRequest, frame: Frame) -> dict[str, Any]:
    """What follows every change: the code, the preview, and the counts of what may be chosen."""
    criteria, taxonomy = frame.criteria, Taxonomy()
    filters = tokens(criteria, taxonomy)
    with override(frame.language):
        title = frame.look.title or name_of(tokens(criteria, taxonomy))
    address = frame.address()
    return {
        "criteria": criteria,
        "params": criteria.params,
        "frame": frame,
        "look": frame.look,
        "adjusted": adjusted(frame.look),
        "count": count(criteria),
        "choices": choices(criteria, taxonomy),
        "tokens": [replace(token, href=frame.settings_address(asked_in(token.href))) for token in filters],
        "preview_href": address,
        "preview_title": title,
        "code": frame_code(request.build_absolute_uri(address), title, frame.height),
        "settings_href": frame.settings_address(criteria.params),
        "settings_link": request.build_absolute_uri(frame.settings_address(criteria.params)),
        "whole_href": frame.settings_address(without(criteria.params, "bbox")),
    }


def adjusted(look: Look) -> Accent | None:
    """The accent that was asked by hand, where it is not read on every ground as it is."""
    return look.accent if look.accent and look.accent.changed and look.colour not in COLOURS else None


def offers(frame: Frame) -> dict[str, Any]:
    """What may be chosen of the look."""
    look = {"shows": SHOWS, "colours": colours(frame.look), "custom": custom_of(frame.look)}
    return {**LIMITS, **look, "languages": settings.LANGUAGES}


def colours(look: Look) -> list[tuple[str, str, str, bool]]:
    """The named ones: value, name, label, whether it is chosen. The red is ours, and goes without saying."""
    chosen = look.colour or USUAL
    return [
        ("" if name == USUAL else name, name, str(label), name == chosen) for name, label in COLOURS.items()
    ]


def custom_of(look: Look) -> str:
    """The colour that was written by hand."""
    return "" if look.colour in COLOURS else look.colour
