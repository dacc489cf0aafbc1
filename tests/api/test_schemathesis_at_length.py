"""The document tried at every boundary of every parameter: see test_schemathesis.

Schemathesis thinks of the cases when the tests are collected, for some ten seconds: tests/api/conftest.py
leaves this file alone where slow tests are not run.
"""

from typing import Any

import pytest

from tests.api.test_schemathesis import check, examples, loaded
from tests.api.test_schemathesis import server as server

long = loaded(coverage=True)


@pytest.mark.slow
@long.parametrize()
@examples(150)
def test_the_document_holds_at_length(case: Any, server: str) -> None:
    check(case, server)
