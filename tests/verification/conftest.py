"""Two départements of one commune each, a network across both, who may run campaigns of each; real records
that nobody has confirmed for two years."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from accounts.models import User
from directory.ages import months_before
from directory.models import Grouping, Initiative
from mail.models import Message
from territories.models import Kind, Territory
from tests.factories import make_commune, make_grouping, make_initiative, make_person, make_territory
from tests.mail.outbox import links

Old = Callable[..., Initiative]


@dataclass(frozen=True)
class Ground:
    west: Territory
    east: Territory
    felletin: Territory
    uzerche: Territory
    network: Grouping
    moderator: User
    other_moderator: User
    coordinator: User


@pytest.fixture
def old(taxonomy: None) -> Old:
    """Makes a real record, entered so many months ago and confirmed by nobody since."""

    def make(name: str, months: int = 30, **fields: Any) -> Initiative:
        made = make_initiative(name, **fields)
        Initiative.objects.filter(pk=made.pk).update(created_at=months_ago(months))
        made.refresh_from_db()
        return made

    return make


def months_ago(months: int, shift: timedelta = timedelta(0)) -> datetime:
    return months_before(timezone.now(), months) + shift


def path_in(letter: Message, holding: str = "/compte/verification/") -> str:
    """The path of the first link of a letter that holds this."""
    return urlsplit(next(each for each in links(letter) if holding in each)).path


@pytest.fixture
def ground(old: Old) -> Ground:
    france = make_territory(Kind.COUNTRY, "FR", "France", box=(0, 45, 4, 46))
    west = make_territory(Kind.DEPARTEMENT, "23", "Creuse", box=(0, 45, 2, 46), country=france)
    east = make_territory(Kind.DEPARTEMENT, "19", "Corrèze", box=(2, 45, 4, 46), country=france)
    felletin = make_commune("23079", "Felletin", box=(0, 45, 2, 46), departement=west, country=france)
    uzerche = make_commune("19276", "Uzerche", box=(2, 45, 4, 46), departement=east, country=france)
    network = make_grouping("reseau", "network", name="Le Réseau")
    return Ground(
        west, east, felletin, uzerche, network,
        make_person("moderator", "moderator", west),
        make_person("other-moderator", "moderator", east),
        make_person("coordinator", "coordinator", network),
    )  # fmt: skip
