"""How far two listings speak of the same initiative: points for what agrees, less for what differs, and why.

Pure: no database. What is compared is what two listings say; how they were brought together is told by
:mod:`exchange.matching`. Points of names, places and numbers add up.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from django.db import models
from django.utils.translation import gettext_lazy as _
from rapidfuzz import fuzz, process

from exchange.naming import COMMON, own_words, place_words

SURE = 0.8
DOUBTFUL = 0.5
# Two that are this close are not told apart.
MARGIN = 0.1

AT_HAND, NEAR, AWAY = 100.0, 500.0, 3000.0  # metres
LONG_NAME = 15  # letters, of words that are its own
LARGE_TOWN = 20_000  # inhabitants: several shops of one chain
# Words that more of the names around hold tell none of them from the others.
MOST_HOLDING = 50
LIKELY = 82  # of 100: names below are not looked at any further
AT_ONCE = 256


class Reason(models.TextChoices):
    """Why a line is, or may be, of an initiative; and what speaks against it."""

    SAME_ID = "same-id", _("même identifiant chez cette source")
    MAILLAGE_ID = "maillage-id", _("identifiant Maillage")
    SIRET = "siret", _("même SIRET")
    SIRET_SHARED = "siret-shared", _("même SIRET, que plusieurs partagent")
    SIREN = "siren", _("même organisation (SIREN), autre établissement")
    RNA = "rna", _("même numéro RNA")
    RNA_SHARED = "rna-shared", _("même numéro RNA, que plusieurs partagent")
    WEBSITE = "website", _("même site web")
    WEBSITE_SHARED = "website-shared", _("même site web, que plusieurs partagent")
    PHONE = "phone", _("même téléphone")
    EMAIL = "email", _("même courriel")
    NAME = "name", _("même nom")
    NAME_ALIKE = "name-alike", _("nom presque identique")
    NAME_RESEMBLES = "name-resembles", _("nom ressemblant")
    NAME_GENERIC = "name-generic", _("même nom, mais générique")
    ADDRESS = "address", _("même adresse")
    AT_HAND = "at-hand", _("à moins de 100 mètres")
    NEAR = "near", _("à moins de 500 mètres")
    COMMUNE = "commune", _("même commune")
    DEPARTEMENT = "departement", _("même département")
    NAME_DIFFERS = "name-differs", _("le nom diffère")
    AWAY = "away", _("à plus de trois kilomètres")
    ELSEWHERE = "elsewhere", _("dans une autre commune")
    CHAIN = "chain", _("enseigne ou réseau présent à plusieurs endroits")
    OTHER_DOMAIN = "other-domain", _("autre domaine d’activité")
    OTHER_SIREN = "other-siren", _("autre numéro SIREN")
    OTHER_RNA = "other-rna", _("autre numéro RNA")
    ID_REUSED = "id-reused", _("l’identifiant semble désigner autre chose qu’avant")
    SEVERAL = "several", _("plusieurs initiatives lui ressemblent autant")
    CLAIMED = "claimed", _("une autre ligne du fichier lui ressemble autant ou plus")
    DOUBLE = "double", _("une autre ligne du fichier dit la même chose")


@dataclass(frozen=True, slots=True)
class Place:
    """A commune, as far as names are concerned."""

    pk: str = ""
    name: str = ""
    population: int = 0


@dataclass(frozen=True, slots=True)
class Name:
    """A name, ready to be compared with many."""

    words: tuple[str, ...]
    own: tuple[str, ...]  # of no kind nor of the place, sorted
    kinds: frozenset[str]  # the others, less the place
    numbers: frozenset[str]
    local: bool  # it holds words of the place

    @property
    def chained(self) -> bool:
        return bool(self.own) and COMMON.issuperset(self.own)


NOWHERE: frozenset[str] = frozenset()
NO_SECTOR: frozenset[int] = frozenset()


@lru_cache(maxsize=20_000)
def read_name(key: str, place: str) -> Name:
    """The ``name_key`` of a name, and the name of the commune that it is in."""
    words = tuple(key.split())
    there = place_words(place) if place else NOWHERE
    own = own_words(words, there)
    rest = [word for word in words if word not in own]
    return Name(
        words,
        tuple(sorted(own)),
        frozenset([word for word in rest if word not in there and not word.isdigit()]),
        frozenset([word for word in words if word.isdigit()]),
        not there.isdisjoint(words),
    )


@dataclass(frozen=True, slots=True)
class Told:
    """What one listing says that another may say too. Empty or None: not said."""

    pk: int
    name: Name
    place: Place
    departement: str = ""
    # Degrees, and only where they are of an address or a street, not of a whole commune.
    lon: float | None = None
    lat: float | None = None
    street: str = ""
    siret: str = ""
    rna: str = ""
    website: str = ""  # its key
    phone: str = ""
    email: str = ""
    sectors: frozenset[int] = NO_SECTOR


@dataclass(frozen=True, slots=True)
class Shared:
    """What of this pair is borne by others too, on either side."""

    siret: bool = False
    rna: bool = False
    website: bool = False


@dataclass(frozen=True, slots=True)
class Likeness:
    score: float  # sums of points pass 1: it is what tells the best of several
    reasons: tuple[Reason, ...]


def compare(row: Told, known: Told, shared: Shared, *bonds: Reason) -> Likeness:
    """How far a line of a file and an initiative are the same; ``bonds``: SAME_ID or MAILLAGE_ID."""
    name, named = compare_names(row, known)
    place, placed = compare_places(row, known)
    marks, marked = compare_marks(row, known, shared)
    reasons = (*bonds, *marked, *named, *placed)
    if bonds:
        return _bound(reasons, name, place)
    score = name + place + marks
    if Reason.ELSEWHERE in placed:
        score += _elsewhere(row, known, named)
    proved = Reason.SIRET in marked or Reason.RNA in marked
    # What is alike is shared too, by a library and the public service of a village; the same name is not.
    apart = bool(row.sectors and known.sectors) and row.sectors.isdisjoint(known.sectors)
    if apart:
        reasons += (Reason.OTHER_DOMAIN,)
    if not proved and (not name or (apart and not marked and Reason.NAME not in named)):
        # Sites, telephones and addresses are shared: without a name they prove nothing.
        score = min(score, SURE - 0.05)
    return Likeness(round(max(score, 0.0), 3), reasons)


def _elsewhere(row: Told, known: Told, named: tuple[Reason, ...]) -> float:
    """In two communes, chains have two shops; a long name of its own is hardly borne twice in a département:
    communes merge, and one of them is the seat, the other the place."""
    if Reason.CHAIN in named:
        return -0.15
    near = bool(row.departement) and row.departement == known.departement
    return 0.1 if near and Reason.NAME in named and len(" ".join(row.name.own)) >= LONG_NAME else 0.0


def _bound(reasons: tuple[Reason, ...], name: float, place: float) -> Likeness:
    """The same identifier, unless it now stands for something else: some sources number their lines anew."""
    against = name < 0.2 and (place < 0 or Reason.OTHER_SIREN in reasons)
    if against and Reason.MAILLAGE_ID not in reasons:
        return Likeness(SURE - 0.1, (*reasons, Reason.ID_REUSED))
    return Likeness(1.0, reasons)


def compare_names(row: Told, known: Told) -> tuple[float, tuple[Reason, ...]]:
    """Points for names, up to 0.6."""
    one, other = row.name, known.name
    if one.numbers and other.numbers and one.numbers != other.numbers:
        return 0.0, (Reason.NAME_DIFFERS,)
    value = name_likeness(one, other)
    large = max(row.place.population, known.place.population) >= LARGE_TOWN
    if not one.own and not other.own and value >= 0.95:
        # Of their kind and place only: a village has one of each, a town may have several.
        # Of the place alone (« Felletin »), it is of no kind: whatever stands there may bear it.
        local = one.local and other.local and bool(one.kinds)
        return ((0.45 if large else 0.55) if local else 0.15), (Reason.NAME_GENERIC,)
    chain = (Reason.CHAIN,) if one.chained and other.chained else ()
    points = 0.5 if chain and large else 0.6
    if value >= 0.99:
        return points, (Reason.NAME, *chain)
    if value >= 0.93:
        return points - 0.05, (Reason.NAME_ALIKE, *chain)
    if value >= 0.85:
        return points - 0.15, (Reason.NAME_ALIKE, *chain)
    if value >= 0.75:
        return points - 0.25, (Reason.NAME_RESEMBLES, *chain)
    return 0.0, (Reason.NAME_DIFFERS,)


def name_likeness(one: Name, other: Name) -> float:
    """From 0 to 1, by the words that are their own; those of their kind tell only what is alike apart."""
    if one.words == other.words or sorted(one.words) == sorted(other.words):
        return 1.0
    if not one.own or not other.own:
        return 1.0 if one.own == other.own and one.kinds == other.kinds else 0.0
    if "".join(one.words) == "".join(other.words):
        return 1.0
    if one.own == other.own:
        within = one.kinds <= other.kinds or other.kinds <= one.kinds
        return (0.99 if one.kinds == other.kinds else 0.95) if within else 0.8
    mine, theirs = " ".join(one.own), " ".join(other.own)
    near = max(fuzz.ratio(mine, theirs), fuzz.ratio("".join(one.own), "".join(other.own))) / 100
    if near >= 0.86 and min(len(mine), len(theirs)) >= 5:
        return 0.9 if near >= 0.93 else 0.86
    if near >= 0.6 and fuzz.ratio(" ".join(one.words), " ".join(other.words)) >= 93:
        return 0.86
    if _part_of(one.own, other.own) or _part_of(other.own, one.own) or _initials(one, other):
        return 0.78
    return near * 0.75


def _part_of(few: tuple[str, ...], many: tuple[str, ...]) -> bool:
    """Whether all the words of one are, a slip aside, among those of the other, and are no chain's."""
    if COMMON.issuperset(few) or sum(map(len, few)) < 4:
        return False
    return all(any(word == other or fuzz.ratio(word, other) >= 85 for other in many) for word in few)


def _initials(one: Name, other: Name) -> bool:
    """« GRAP » and « Groupement régional alimentaire de proximité »."""
    return any(
        len(short.own) == 1 and len(short.own[0]) >= 3
        and "".join(word[0] for word in long.words) == short.own[0]
        for short, long in ((one, other), (other, one))
    )  # fmt: skip


def compare_places(row: Told, known: Told) -> tuple[float, tuple[Reason, ...]]:
    """Points for places, up to 0.35; less than none where they differ."""
    together = bool(row.place.pk) and row.place.pk == known.place.pk
    metres = distance(row, known)
    if metres is not None and metres <= AT_HAND:
        return 0.35, (Reason.AT_HAND,)
    if together and row.street and row.street == known.street:
        return 0.35, (Reason.ADDRESS,)
    if metres is not None and metres <= NEAR:
        return 0.3, (Reason.NEAR,)
    if together:
        away = metres is not None and metres > AWAY
        return (0.1, (Reason.COMMUNE, Reason.AWAY)) if away else (0.25, (Reason.COMMUNE,))
    if row.place.pk and known.place.pk:
        return -0.2, (Reason.ELSEWHERE,)
    if row.departement and known.departement:
        same = row.departement == known.departement
        return (0.1, (Reason.DEPARTEMENT,)) if same else (-0.2, (Reason.ELSEWHERE,))
    return 0.0, ()


def compare_marks(row: Told, known: Told, shared: Shared) -> tuple[float, tuple[Reason, ...]]:
    """Points for numbers of registers and for ways to get in touch."""
    points = 0.0
    reasons: list[Reason] = []
    for worth, reason in _marks(row, known, shared):
        points += worth
        reasons.append(reason)
    return points, tuple(reasons)


def _marks(row: Told, known: Told, shared: Shared) -> Iterable[tuple[float, Reason]]:
    if row.siret and known.siret:
        if row.siret == known.siret:
            yield (0.3, Reason.SIRET_SHARED) if shared.siret else (0.95, Reason.SIRET)
        elif row.siret[:9] == known.siret[:9]:
            yield 0.2, Reason.SIREN
        else:
            yield -0.35, Reason.OTHER_SIREN
    if row.rna and known.rna:
        if row.rna == known.rna:
            yield (0.3, Reason.RNA_SHARED) if shared.rna else (0.85, Reason.RNA)
        else:
            yield -0.35, Reason.OTHER_RNA
    if row.website and row.website == known.website:
        yield (0.1, Reason.WEBSITE_SHARED) if shared.website else (0.35, Reason.WEBSITE)
    if row.phone and row.phone == known.phone:
        yield 0.2, Reason.PHONE
    if row.email and row.email == known.email:
        yield 0.25, Reason.EMAIL


def alike(lines: Sequence[Name], known: Sequence[Name]) -> set[tuple[int, int]]:
    """The pairs of names of one place that are worth comparing, by their ranks.

    Those that are near to each other letter by letter, that hold the same word, or one the initials of the
    other; and those of the same kind, where it is all that they tell.
    """
    pairs = set(_near(lines, known))
    holding: dict[object, list[int]] = defaultdict(list)
    for rank, name in enumerate(known):
        for sign in _signs(name):
            holding[sign].append(rank)
    for rank, name in enumerate(lines):
        for sign in _signs(name):
            found = holding.get(sign, ())
            if len(found) <= MOST_HOLDING:
                pairs.update((rank, other) for other in found)
    return pairs


def _signs(name: Name) -> set[object]:
    """What a name has in common with those that it may be the same as."""
    if not name.own:
        return {(name.kinds, name.numbers)}
    signs: set[object] = {word for word in name.own if word not in COMMON}
    initials = "".join(word[0] for word in name.words)
    return signs | {initials, "".join(name.words)} if len(initials) >= 3 else signs | {"".join(name.words)}


def _near(lines: Sequence[Name], known: Sequence[Name]) -> Iterator[tuple[int, int]]:
    """By RapidFuzz, some hundreds of lines at once: a table of a byte per pair."""
    telling = [rank for rank, name in enumerate(lines) if name.own]
    others = [rank for rank, name in enumerate(known) if name.own]
    if not telling or not others:
        return
    theirs = [" ".join(known[rank].own) for rank in others]
    for start in range(0, len(telling), AT_ONCE):
        some = telling[start : start + AT_ONCE]
        mine = [" ".join(lines[rank].own) for rank in some]
        table = process.cdist(mine, theirs, scorer=fuzz.ratio, score_cutoff=LIKELY, dtype=np.uint8)
        for at, other in zip(*np.nonzero(table), strict=True):
            yield some[at], others[other]


RADIUS = 6_371_008.8


def distance(one: Told, other: Told) -> float | None:
    """Metres between two points on the sphere (0.5 % off at most); None where one is not known."""
    if one.lon is None or one.lat is None or other.lon is None or other.lat is None:
        return None
    south, north = math.radians(one.lat), math.radians(other.lat)
    across = math.radians(other.lon - one.lon)
    half = (
        math.sin((north - south) / 2) ** 2
        + math.cos(south) * math.cos(north) * math.sin(across / 2) ** 2
    )  # fmt: skip
    return 2 * RADIUS * math.asin(math.sqrt(min(1.0, half)))
