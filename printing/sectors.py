"""How sectors look, on screen and on paper: an icon each.

Their colours are in css/sectors.css, under the same slugs."""

from __future__ import annotations

# Icons of the lucide set.
ICONS = {
    "alimentation": "carrot",
    "energie": "zap",
    "finance": "coins",
    "habitat": "house",
    "culture": "drama",
    "commerce": "store",
    "reemploi": "recycle",
    "production": "hammer",
    "mobilite": "bike",
    "numerique": "laptop",
    "emploi": "briefcase-business",
    "education": "graduation-cap",
    "solidarites": "heart-pulse",
    "cooperation": "handshake",
}
OTHER = "leaf"


def icon_of(slug: str) -> str:
    return ICONS.get(slug, OTHER)
