"""Two people ask for the last place at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from events.models import Registration, Session
from tests.events.gathering import gather
from tests.mail.outbox import last


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_one_comes_and_the_other_waits() -> None:
    found = gather()
    event = found.event
    Session.objects.create(event=event, title="Ouverture", start=event.start, end=event.end, capacity=2)
    found.register("Anne")
    together = Barrier(2, timeout=20)

    def ask(name: str) -> str:
        try:
            connection.ensure_connection()
            together.wait()
            return found.register(name).state
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(ask, ("Bruno", "Chloé"))) == ["coming", "waiting"]
    waits = Registration.objects.get(state="waiting")
    assert "liste d’attente" in last(waits.email).subject
    assert Registration.objects.filter(state="coming").count() == 2
