"""A map or a list of Maillage on another site: how it looks, its address, and the code to paste.

What is looked for is said in the filter language, as everywhere; the look adds ``show``, ``colour``
and ``title``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from csp.decorators import csp_replace
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.clickjacking import xframe_options_exempt

from directory.filters import DigitsField, Parameters
from frontend.accents import Accent, accent, named
from frontend.addresses import query
from frontend.tokens import Token

SHOWS = {
    "both": gettext_lazy("la carte et la liste"),
    "map": gettext_lazy("la carte"),
    "list": gettext_lazy("la liste"),
}
LONGEST_TITLE = 120
LONGEST_NAME = 200
# Pixels. Lower, a map and its controls do not fit; higher, no screen shows it.
HEIGHT, LOWEST, HIGHEST = 600, 240, 2_000
CARD_HEIGHT = 300


# The routes of the pages that oEmbed gives a frame for (frontend.views.oembed).
EMBEDDED = frozenset(
    f"frontend:{name}"
    for name in (
        "search", "territory", "ptce", "network", "sector", "initiative", "embed", "embed_initiative"
    )
)  # fmt: skip


def framable(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Any site may frame what this view answers; all the rest of the policy holds."""
    open_to_all: Any = csp_replace({"frame-ancestors": ["*"]})
    framed: Callable[..., HttpResponse] = xframe_options_exempt(open_to_all(view))
    return framed


class LookForm(Parameters):
    """How an embedded page looks."""

    show = forms.ChoiceField(
        required=False,
        label=gettext_lazy("Affichage"),
        choices=SHOWS.items(),
        error_messages={"invalid_choice": gettext_lazy("« both », « map » ou « list » est attendu.")},
    )
    colour = forms.CharField(required=False, label=gettext_lazy("Couleur"), max_length=20)
    title = forms.CharField(required=False, label=gettext_lazy("Titre"), max_length=LONGEST_TITLE)

    def clean_colour(self) -> Accent | None:
        given = self.cleaned_data["colour"]
        found = accent(given)
        if given and found is None:
            raise ValidationError(
                _("Six chiffres hexadécimaux sont attendus, comme 1559a8, ou un nom : %(names)s."),
                params={"names": ", ".join(named())},
            )
        return found

    def clean_title(self) -> str:
        return "".join(sign for sign in self.cleaned_data["title"] if sign.isprintable())

    def look(self) -> Look:
        """The look that could be read; ``refusals()`` tells the rest."""
        refused = self.refusals()
        given = {name: value for name, value in self.cleaned_data.items() if name not in refused}
        chosen = given.get("colour")
        colour = str(self.given.get("colour", "")).strip().removeprefix("#").lower() if chosen else ""
        return Look(given.get("show") or "both", chosen, colour, given.get("title") or "")


class FrameForm(LookForm):
    """The same with what only the code to paste says."""

    height = DigitsField(required=False, label=gettext_lazy("Hauteur"), min_value=LOWEST, max_value=HIGHEST)
    language = forms.ChoiceField(
        required=False,
        label=gettext_lazy("Langue"),
        choices=settings.LANGUAGES,
        error_messages={"invalid_choice": gettext_lazy("« fr » ou « en » est attendu.")},
    )


@dataclass(frozen=True, slots=True)
class Look:
    """``colour`` is the accent as it was asked, a name or six digits."""

    show: str = "both"
    accent: Accent | None = None
    colour: str = ""
    title: str = ""

    @property
    def params(self) -> dict[str, str]:
        """As an address says it: what goes without saying is left out."""
        show = "" if self.show == "both" else self.show
        said = {"show": show, "colour": self.colour, "title": self.title}
        return {name: value for name, value in said.items() if value}


def embed_address(params: Mapping[str, str], look: Look, **more: str) -> str:
    """In the language in force."""
    return reverse("frontend:embed") + query({**params, **look.params, **more})


def configurator_address(params: Mapping[str, str], look: Look, **more: str) -> str:
    return reverse("frontend:embed_configurator") + query({**params, **look.params, **more})


def frame_code(address: str, title: str, height: int, width: int | str = "100%") -> str:
    """The code to paste; ``address`` is absolute. Its one style is the host's to allow, and only cosmetic."""
    return format_html(
        '<iframe src="{}" title="{}" width="{}" height="{}" loading="lazy" style="border:0"></iframe>',
        address, title, width, height,
    )  # fmt: skip


def name_of(filters: Iterable[Token]) -> str:
    """What a selection is called where no one gave it a title."""
    told = ", ".join(token.label for token in filters)
    return initiatives_of(told) if told else _("Les initiatives de Maillage")


def initiatives_of(what: str) -> str:
    """« Initiatives : Creuse »."""
    name = _("Initiatives : %(search)s") % {"search": what}
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"
