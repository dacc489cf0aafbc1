"""The grade of an online observatory, counted from the headers that a public site answers with.

The tables are those of « Tests and scoring » of the Mozilla HTTP Observatory (developer.mozilla.org):
a hundred points, less the penalties; the bonuses count from ninety; a hundred and more is an A+.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from http.cookies import Morsel
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client, override_settings
from pytest_django import DjangoDbBlocker

from directory.taxonomy import load_taxonomy
from tests.factories import make_grouping, make_initiative, make_territory
from tests.kept import for_a_file

pytestmark = [pytest.mark.django_db]

PUBLIC = {
    "SECURE_SSL_REDIRECT": True,
    "SECURE_HSTS_SECONDS": 31_536_000,
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
    "SESSION_COOKIE_NAME": "__Host-sessionid",
    "CSRF_COOKIE_NAME": "__Host-csrftoken",
}
PRIVATE_REFERRER = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}
SIX_MONTHS = 15_768_000
GRADES = ((100, "A+"), (90, "A"), (85, "A-"), (80, "B+"), (70, "B"), (0, "less"))
GUARDED = ("script-src", "object-src", "style-src")
BROAD = re.compile(r"^(\*|https?:|data:|'unsafe-.*)$")


def directives(response: Any) -> dict[str, list[str]]:
    header = response.headers.get("Content-Security-Policy", "")
    return {name: values for name, *values in (part.split() for part in header.split(";") if part.strip())}


def of_policy(response: Any) -> int:
    policy = directives(response)
    if not policy:
        return -25
    fallback = policy.get("default-src", ["*"])
    scripts, objects, styles = (policy.get(name, fallback) for name in GUARDED)
    if "'unsafe-inline'" in scripts or any(BROAD.match(source) for source in [*scripts, *objects]):
        return -20
    if any(source.startswith("http:") for sources in policy.values() for source in sources):
        return -20
    if any(BROAD.match(source) for source in styles):
        return 0
    return 10 if fallback == ["'none'"] else 5


def of_cookies(response: Any) -> int:
    cookies: list[Morsel[str]] = list(response.cookies.values())
    if not cookies:
        return 0
    if not all(cookie["secure"] and cookie["httponly"] for cookie in cookies):
        return -40
    return 5 if all(cookie["samesite"] in ("Lax", "Strict") for cookie in cookies) else -20


def of_transport(response: Any) -> int:
    age = re.search(r"max-age=(\d+)", response.headers.get("Strict-Transport-Security", ""))
    return -20 if age is None else 0 if int(age[1]) >= SIX_MONTHS else -10


def of_referrer(response: Any) -> int:
    told = response.headers.get("Referrer-Policy")
    return 0 if told is None else 5 if told in PRIVATE_REFERRER else -5


def of_scripts(response: Any) -> int:
    html = response.content.decode() if response.headers["Content-Type"].startswith("text/html") else ""
    return -50 if re.search(r'<script[^>]*src="(https?:)?//', html) else 0


def of_framing(response: Any) -> int:
    if "frame-ancestors" in directives(response):
        return 5
    return 0 if response.headers.get("X-Frame-Options") in ("DENY", "SAMEORIGIN") else -20


def of_sharing(response: Any) -> int:
    return {None: 0, "same-origin": 0, "same-site": 0}.get(
        response.headers.get("Cross-Origin-Resource-Policy"), -20
    )


def of_types(response: Any) -> int:
    return 0 if response.headers.get("X-Content-Type-Options") == "nosniff" else -5


def of_origins(response: Any) -> int:
    """Public content may be open to all; never with the visitor's cookies."""
    return -50 if "Access-Control-Allow-Credentials" in response.headers else 0


def of_redirection(client: Client, path: str) -> int:
    plain = client.get(path)
    return 0 if plain.status_code == 301 and plain["Location"] == f"https://testserver{path}" else -20


TESTS = (
    of_policy, of_cookies, of_transport, of_referrer, of_scripts, of_framing, of_sharing, of_types,
    of_origins,
)  # fmt: skip


def score(client: Client, path: str) -> int:
    response: Any = client.get(path, secure=True)
    modifiers = [test(response) for test in TESTS] + [of_redirection(client, path)]
    penalised = 100 + sum(modifier for modifier in modifiers if modifier < 0)
    bonus = sum(modifier for modifier in modifiers if modifier > 0)
    return penalised + bonus if penalised >= 90 else max(penalised, 0)


def grade(points: int) -> str:
    return next(letter for least, letter in GRADES if points >= least)


@pytest.fixture(scope="module")
def _things(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """One of each kind."""
    with for_a_file(django_db_blocker):
        load_taxonomy()
        creuse = make_territory("departement", "23", "Creuse", box=(1, 45, 3, 47))
        make_initiative("Ici", slug="ici", departement=creuse)
        make_initiative("Retirée", slug="retiree", publication="hidden")
        make_grouping("pole", "ptce")
        make_grouping("reseau", "network")
        yield


@pytest.fixture
def public(_things: None, db: None) -> Iterator[Client]:
    """A visitor of a site served over HTTPS."""
    with override_settings(**PUBLIC):
        yield Client()


PAGES = [
    "/", "/en/", "/?q=velo", "/initiatives/ici/", "/initiatives/retiree/", "/ptce/pole/", "/reseaux/reseau/",
    "/secteurs/energie/", "/territoires/", "/territoires/departement-23/",
    "/territoires/departement-23/communes/", "/glossaire/", "/glossaire/cces/", "/comprendre/", "/a-propos/",
    "/mentions-legales/", "/donnees-personnelles/", "/accessibilite/", "/hors-connexion/", "/api/",
    "/rien/", "/sitemap.xml", "/robots.txt", "/manifest.webmanifest", "/service-worker.js",
]  # fmt: skip


@pytest.mark.parametrize("path", [*PAGES, "/admin/login/"])
def test_every_page_is_graded_a_plus(public: Client, path: str) -> None:
    assert public.get(path, secure=True).status_code < 500
    assert grade(score(public, path)) == "A+"


@pytest.mark.parametrize("path", PAGES)
def test_pages_that_a_cache_may_hold_have_no_nonce_and_no_cookie(public: Client, path: str) -> None:
    response = public.get(path, secure=True)
    assert "nonce" not in response["Content-Security-Policy"]
    assert not response.cookies and "Cookie" not in response.headers.get("Vary", "")


def test_what_the_grade_does_not_look_at(public: Client) -> None:
    response: Any = public.get("/", secure=True)
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "geolocation=(self)" in response["Permissions-Policy"]
    policy = directives(response)
    for name in ("object-src", "base-uri", "frame-ancestors"):
        assert policy[name] == ["'none'"]
    for name in ("form-action", "worker-src", "manifest-src"):
        assert policy[name] == ["'self'"]


def test_a_page_that_is_held_already_keeps_the_headers_that_it_came_with(public: Client) -> None:
    held = public.get("/a-propos/", secure=True)
    again: Any = public.get("/a-propos/", secure=True, headers={"If-None-Match": held["ETag"]})
    assert again.status_code == 304
    assert directives(again) in ({}, directives(held))
    assert "Cross-Origin-Resource-Policy" not in again.headers


def test_the_api_may_be_shown_by_any_site(public: Client) -> None:
    assert public.get("/api/v1/sectors", secure=True)["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_cookies_of_who_signs_in_are_for_this_host_alone(public: Client) -> None:
    cookies = public.get("/compte/login/", secure=True).cookies
    assert [name.startswith("__Host-") for name in cookies] == [True]
    [cookie] = cookies.values()
    assert (cookie["path"], cookie["domain"], cookie["samesite"]) == ("/", "", "Lax")


def test_a_static_file_opened_by_itself_runs_nothing(public: Client) -> None:
    call_command("prepare", "--files", verbosity=0)
    # Its headers alone: closing a file would end the request, and close the connection of all these tests.
    response: Any = public.head(f"{settings.STATIC_URL}img/maillage.svg", secure=True)
    assert response.status_code == 200
    assert directives(response)["default-src"] == ["'none'"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "max-age=31536000" in response["Strict-Transport-Security"]
    assert "Access-Control-Allow-Origin" not in response.headers


@pytest.mark.parametrize("fault", [{"SECURE_HSTS_SECONDS": 0}, {"SECURE_SSL_REDIRECT": False}])
def test_the_count_sees_a_fault(public: Client, fault: dict[str, Any]) -> None:
    with override_settings(**fault):
        assert grade(score(Client(), "/")) != "A+"


def test_the_count_sees_an_unsafe_policy(public: Client) -> None:
    unsafe = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"] | {"script-src": ["'unsafe-inline'"]}
    with override_settings(CONTENT_SECURITY_POLICY={"DIRECTIVES": unsafe}):
        assert score(Client(), "/") < 100
