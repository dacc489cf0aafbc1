"""What tests put back as rows is what was written, and the database then keeps its triggers."""

import pytest
from django.db import transaction

from directory.models import Initiative
from directory.version import token
from tests.factories import make_initiative
from tests.kept import Rows, bring, take


@pytest.mark.usefixtures("taxonomy")
def test_rows_put_back_are_those_that_were_written_and_a_change_of_them_is_noticed() -> None:
    kept: Rows = {}
    seen, told = [], []
    for _time in range(2):
        with transaction.atomic():
            bring(kept, lambda: make_initiative("Le Moulin", at=(2.1, 45.9)))
            seen.append(take())
            before = token()
            Initiative.objects.update(name="La Grange")
            told.append(token() != before)
            transaction.set_rollback(True)
    assert seen[0] == seen[1]
    assert told == [True, True]
