"""Everything at once, on a real connection: nothing is held once the reader has gone."""

import threading

import pytest
from django.db import connection
from django.test import RequestFactory
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


def test_the_rate_is_one_of_the_settings() -> None:
    assert api_settings.DEFAULT_THROTTLE_RATES["whole"] == "120/min"
