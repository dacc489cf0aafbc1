"""What the suggestions of the search say: the words that the browser cannot ask of the API."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from frontend.sectors import Taxonomy
from territories.models import Kind


def suggestion_words(taxonomy: Taxonomy) -> dict[str, Any]:
    """Words in the reader's language, for static/js/suggestions.js; ``{n}`` and ``{name}`` are
    filled there."""
    return {
        "language": (get_language() or "fr")[:2],
        "list": _("Suggestions"),
        "one": _number(1).replace("%(n)d", "1"),
        "many": _number(2).replace("%(n)d", "{n}"),
        "groups": {
            "sectors": _("Secteurs et activités"),
            "initiatives": _("Initiatives"),
            "places": _("Lieux"),
            "addresses": _("Adresses"),
        },
        "kinds": {**{str(kind): str(label) for kind, label in Kind.choices}, "postcode": _("code postal")},
        "sector": _("secteur"),
        "sectors": {sector.slug: sector.label for sector in taxonomy.sectors.values()},
        "former": _("anciennement %(name)s").replace("%(name)s", "{name}"),
    }


def _number(n: int) -> str:
    return ngettext("%(n)d suggestion, flèches pour choisir", "%(n)d suggestions, flèches pour choisir", n)
