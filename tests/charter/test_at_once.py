"""Two things that happen to one signature at the same time, each in a transaction of its own."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from accounts.models import User
from charter import mandates
from charter.models import Signature
from charter.signatories import counts, every
from directory import publishing
from directory.taxonomy import load_taxonomy
from tests.charter.conftest import Sign
from tests.factories import make_initiative

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_mandate_granted_while_listings_merge_makes_no_second_signature(sign: Sign) -> None:
    load_taxonomy()
    admin = User.objects.create_superuser("admin@example.org")
    fournil, twin = make_initiative("Le Fournil"), make_initiative("Le Fournil bis")
    mandates.grant(sign("Anne", fournil), admin)
    row = sign("Paul", twin)

    def merged() -> None:
        try:
            with transaction.atomic():
                publishing.merge(fournil, twin, "test", "doublon")
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            mandates.grant(row, admin)
            merging = pool.submit(merged)
            time.sleep(1)  # it has begun, and waits
        merging.result()
    assert (counts(every()).initiative, Signature.objects.count()) == (1, 1)
