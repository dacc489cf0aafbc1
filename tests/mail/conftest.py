"""A mail server for a test, and letters to send."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.mail.server import Taken, free_port, serving


@pytest.fixture
def smtp_port(settings: Any) -> int:
    """The port where the settings say that a mail server is; nobody is there yet."""
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    settings.EMAIL_TIMEOUT = 2
    return int(settings.EMAIL_PORT)


@pytest.fixture
def server(smtp_port: int) -> Iterator[Taken]:
    """A mail server that takes everything."""
    with serving(smtp_port) as taken:
        yield taken
