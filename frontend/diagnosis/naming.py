"""The names written on a plate: its most peopled communes, where they fit and cover no other."""

from __future__ import annotations

from dataclasses import dataclass

from printing.plates import Panel
from territories.models import Territory

ASKED, WRITTEN = 14, 8
# Of them, so many stay on a phone, where letters are as large as they are small on the plate.
STAY = 3
# Units of the drawing: the height of letters on paper, on a phone; on a wide screen they are smaller.
SMALL, LARGE = 20, 25
LETTER = 0.56  # of the height, about: how wide a letter is


@dataclass(frozen=True, slots=True)
class Name:
    """Centred on ``x``, its foot at ``y``. ``minor``: left out on a phone."""

    text: str
    x: str
    y: str
    minor: bool


@dataclass(frozen=True, slots=True)
class Town:
    """A commune that may be named. ``at`` is longitude, latitude."""

    id: str
    name: str
    at: tuple[float, float]


def towns_of(within: str) -> list[Town]:
    """The most peopled communes of a territory; none where it is no more."""
    territory = Territory.objects.filter(pk=within).first()
    if territory is None:
        return []
    communes = Territory.objects.get_queryset().communes_of(territory)
    known = communes.filter(population__isnull=False, label_point__isnull=False)
    rows = known.order_by("-population", "pk").values_list("pk", "name", "label_point")[:ASKED]
    return [Town(pk, name, (at.x, at.y)) for pk, name, at in rows if at]


def names_on(panel: Panel, towns: list[Town], clear: dict[str, float]) -> list[Name]:
    """The names of a frame, each above its commune and the circle that it has there (``clear``: radii by id);
    an inset has none but its own."""
    made: list[Name] = []
    taken: list[tuple[float, float, float, float]] = []
    for town in towns if not panel.name else []:
        minor = len(made) >= STAY
        size = SMALL if minor else LARGE
        half = len(town.name) * size * LETTER / 2
        ((x, y),) = panel.frame.places([town.at])
        x, foot = min(max(x, half + 6), panel.width - half - 6), y - max(6.0, clear.get(town.id, 0) + 4)
        area = (x - half, foot - size, x + half, y)
        if not (size < foot < panel.height) or any(meets(area, other) for other in taken):
            continue
        taken.append(area)
        made.append(Name(town.name, f"{x:g}", f"{foot:g}", minor))
        if len(made) == WRITTEN:
            break
    return made


def meets(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and one[2] > other[0] and one[1] < other[3] and one[3] > other[1]
