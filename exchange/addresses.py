"""What an answer of the address service is worth to a line: it counts where the line agrees with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from directory.models.initiative import Precision
from exchange.geocoding import Answer
from exchange.towns import Declared, Town
from territories.addresses import STREETS, Address
from territories.names import place_fold

# The service's own score, up to 1: under the first its answer is left out. Two answers that are nearer than
# the second, in two communes that both agree with the line, are a doubt.
LEAST, NEAR = 0.6, 0.05
# Nobody but the line itself knows its address as well as this.
MOST = 0.95
HOUSE = "housenumber"

# The commune of a position (longitude, latitude) where it agrees with a town; None where it does not.
Fits = Callable[[float, float, Town], str | None]


@dataclass(frozen=True, slots=True)
class Asked:
    """An address as the service is asked, and the town that its answers are held against."""

    text: str
    town: Town

    @classmethod
    def of(cls, street: str, declared: Declared, town: Town) -> Asked:
        words = f"{declared.postcode} {declared.name or town.name}".strip()
        return cls(f"{street}, {words}" if words else street, town)


@dataclass(slots=True)
class Found:
    """The address that was kept, if one was; ``notes`` say why none was, as ``{"code", …}``."""

    address: Address | None = None
    score: float = 0.0
    notes: list[dict[str, Any]] = field(default_factory=list)

    @property
    def precision(self) -> str:
        house = self.address is not None and self.address.type == HOUSE
        return Precision.ADDRESS if house else Precision.STREET


def judge(asked: Asked, answer: Answer, fits: Fits) -> Found:
    """The likeliest answer that the line agrees with, or why there is none."""
    if answer is None:
        return Found(notes=[{"code": "address-unanswered"}])
    streets = [address for address in answer if address.type in STREETS]
    if not streets:
        return Found(notes=[{"code": "address-unknown"}])
    agreeing = [(address, commune) for address in streets if (commune := agreed(asked, address, fits))]
    if not agreeing:
        return Found(notes=[{"code": "address-elsewhere", "found": streets[0].label}])
    (best, commune), *others = agreeing
    if best.score < LEAST:
        return Found(notes=[{"code": "address-doubtful", "found": best.label, "score": round(best.score, 2)}])
    for other, elsewhere in others:
        if elsewhere != commune and best.score - other.score < NEAR:
            return Found(notes=[{"code": "address-ambiguous", "found": f"{best.label} ; {other.label}"}])
    return Found(best, min(best.score, MOST), [{"code": "address-found", "found": best.label}])


def agreed(asked: Asked, address: Address, fits: Fits) -> str | None:
    """The commune of an answer; None where the line says another one, or says none that the answer bears."""
    commune = fits(address.point.lon, address.point.lat, asked.town)
    if commune is None or asked.town.is_said:
        return commune
    named = place_fold(address.city)
    return commune if named and named in place_fold(asked.text) else None
