"""What every answer carries: who may embed, read, run what; languages; compression; validators."""

import gzip
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path, reverse
from django.utils.translation import get_language, override
from django.views.decorators.http import require_safe

from config.urls import handler400  # noqa: F401  # Django looks for it beside urlpatterns
from config.urls import urlpatterns as ours


@require_safe
def sample(request: HttpRequest) -> HttpResponse:
    """Stands for any page of the API: long enough to be worth compressing."""
    return HttpResponse(f"{get_language()} " + "commune " * 200, content_type="text/plain")


@require_safe
def with_nonce(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(request.csp_nonce))  # type: ignore[attr-defined]


urlpatterns = [path("api/sample", sample), path("sample", sample), path("nonce", with_nonce), *ours]
pytestmark = [pytest.mark.urls("tests.config.test_headers")]


def policy(response: Any) -> dict[str, list[str]]:
    directives = (part.split() for part in response["Content-Security-Policy"].split(";"))
    return {name: values for name, *values in directives}


def test_nothing_runs_or_loads_but_our_own(client: Client) -> None:
    assert policy(client.get("/sample")) == {
        "default-src": ["'none'"], "script-src": ["'self'"], "style-src": ["'self'"],
        "img-src": ["'self'", "data:"], "connect-src": ["'self'"], "font-src": ["'self'"],
        "manifest-src": ["'self'"], "worker-src": ["'self'"],
        "object-src": ["'none'"], "form-action": ["'self'"], "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }  # fmt: skip


def test_a_nonce_goes_out_only_with_the_page_that_asked_for_it(client: Client) -> None:
    response = client.get("/nonce")
    nonce = response.content.decode()
    assert len(nonce) > 15
    assert f"'nonce-{nonce}'" in policy(response)["script-src"]


def test_other_headers(client: Client) -> None:
    response = client.get("/sample")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["Permissions-Policy"].startswith("geolocation=(self), accelerometer=()")


def test_any_site_may_read_the_api_and_nothing_else(client: Client) -> None:
    from_elsewhere = {"Origin": "https://ailleurs.example.org"}
    response = client.get("/api/sample", headers=from_elsewhere)
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Access-Control-Expose-Headers"] == "ETag, Link, Retry-After, WWW-Authenticate"
    assert "Access-Control-Allow-Credentials" not in response
    assert "Access-Control-Allow-Origin" not in client.get("/sample", headers=from_elsewhere)


def test_other_sites_may_only_read(client: Client) -> None:
    asked = {"Origin": "https://ailleurs.example.org", "Access-Control-Request-Method": "GET"}
    response = client.options("/api/sample", headers=asked)
    assert response["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS, PATCH, POST"


def test_long_answers_are_compressed_and_validated(client: Client) -> None:
    response = client.get("/api/sample", headers={"Accept-Encoding": "gzip"})
    assert response["Content-Encoding"] == "gzip"
    assert b"commune" in gzip.decompress(response.content)
    again = client.get("/api/sample", headers={"Accept-Encoding": "gzip", "If-None-Match": response["ETag"]})
    assert again.status_code == 304
    assert client.get("/api/sample", headers={"If-None-Match": response["ETag"]}).status_code == 304


def test_french_at_the_root_english_under_en() -> None:
    with override("fr"):
        assert reverse("admin:index") == "/admin/"
    with override("en"):
        assert reverse("admin:index") == "/en/admin/"


def test_a_visitors_browser_does_not_change_the_language_of_an_address(client: Client) -> None:
    assert client.get("/sample", headers={"Accept-Language": "en"}).content.startswith(b"fr ")


@override_settings(ALLOWED_HOSTS=["carte.example.org"])
def test_a_host_that_is_not_ours_is_refused(client: Client) -> None:
    assert client.get("/sample", headers={"Host": "carte.example.org"}).status_code == 200
    assert client.get("/sample", headers={"Host": "evil.example.org"}).status_code == 400


@override_settings(SECURE_SSL_REDIRECT=True, SECURE_HSTS_SECONDS=3600)
def test_a_public_site_goes_to_https(client: Client) -> None:
    response = client.get("/sample")
    assert response.status_code == 301
    assert response["Location"] == "https://testserver/sample"
    assert client.get("/sample", secure=True)["Strict-Transport-Security"] == "max-age=3600"
