"""Where the map flies to beyond the mainland: boxes drawn wide around each, longitude first."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Destination:
    id: str
    name: str
    bbox: str


OVERSEAS = [
    Destination("departement-971", "Guadeloupe", "-61.95,15.75,-60.9,16.6"),
    Destination("departement-972", "Martinique", "-61.35,14.3,-60.7,14.95"),
    Destination("departement-973", "Guyane", "-54.8,2.0,-51.4,5.9"),
    Destination("departement-974", "La Réunion", "55.1,-21.5,55.95,-20.75"),
    Destination("departement-976", "Mayotte", "44.9,-13.1,45.4,-12.55"),
]
