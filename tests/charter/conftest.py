"""A charter that is published, and a few who may sign it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from charter import signing, versions
from charter.keys import key_of
from charter.models import CharterVersion, Signature
from tests.factories import make_commune

Sign = Callable[..., Signature]


@pytest.fixture
def version(db: None) -> CharterVersion:
    assert versions.load()
    found = versions.current()
    assert found
    return found


@pytest.fixture
def sign(version: CharterVersion) -> Sign:
    """Signs by the form, and confirms by the link unless told otherwise."""

    def done(name: str, structure: Any = None, *, confirmed: bool = True, **told: Any) -> Signature:
        email = told.pop("email", f"{name.lower()}@example.org")
        given = {"name": name, "email": email, "listed": True, "role": "maire" if structure else ""} | told
        signing.sign(versions.current() or version, given, structure)
        row = Signature.objects.filter(email=email).latest("pk")
        return signing.confirm(key_of(row)) if confirmed else row

    return done


@pytest.fixture
def felletin(db: None) -> Any:
    return make_commune("23079", "Felletin")
