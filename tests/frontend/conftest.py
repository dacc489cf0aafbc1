"""The examples of Creuse and Haute-Vienne, and those without a place, as the pages show them."""

from collections.abc import Iterator

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

from directory.examples import load_examples
from tests.france import creuse  # noqa: F401
from tests.kept import Rows, bring, for_a_file

EXAMPLES: Rows = {}


@pytest.fixture(scope="module")
def examples(creuse: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:  # noqa: F811
    with for_a_file(django_db_blocker):
        bring(EXAMPLES, load_examples)
        connection.check_constraints()  # now, or every test would check the whole load when it ends
        yield
