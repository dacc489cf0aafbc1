"""What the site holds of a person, and how it is forgotten: each room says its own part.

A room registers, in its ``personal.py``, two functions of a person: ``tell`` gives what it holds, as plain
JSON values under one title; ``forget`` is called in the transaction that erases the account, before its row
goes. What is published stays, without the name: provenance holds account numbers only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from accounts.administration import refuse_without_successor
from accounts.models import User
from mail.posting import post


def nothing(person: User) -> None:
    """Whatever hangs on the row of the account goes with it."""


@dataclass(frozen=True)
class Part:
    title: str
    tell: Callable[[User], Any]
    forget: Callable[[User], None] = nothing


_parts: dict[str, Part] = {}


def register(title: str, tell: Callable[[User], Any], forget: Callable[[User], None] = nothing) -> None:
    """Say what a room holds of a person under this title, which no other part has."""
    part = Part(title, tell, forget)
    if _parts.setdefault(title, part) != part:
        raise ValueError(f"Two parts of one's data are called {title}.")


def everything(person: User) -> dict[str, Any]:
    """All that the site holds of a person, by title."""
    return {title: part.tell(person) for title, part in sorted(_parts.items())}


@transaction.atomic
def erase(person: User) -> None:
    """Forget a person: sessions, roles, tokens, name and address. LastAdministrator where nobody else
    administers the site. A last letter says so; it is forgotten in its turn with the others of its age."""
    refuse_without_successor(person)
    email, language = person.email, person.language
    for part in _parts.values():
        part.forget(person)
    person.delete()
    post("accounts.gone", to=email, language=language, context={"email": email})
