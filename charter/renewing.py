"""Which signature renews which: of one signatory, each that holds renews the one of the version before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from charter.errors import SigningRefused
from charter.inviting import write_to
from charter.keys import key_of
from charter.letters import tell
from charter.models import HOLDS, Signature
from charter.versions import current


@contextmanager
def once() -> Iterator[None]:
    """What is written inside is undone, and SigningRefused, where it would sign a version a second time."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "signed_once_by_person" in str(error):
            raise SigningRefused(_("Vous avez déjà signé cette version de la charte.")) from None
        if "signed_once" in str(error):
            raise SigningRefused(_("Cette structure a déjà signé cette version de la charte.")) from None
        raise


def begin(row: Signature) -> None:
    """It holds from now on: kept and told, in its place among what the same signatory signed of others.

    Later ones too: a letter may be opened, or a mandate granted, after a new version came.
    """
    row.save()
    chain(of_same(row))
    row.refresh_from_db(fields=["renews"])
    tell(row, "signed", key_of(row))
    newer = current()
    if newer and newer.pk != row.version_id and not Signature.objects.filter(renews=row).exists():
        write_to(row, newer)  # who had signed it when the new one came was invited then


def of_same(row: Signature) -> QuerySet[Signature]:
    """All that the same signatory signed, in one name."""
    if row.structure is None:
        return Signature.objects.filter(email__iexact=row.email, mandate=row.mandate)
    return Signature.objects.filter(
        initiative=row.initiative_id, grouping=row.grouping_id, territory=row.territory_id
    )


def chain(rows: QuerySet[Signature]) -> None:
    """Bind these, all of one signatory, which counts once with the latest."""
    held = list(rows.filter(HOLDS).order_by("version__number"))
    wrong = [(older, newer) for older, newer in pairwise(held) if newer.renews_id != older.pk]
    # Set aside first: a signature is renewed by one other at most.
    Signature.objects.filter(pk__in=[newer.pk for _older, newer in wrong]).update(renews=None)
    for older, newer in wrong:
        newer.renews = older
        newer.save(update_fields=["renews"])
