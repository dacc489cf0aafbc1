"""Everything at once, on a real connection: nothing is held once the reader has gone."""

import json
import threading

import pytest
from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from rest_framework.settings import api_settings

from api.views.initiatives import Initiatives
from tests import factories
from tests.api.conftest import World, build_world


@pytest.fixture
def stored_world(transactional_db: None) -> World:
    return build_world()


def test_a_reader_who_leaves_frees_the_transaction(stored_world: World, rf: RequestFactory) -> None:
    response = Initiatives.as_view()(rf.get("/api/v1/initiatives", {"limit": "all"}))
    pieces = iter(response.streaming_content)
    assert next(pieces).startswith(b'{"type":"FeatureCollection","numberMatched":36')
    assert connection.in_atomic_block
    response.close()
    assert not connection.in_atomic_block


def test_the_count_and_the_rows_are_of_one_moment(stored_world: World, rf: RequestFactory) -> None:
    response = Initiatives.as_view()(rf.get("/api/v1/initiatives", {"limit": "all"}))
    pieces = iter(response.streaming_content)
    opening = next(pieces)

    def add() -> None:
        factories.make_initiative("Arrivée en route", slug="arrivee-en-route")
        connection.close()

    thread = threading.Thread(target=add)
    thread.start()
    thread.join()
    rest = b"".join(pieces)
    assert b'"numberMatched":36' in opening
    assert b"arrivee-en-route" not in rest
    assert rest.count(b'"type":"Feature"') == 36
    assert not connection.in_atomic_block


def begin(rf: RequestFactory, **more: str) -> HttpResponse:
    return Initiatives.as_view()(rf.get("/api/v1/initiatives", {"limit": "all", **more}))


def test_as_many_downloads_as_may_be_at_once_and_not_one_more(
    stored_world: World, rf: RequestFactory
) -> None:
    under_way = [begin(rf, format="csv") for _ in range(settings.DOWNLOADS_AT_ONCE)]
    assert [response.status_code for response in under_way] == [200] * len(under_way)

    refused = begin(rf)
    assert (refused.status_code, refused["Retry-After"]) == (503, "31")
    assert refused["Content-Type"] == "application/problem+json"
    assert "under way" in json.loads(refused.content)["detail"]
    assert Initiatives.as_view()(rf.head("/api/v1/initiatives", {"limit": "all"})).status_code == 200
    assert Initiatives.as_view()(rf.get("/api/v1/initiatives")).status_code == 200

    under_way.pop().close()  # its reader left before anything was sent
    assert b"".join(begin(rf)).endswith(b"]}")  # and this one was read to its end, which is enough
    last = begin(rf)
    assert last.status_code == 200
    for response in [last, *under_way]:
        response.close()


def test_a_download_that_another_answer_replaced_gives_its_place_back(
    stored_world: World, client: Client
) -> None:
    for _ in range(settings.DOWNLOADS_AT_ONCE + 1):
        answer = client.get("/api/v1/initiatives?limit=all", headers={"If-Match": '"another"'})
        assert answer.status_code == 412


def test_the_rate_is_one_of_the_settings() -> None:
    assert api_settings.DEFAULT_THROTTLE_RATES["whole"] == "120/min"
