"""Real territories for tests: Creuse (23) and Haute-Vienne (87), with their région, EPCI and country.

In the conftest.py of a folder:

    from tests.france import creuse, creuse_committed  # noqa: F401

``creuse`` goes with ``db``: it loads once per test module, inside a transaction that is rolled back
when the module ends, so that modules that draw their own country meet no real one. Every test of
a module that uses it sees these territories.

``creuse_committed`` goes with ``transactional_db`` and ``live_server``: it loads for the one test,
for a server's threads to see, and the flush that follows such a test takes it away.

The first load of a process takes some four seconds; the next ones put its rows back.
"""

from collections.abc import Iterator
from functools import cache

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

from territories.france import France, put_together
from territories.loading import no_step, write_france
from tests.kept import Rows, bring, for_a_file

DEPARTEMENTS = ("23", "87")
CREUSE: Rows = {}


@cache
def assembled() -> France:
    """The two départements, read and mended once per process."""
    return put_together(DEPARTEMENTS, no_step)


def load_creuse() -> None:
    """Writes them into the test database; needs access to it."""
    write_france(assembled())


@pytest.fixture(scope="module")
def creuse(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with for_a_file(django_db_blocker):
        bring(CREUSE, load_creuse)
        connection.check_constraints()  # now, or every test would check the whole load when it ends
        yield


@pytest.fixture
def creuse_committed(transactional_db: None) -> None:
    load_creuse()
