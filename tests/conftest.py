"""What all the tests share: static files, the browser, a network that ends at this machine."""

import fcntl
import gc
import io
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import handlers
from django.core.management import call_command
from django.db import connection
from django.test import TransactionTestCase
from django.utils import translation
from hypothesis import HealthCheck
from hypothesis import settings as properties
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django import DjangoDbBlocker
from whitenoise.base import WhiteNoise

from config import environment
from directory.taxonomy import load_taxonomy
from territories.models import CustomCommune
from tests.chromium import PATIENCE_MS, launch
from tests.factories import join, make_commune, make_grouping, make_initiative, make_territory
from tests.kept import for_a_file, put, take

# Property tests ask the database, on a machine that may be busy: neither an example nor the drawing of it
# is timed, and fixtures that only read serve all the examples of a test. The examples are the same each time,
# so that what lands once lands again; `make explore` looks for others.
properties.register_profile(
    "maillage",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
properties.register_profile("explore", properties.get_profile("maillage"), derandomize=False)
properties.load_profile("maillage")
MIGRATED = "migrated"


def pytest_configure(config: pytest.Config) -> None:
    """Compile messages and collect static files, once, before the processes that run the tests."""
    gc.disable()  # until the tests are collected: see pytest_collection_finish
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


def pytest_collection_finish() -> None:
    """Six thousand tests and what they import stay to the end: the garbage collector, which would look at all
    of it again and again, a tenth of the time of a run, looks at what comes after."""
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def live_server_static() -> None:
    """Let WhiteNoise serve the hashed files, as in production, instead of Django's finders."""
    handlers.StaticFilesHandler = lambda application: application  # type: ignore[assignment,misc]


@pytest.fixture(scope="session", autouse=True)
def _static(live_server_static: None) -> None:
    """Every test makes a client, and every client a WhiteNoise, which would look at each of a thousand files
    again: half of the time of a test that asks for one page."""
    look = WhiteNoise.update_files_dictionary
    found: dict[tuple[str, str], dict[str, Any]] = {}

    def look_once(self: Any, root: str, prefix: str) -> None:
        if (root, prefix) not in found:
            before = dict(self.files)
            look(self, root, prefix)
            found[root, prefix] = {url: file for url, file in self.files.items() if url not in before}
        self.files.update(found[root, prefix])

    WhiteNoise.update_files_dictionary = look_once


@pytest.fixture(autouse=True)
def _language() -> None:
    """A page in English leaves its language to whatever the process does next."""
    translation.deactivate()


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
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None, django_db_blocker: DjangoDbBlocker
) -> None:
    """On the server made for this run, migrations run once: each process copies what they made."""
    folder = os.environ.get("STATE_FOLDER", "")
    if environment.DATABASE_URL or not folder:
        return
    with (Path(folder) / "migrated.lock").open("w") as lock, django_db_blocker.unblock():
        fcntl.flock(lock, fcntl.LOCK_EX)
        make_migrated()
    connection.settings_dict["TEST"]["TEMPLATE"] = MIGRATED


def make_migrated() -> None:
    """The database that others are copied from, unless another process made it."""
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT FROM pg_database WHERE datname = %s", [MIGRATED])
        if cursor.rowcount:
            return
        cursor.execute(f"CREATE DATABASE {MIGRATED}")
    usual = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = MIGRATED
    gc.disable()  # each operation makes models anew: the collector took two fifths of the time
    call_command("migrate", verbosity=0)
    gc.enable()
    connection.close()  # or it could not be copied
    connection.settings_dict["NAME"] = usual


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """What a test commits goes when it ends: see tests/kept.py. At the end, close what a request cut short
    left open: it would keep the database from going."""
    with django_db_blocker.unblock():
        nothing = take()
        if "territories_territory" in nothing:  # left by a run that was killed, in a database used again
            call_command("flush", interactive=False, verbosity=0)
            nothing = take()
    TransactionTestCase._fixture_teardown = lambda self: put(nothing)  # type: ignore[attr-defined]
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture
def feed_from_nothing(transactional_db: None) -> None:
    """The feed of changes without what former tests withdrew."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM directory_change; UPDATE directory_feed SET forgotten = 0")


@pytest.fixture(scope="module")
def _taxonomy(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Loaded once for the tests of a file; not for those that commit."""
    with for_a_file(django_db_blocker):
        load_taxonomy()
        connection.check_constraints()  # now, or every test would check the whole load when it ends
        yield


@pytest.fixture
def taxonomy(_taxonomy: None, db: None) -> None:
    return None


@pytest.fixture
def places(db: None) -> dict[str, Any]:
    """Felletin in its places, a neighbour outside, an initiative and its PTCE."""
    region = make_territory("region", "75", "Nouvelle-Aquitaine")
    departement = make_territory("departement", "23", "Creuse", region=region)
    other = make_territory("departement", "19", "Corrèze", region=region)
    epci = make_territory("epci", "200067544", "CC Creuse Grand Sud", region=region)
    here = {"region": region, "departement": departement, "epci": epci}
    commune = make_commune("23079", "Felletin", **here)
    make_commune("23008", "Aubusson", **here)
    make_commune("23096", "Guéret", region=region, departement=departement)
    away = make_commune("19275", "Ussel", region=region, departement=other)
    custom = make_territory("custom", "parc", "Un parc", dated=date(2026, 1, 1))
    CustomCommune.objects.create(territory=custom, commune=commune)
    initiative = make_initiative("L’Atelier", commune=commune)
    elsewhere = make_initiative("La Grange", commune=away)
    ptce = make_grouping("le-pole", members=(initiative,), perimeter=epci)
    pending = make_grouping("le-reseau", kind="network")
    join(pending, initiative, member_agreed_at=None)
    return locals() | {"other_ptce": make_grouping("un-autre", members=(elsewhere,))}
