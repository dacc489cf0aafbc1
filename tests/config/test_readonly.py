"""A GET never writes: every address of the site, and everything that could try."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.conf import settings
from django.db import InternalError, connection, transaction
from django.db.utils import ConnectionHandler
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, path, reverse
from psycopg.errors import ReadOnlySqlTransaction

from accounts.models import User
from accounts.reading import SESSION, only_reading, reading, writing
from config import urls
from config.reading import base
from directory.models import Initiative, Role
from tests.api.conftest import build_world
from tests.factories import make_initiative

# -- Every address of the site --------------------------------------------------------------------

# What the parts of an address are: by its name and theirs, then by theirs, then by their kind.
PARTS: dict[tuple[str, str] | str, Any] = {
    ("frontend:term", "slug"): "ptce",
    ("frontend:ptce", "slug"): "pole",
    ("frontend:ptce_picture", "slug"): "pole",
    ("frontend:network", "slug"): "reseau",
    ("frontend:network_picture", "slug"): "reseau",
    ("frontend:sector", "slug"): "energie",
    ("frontend:sector_picture", "slug"): "energie",
    ("frontend:listing", "slug"): "choix",
    **{
        (f"people:{name}", "slug"): "choix"
        for name in ("listing", "listing_name", "listing_content", "listing_discard")
    },
    ("people:listing_add", "initiative"): "initiative-00",
    ("people:story_write", "kind"): "testimony",
    ("people:tie_add", "other"): "initiative-01",
    **{
        (f"people:tie_{name}", part): value
        for name in ("members", "member", "member_find", "member_add", "missing")
        for part, value in (("kind", "ptce"), ("slug", "pole"))
    },
    ("people:tie_member_add", "initiative"): "initiative-01",
    ("api:event", "slug"): "forum",
    **{(f"frontend:{name}", "slug"): "forum" for name in ("event", "event_calendar", "event_picture")},
    **{
        (f"people:{name}", "slug"): "forum"
        for name in ("event", "event_edit", "event_state", "event_organisers", "event_session_add")
    },
    **{
        (f"people:event_{name}", "slug"): "forum"
        for name in (
            "guest_list",
            "invitations",
            "mail_merge",
            "registrations",
            "registration_add",
            "workshops",
            "workshops_file",
            "papers",
            "paper",
            "presences",
            "presences_file",
            "closing",
            "closing_paper",
            "to_create",
        )
    },
    **{(f"frontend:{name}", "slug"): "forum" for name in ("event_register", "event_registered")},
    ("people:event_paper", "what"): "badges",
    **{
        (f"frontend:charter_{name}", part): value
        for name in ("sign_find", "sign_for", "badge", "badge_page")
        for part, value in (("kind", "initiative"), ("key", "initiative-00"))
    },
    ("people:event_state", "do"): "publish",
    ("people:event_add", "kind"): "reseau",
    ("frontend:missing_ptce", "slug"): "pole",
    ("frontend:missing_network", "slug"): "reseau",
    ("people:campaign_territory", "key"): "departement-01",
    ("api:ptce", "slug"): "pole",
    ("api:network", "slug"): "reseau",
    ("frontend:export", "form"): "xlsx",
    ("embed_colour", "name"): "aa0000",
    ("sitemap_section", "section"): "initiatives",
    "slug": "initiative-00",
    "id": "departement-01",
    "z": "6",
    "x": "32",
    "y": "22",
    "app_label": "directory",
    "language": "fr",
    "provider_id": "nobody",
}
KINDS: dict[str, Any] = {"IntConverter": 1, "UUIDConverter": UUID(int=1)}
# Not the site's own: they answer for an address that is no view's.
APART = ("api:nothing",)


def addresses(
    where: URLResolver | None = None, above: str = "", begun: Any = None
) -> Iterator[tuple[str, list[str], dict[str, Any]]]:
    """(full name, parts, converters) of every pattern that has a name."""
    parts, converters = begun or ([], {})
    for each in (where or get_resolver()).url_patterns:
        both = [*parts, *each.pattern.regex.groupindex], {**converters, **each.pattern.converters}
        if isinstance(each, URLResolver):
            yield from addresses(each, f"{above}{each.namespace}:" if each.namespace else above, both)
        elif isinstance(each, URLPattern) and each.name:
            yield above + each.name, *both


def told(name: str, part: str, converters: dict[str, Any]) -> Any:
    for key in ((name, part), part):
        if key in PARTS:
            return PARTS[key]
    if part == "object_id":
        return first_of(name)
    return KINDS.get(type(converters.get(part)).__name__, "1")


def first_of(name: str) -> Any:
    """A row that a page of the administration shows, where there is one."""
    models = {f"{model._meta.app_label}_{model._meta.model_name}": model for model in apps.get_models()}
    model = models.get(name.removeprefix("admin:").rpartition("_")[0])
    found = model and model._default_manager.first()
    return found.pk if found else 1


@contextmanager
def watched(lifted: list[str]) -> Iterator[None]:
    """Each statement is asked for while the server refuses to write; those that are let through are kept."""

    def look(execute: Callable[..., Any], sql: str, *args: Any) -> Any:
        if reading():
            assert connection.connection.pgconn.parameter_status(base.NAME) == b"on", sql
        else:
            lifted.append(str(sql))
        return execute(sql, *args)

    with connection.execute_wrapper(look):
        yield


@pytest.fixture
def world(transactional_db: None) -> Initiative:
    return build_world().initiatives["n0"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("who", ["anonymous", pytest.param("administrator", marks=pytest.mark.slow)])
def test_no_address_of_the_site_writes_when_it_is_asked(world: Initiative, client: Client, who: str) -> None:
    if who == "administrator":
        person = User.objects.create_superuser("admin@example.org", "x")
        Role.objects.create(person=person, kind="owner", initiative=world, reason="C’est la mienne.")
        client.force_login(person)
    names = {name: (parts, converters) for name, parts, converters in addresses()}
    assert len(names) > 100
    asked, lifted, wrong = 0, list[str](), []
    for name, (parts, converters) in sorted(names.items()):
        if name in APART:
            continue
        try:
            address = reverse(name, kwargs={part: told(name, part, converters) for part in parts})
        except NoReverseMatch:
            wrong.append(f"{name}: say in PARTS what its parts are")
            continue
        if name in ("account_logout", "admin:logout"):
            continue  # it would end the session that the others need; asked below
        asked += 1
        with watched(lifted):
            try:
                response = client.get(address)
                b"".join(response)
            except Exception as error:
                wrong.append(f"{name}: {error!r}")
    assert not wrong, "\n".join(wrong)
    assert asked > 100
    writes = re.compile(r'(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"')
    tables = {table for sql in lifted for table in writes.findall(sql)}
    assert tables <= {"django_session"}


# -- Whatever tries is refused ----------------------------------------------------------------------


def plainly() -> None:
    Initiative.objects.update(name="écrit")


def in_a_transaction() -> None:
    with transaction.atomic():
        plainly()


def by_a_copy() -> None:
    with connection.cursor() as cursor, cursor.copy("COPY directory_lexiconword (word) FROM STDIN") as copy:
        copy.write_row(("écrit",))


def by_locking() -> None:
    with transaction.atomic():
        Initiative.objects.select_for_update().first()


ROADS = {road.__name__: road for road in (plainly, in_a_transaction, by_a_copy, by_locking)}


def view(request: HttpRequest, road: str) -> HttpResponse:
    ROADS[road]()
    return HttpResponse("written")


def stream(request: HttpRequest, road: str) -> StreamingHttpResponse:
    def pieces() -> Iterator[str]:
        every = "COPY (SELECT name FROM directory_initiative) TO STDOUT"
        with transaction.atomic(), connection.cursor() as cursor, cursor.copy(every) as copy:
            yield from (bytes(row).decode() for row in copy)
        ROADS[road]()
        yield "written"

    return StreamingHttpResponse(pieces())


def session(request: HttpRequest) -> HttpResponse:
    request.session["seen"] = True
    return HttpResponse(f"{Initiative.objects.count()} {request.user.is_authenticated}")


urlpatterns = [
    *urls.urlpatterns,  # a page of a fault has links to others
    path("test/view/<str:road>", view), path("test/stream/<str:road>", stream), path("test/session", session),
    path("test/callback", view, {"road": "plainly"}, name="openid_connect_callback"),
]  # fmt: skip
handler403, handler404, handler500 = urls.handler403, urls.handler404, urls.handler500


@pytest.fixture
def _here(settings: Any) -> None:
    settings.ROOT_URLCONF = __name__


def names() -> set[str]:
    return set(Initiative.objects.values_list("name", flat=True))


@pytest.fixture(
    params=[pytest.param(True, marks=pytest.mark.django_db(transaction=True), id="committed"),
            pytest.param(False, marks=pytest.mark.django_db, id="inside")]
)  # fmt: skip
def kept(request: pytest.FixtureRequest, _here: None) -> bool:
    """With a database where the request's transactions are real, and inside the transaction of a test."""
    make_initiative("avant")
    return bool(request.param)


@pytest.mark.parametrize("method", ["get", "head", "options"])
@pytest.mark.parametrize("road", ROADS)
def test_what_writes_in_an_answer_is_refused_by_the_database(
    kept: bool, client: Client, road: str, method: str
) -> None:
    with pytest.raises((InternalError, ReadOnlySqlTransaction)) as refused:
        getattr(client, method)(f"/test/view/{road}")
    assert ReadOnlySqlTransaction in (type(refused.value), type(refused.value.__cause__))
    if kept:
        assert names() == {"avant"}


@pytest.mark.parametrize("road", ["plainly", "in_a_transaction", "by_a_copy"])
def test_a_stream_is_held_to_its_end_and_the_connection_writes_again_afterwards(
    kept: bool, client: Client, road: str
) -> None:
    pieces = iter(client.get(f"/test/stream/{road}").streaming_content)
    assert next(pieces).strip() == b"avant"
    with pytest.raises((InternalError, ReadOnlySqlTransaction)):
        next(pieces)
    if kept:
        plainly()
        assert names() == {"écrit"}


def test_a_refusal_is_our_fault_and_in_the_journal(
    kept: bool, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    client.raise_request_exception = False
    with caplog.at_level(logging.ERROR, "django.request"):
        response = client.get("/test/view/plainly")
    assert response.status_code == 500
    assert "read-only transaction" in caplog.text


def test_what_is_sent_writes_and_so_does_the_test(kept: bool, client: Client) -> None:
    assert client.post("/test/view/in_a_transaction").status_code == 200
    assert names() == {"écrit"}
    Initiative.objects.update(name="après")
    assert client.get("/test/session").content == b"1 False"
    assert names() == {"après"}


def test_a_session_is_kept_by_a_get_and_a_stale_one_ended(kept: bool, client: Client) -> None:
    client.get("/test/session")
    assert client.session["seen"] is True
    person = User.objects.create_user("a@example.org", "x")
    client.force_login(person)
    key = client.session.session_key
    person.set_password("y")  # signs every other session out
    person.save()
    assert client.get("/test/session").content == b"1 False"
    assert client.session.session_key != key


def test_an_identity_provider_sends_back_by_a_get_that_writes(kept: bool, client: Client) -> None:
    assert client.get("/test/callback").status_code == 200
    assert names() == {"écrit"}


# -- The connection ---------------------------------------------------------------------------------


@pytest.fixture(params=[False, True], ids=["no pool", "pool"])
def link(request: pytest.FixtureRequest, transactional_db: None) -> Iterator[Any]:
    """A connection of its own, as the site's are, to the database of the tests."""
    given = {**connection.settings_dict, "ENGINE": "config.reading", "CONN_MAX_AGE": 0}
    pool = {"pool": {"min_size": 1, "max_size": 1, "timeout": 5}} if request.param else {}
    given["OPTIONS"] = {**given["OPTIONS"], **pool}
    if not given["HOST"].startswith("127"):
        given["HOST"] = connection.get_connection_params()["host"]
    made = ConnectionHandler({"default": given})["default"]
    made.inc_thread_sharing()
    yield made
    made.close()
    if request.param:
        made.close_pool()


def write(link: Any) -> None:
    with link.cursor() as cursor:
        cursor.execute("UPDATE directory_lexiconword SET word = word WHERE false")


def test_what_was_said_to_a_connection_is_said_once(link: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with only_reading(), pytest.raises(InternalError):
        write(link)
    link.close()
    pooled = "pool" in link.settings_dict["OPTIONS"]
    if pooled:
        monkeypatch.setattr(base, "REFUSE", "it would be sent again")
    with only_reading():
        for _ in range(2):
            with pytest.raises(InternalError):
                write(link)
    link.close()
    monkeypatch.undo()
    write(link)
    if not pooled:
        monkeypatch.setattr(base, "AS_BEFORE", "it would be sent again")
        write(link)


def test_a_rollback_does_not_undo_it(link: Any) -> None:
    with only_reading():
        with transaction_of(link), link.cursor() as cursor:
            cursor.execute("SELECT 1")
        with pytest.raises(InternalError):
            write(link)
    with pytest.raises(InternalError), only_reading(), transaction_of(link):
        write(link)
    with transaction_of(link):
        write(link)


@contextmanager
def transaction_of(link: Any) -> Iterator[None]:
    link.set_autocommit(False)
    try:
        yield
    finally:
        link.rollback()
        link.set_autocommit(True)


def test_a_database_closed_to_writers_stays_closed(link: Any) -> None:
    name = connection.settings_dict["NAME"]
    with connection.cursor() as cursor:
        cursor.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    try:
        with only_reading(), link.cursor() as cursor:
            cursor.execute("SELECT 1")
        with pytest.raises(InternalError):
            write(link)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET default_transaction_read_only = off")
            cursor.execute(f'ALTER DATABASE "{name}" RESET default_transaction_read_only')
        connection.close()


# -- The way around it ------------------------------------------------------------------------------


def test_it_is_lifted_for_a_named_reason_and_in_known_places_only() -> None:
    with pytest.raises(ValueError, match="No reason"), writing("because"):
        pass
    with only_reading(), writing(SESSION):
        assert not reading()
    assert not reading()
    rooms = ("accounts", "api", "config", "directory", "frontend", "jobs", "mail", "territories")
    uses = {
        str(file.relative_to(settings.BASE_DIR))
        for room in rooms
        for file in (Path(settings.BASE_DIR) / room).rglob("*.py")
        if re.search(r"\b(?:writing|lift|only_reading)\((?!self)", file.read_text())
    }
    assert uses == {
        "accounts/reading.py", "accounts/tokens.py", "config/readonly.py", "config/sessions.py"
    }  # fmt: skip
