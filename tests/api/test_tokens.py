"""With a token: who one is, what one changes; and every way in which a token opens nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone

from accounts import tokens
from accounts.models import ApiToken, Scope, User
from directory.models import Initiative, Role
from tests.api.conftest import World

ME = "/api/v1/me"
ONE = "/api/v1/initiatives/initiative-00"


@pytest.fixture
def owner(world: World) -> User:
    person = User.objects.create_user("owner@example.org", "x", name="Ada")
    Role.objects.create(
        person=person, kind="owner", initiative=world.initiatives["n0"], reason="x", granted=True,
        decided_at=datetime(2026, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    return person


@pytest.fixture
def key(owner: User) -> str:
    return tokens.mint(owner, "essai", [Scope.WRITE], 30)[1]


def bearing(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


Send = Callable[..., Any]


@pytest.fixture
def send(client: Client, key: str) -> Send:
    def patch(body: Any, *, to: str = ONE, headers: dict[str, str] | None = None) -> Any:
        text = body if isinstance(body, (str, bytes)) else json.dumps(body)
        return client.patch(
            to, text, content_type="application/json", headers=bearing(key) if headers is None else headers
        )

    return patch


def refused(response: Any) -> list[str]:
    return [error["parameter"] for error in response.json()["errors"]]


# -- Who one is -------------------------------------------------------------------------------------


def test_a_token_says_whose_it_is_and_is_noted_as_used(client: Client, key: str) -> None:
    response = client.get(ME, headers=bearing(key))
    assert response.status_code == 200
    body = response.json()
    assert (body["name"], body["email"], body["scopes"]) == ("Ada", "owner@example.org", ["read", "write"])
    [role] = body["roles"]
    assert role["kind"] == "owner" and role["for"]["id"] == "initiative-00"
    assert response["Cache-Control"] == "private, no-store"
    assert "Set-Cookie" not in response
    used = ApiToken.objects.get().last_used_at
    assert used and timezone.now() - used < timedelta(minutes=1)


def test_the_last_use_is_written_once_an_hour(client: Client, key: str) -> None:
    for ago, written in ((timedelta(minutes=59), False), (timedelta(minutes=61), True)):
        before = timezone.now() - ago
        ApiToken.objects.update(last_used_at=before)
        client.get(ME, headers=bearing(key))
        assert (ApiToken.objects.get().last_used_at != before) is written


@pytest.mark.parametrize(("query", "named"), [("format=xml", "format"), ("x=1", "x"), ("format=", "format")])
def test_a_parameter_that_is_none_of_its_own_is_refused_by_name(
    client: Client, key: str, query: str, named: str
) -> None:
    response = client.get(f"{ME}?{query}", headers=bearing(key))
    assert (response.status_code, refused(response)) == (400, [named])


def test_a_browser_that_is_signed_in_needs_no_token(client: Client, owner: User) -> None:
    client.force_login(owner)
    assert client.get(ME).json()["scopes"] == ["read", "write"]


def test_a_session_writes_only_with_the_token_of_its_form(owner: User) -> None:
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(owner)
    response: Any = careful.patch(ONE, '{"summary": "x"}', content_type="application/json")
    assert response.status_code == 403
    assert "CSRF" in response.json()["detail"]
    careful.cookies["csrftoken"] = "a" * 32
    sent = {"X-CSRFToken": "a" * 32}
    assert (
        careful.patch(ONE, '{"summary": "x"}', content_type="application/json", headers=sent).status_code
        == 200
    )


# -- What opens nothing -----------------------------------------------------------------------------


def spoil(how: str, key: str) -> str:
    token = ApiToken.objects.get()
    if how == "expired":
        now = timezone.now()
        ApiToken.objects.update(created_at=now - timedelta(days=31), expires_at=now - timedelta(seconds=1))
    elif how == "revoked":
        tokens.revoke(token)
    elif how == "closed":
        User.objects.update(is_active=False)
    elif how == "deleted":
        token.person.delete()
    other = key[:-1] + ("0" if key[-1] != "0" else "1")
    return {
        "other": other, "cut": key[:-1], "long": "a" * 10_000, "empty": "", "spaces": "a b",
        "accents": "é" * 60, "upper": key.upper(), "mark": token.mark, "digest": token.digest,
    }.get(how, key)  # fmt: skip


SPOILT = [
    "other", "expired", "revoked", "closed", "deleted", "cut", "long", "empty", "spaces", "accents", "upper",
    "mark", "digest",
]  # fmt: skip


@pytest.mark.parametrize("how", SPOILT)
def test_a_token_that_opens_nothing_is_refused_and_not_taken_for_nobody(
    client: Client, send: Send, key: str, how: str
) -> None:
    bad = bearing(spoil(how, key))
    for response in (client.get(ME, headers=bad), send({"summary": "Forcé"}, headers=bad)):
        assert response.status_code == 401
        assert response["Content-Type"] == "application/problem+json"
        assert response["WWW-Authenticate"].startswith('Bearer realm="Maillage", error="invalid_token"')
        assert "no-store" in response["Cache-Control"]
    assert not Initiative.objects.filter(summary="Forcé").exists()


def test_a_nul_in_a_token_is_refused(client: Client) -> None:
    assert client.get(ME, HTTP_AUTHORIZATION="Bearer maillage_\x00").status_code == 401


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Basic YTpi"}, {"Authorization": "Bearer"}])
def test_nobody_is_asked_to_say_who_they_are(client: Client, send: Send, headers: dict[str, str]) -> None:
    for response in (client.get(ME, headers=headers), send({"summary": "Forcé"}, headers=headers)):
        assert response.status_code == 401
        assert response["WWW-Authenticate"].startswith("Bearer")


def test_a_bad_token_beside_a_session_is_refused_all_the_same(client: Client, owner: User) -> None:
    client.force_login(owner)
    assert client.get(ME, headers=bearing("maillage_x")).status_code == 401


def test_what_is_public_takes_no_token_and_stays_public(client: Client, key: str) -> None:
    for headers in ({}, bearing(key), bearing("rien")):
        response = client.get(ONE, headers=headers)
        assert response.status_code == 200
        assert "public" in response["Cache-Control"]
    assert ApiToken.objects.get().last_used_at is None


# -- Changing an initiative -------------------------------------------------------------------------


def test_the_owner_changes_her_initiative_and_the_history_says_so(
    send: Send, owner: User, world: World
) -> None:
    response = send(
        {"name": "Épicerie neuve", "activities": ["energie", "alimentation--amap-paniers"], "testimony": True,
         "why": "Nous avons déménagé."}
    )  # fmt: skip
    assert response.status_code == 200, response.content
    assert response["Cache-Control"] == "private, no-store"
    told = response.json()["properties"]
    assert (told["name"], told["sector"], told["testimony"]) == ("Épicerie neuve", "energie", True)
    made = Initiative.objects.get(pk=world.initiatives["n0"].pk)
    assert made.activities[0] == 200 and made.accepts_testimony
    assert made.provenance["name"] | {"at": ""} == {
        "by": f"account {owner.pk}", "from": "API", "at": "", "hand": "owner",
    }  # fmt: skip
    event = apps.get_model("directory", "InitiativeEvent")._default_manager.order_by("-pgh_id")[0]
    assert event.pgh_context.metadata == {
        "by": f"account {owner.pk}", "hand": "owner", "via": "API", "why": "Nous avons déménagé."
    }  # fmt: skip


def test_what_stays_as_it_was_writes_nothing(send: Send, world: World) -> None:
    before = Initiative.objects.get(pk=world.initiatives["n0"].pk)
    assert send({"name": before.name}).status_code == 200
    assert Initiative.objects.get(pk=before.pk).updated_at == before.updated_at


def test_a_token_to_read_does_not_write(client: Client, owner: User) -> None:
    _token, key = tokens.mint(owner, "lecture", [Scope.READ], 30)
    assert client.get(ME, headers=bearing(key)).json()["scopes"] == ["read"]
    response: Any = client.patch(ONE, '{"name": "x"}', content_type="application/json", headers=bearing(key))
    assert response.status_code == 403
    assert 'error="insufficient_scope", scope="write"' in response["WWW-Authenticate"]


@pytest.mark.parametrize("to", ["initiative-01", "closed"])
def test_a_token_does_no_more_than_its_owner_may(send: Send, to: str) -> None:
    response = send({"name": "x"}, to=f"/api/v1/initiatives/{to}")
    assert (response.status_code, response["Content-Type"]) == (403, "application/problem+json")


@pytest.mark.parametrize("to", ["draft", "hidden", "nobody"])
def test_what_is_not_published_is_not_there(send: Send, to: str) -> None:
    assert send({"name": "x"}, to=f"/api/v1/initiatives/{to}").status_code == 404


def test_the_moment_that_was_read_guards_against_another_writer(client: Client, send: Send) -> None:
    read_at = client.get(ONE).json()["properties"]["updated_at"]
    assert send({"summary": "Une", "updated_at": read_at}).status_code == 200
    late = send({"summary": "Deux", "updated_at": read_at})
    assert (late.status_code, late["Content-Type"]) == (409, "application/problem+json")
    assert send({"summary": "Deux"}, headers=None).json()["properties"]["summary"] == "Deux"


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"name": ""}, "name"),
        ({"name": None}, "name"),
        ({"name": 12}, "name"),
        ({"name": "a" * 301}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"name": "\ud800"}, "name"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"website": "pas une adresse"}, "website"),
        ({"email": "personne"}, "email"),
        ({"phone": "12"}, "phone"),
        ({"legal_form": "secte"}, "legal_form"),
        ({"activities": []}, "activities"),
        ({"activities": ["rien"]}, "activities"),
        ({"activities": ["energie", "energie"]}, "activities"),
        ({"activities": "energie"}, "activities"),
        ({"activities": [1]}, "activities"),
        ({"testimony": "yes"}, "testimony"),
        ({"publication": "hidden"}, "publication"),
        ({"slug": "x"}, "slug"),
        ({"description": "a" * 20_001}, "description"),
        ({"name": "x", "why": "a" * 501}, "why"),
        ({"why": "rien"}, "body"),
        ({}, "body"),
        ([], "body"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_and_nothing_is_written(
    send: Send, world: World, body: Any, named: str
) -> None:
    before = Initiative.objects.filter(pk=world.initiatives["n0"].pk).values().get()
    response = send(
        {**body, "summary": "Avec le reste"} if body and isinstance(body, dict) and named != "body" else body
    )
    assert (response.status_code, refused(response)) == (400, [named])
    assert Initiative.objects.filter(pk=before["id"]).values().get() == before


@pytest.mark.parametrize(
    "body",
    ["", "{", "NaN", '{"name": Infinity}', "[" * 100_000, '{"name": "' + "a" * 300_000 + '"}', b"\xff\xfe"],
)
def test_what_is_no_json_is_refused(send: Send, body: Any) -> None:
    response = send(body)
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"


def test_a_body_of_faults_is_not_answered_at_length(send: Send) -> None:
    many = send({f"x{n}\x00": 1 for n in range(10_000)} | {"activities": [1] * 10_000})
    told = refused(many)
    assert many.status_code == 400 and told.count("activities") == 20 and len(told) == 40
    assert told[0] == "x0\N{REPLACEMENT CHARACTER}"


def test_only_json_is_taken(client: Client, key: str) -> None:
    response: Any = client.patch(ONE, "name=x", content_type="text/plain", headers=bearing(key))
    assert response.status_code == 415


def test_if_match_is_told_not_to_be_used(client: Client, key: str) -> None:
    response: Any = client.patch(
        ONE, '{"name": "x"}', content_type="application/json", headers={**bearing(key), "If-Match": '"x"'}
    )
    assert (response.status_code, refused(response)) == (400, ["If-Match"])


def test_a_script_of_another_site_may_send_a_token_and_no_cookie(client: Client) -> None:
    asked = {
        "Origin": "https://ailleurs.example.org",
        "Access-Control-Request-Method": "PATCH",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    response = client.options(ONE, headers=asked)
    assert "PATCH" in response["Access-Control-Allow-Methods"]
    assert "authorization" in response["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in response
