"""What all the tests share: static files, the browser, a network that ends at this machine."""

import fcntl
import io
from collections.abc import Iterator

import pytest
from django.contrib.staticfiles import handlers
from django.core.management import call_command
from django.db import connection
from hypothesis import HealthCheck
from hypothesis import settings as properties
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django import DjangoDbBlocker

from tests.chromium import launch

# Property tests ask the database, on a machine that may be busy: neither an example nor the drawing of it
# is timed, and fixtures that only read serve all the examples of a test.
properties.register_profile(
    "maillage",
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
properties.load_profile("maillage")


def pytest_configure(config: pytest.Config) -> None:
    """Compile messages and collect static files, once, before the processes that run the tests."""
    if hasattr(config, "workerinput"):
        return
    from django.conf import settings

    settings.STATIC_ROOT.parent.mkdir(exist_ok=True)
    with (settings.STATIC_ROOT.parent / "test-static.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another run in this clone may be at it
        call_command("prepare", "--files", stdout=io.StringIO())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark whatever drives the browser: `-m "not browser"` leaves it out."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def live_server_static() -> None:
    """Let WhiteNoise serve the hashed files, as in production, instead of Django's finders."""
    handlers.StaticFilesHandler = lambda application: application  # type: ignore[assignment,misc]


@pytest.fixture(scope="session", autouse=True)
def _static(live_server_static: None) -> None:
    return None


@pytest.fixture(scope="session", autouse=True)
def _mail(django_test_environment: None) -> None:
    """Mail is queued as on a real site (tests/mail/outbox.py reads it), not kept in a list by Django."""
    from django.conf import settings

    settings.EMAIL_BACKEND = "mail.backends.Queue"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium, one for the whole run."""
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in a fresh context: no cookie, no cache, in French, 1280 × 800."""
    context = browser.new_context(locale="fr-FR", viewport={"width": 1280, "height": 800})
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """At the end, close what a request cut short left open: it would keep the database from going."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
