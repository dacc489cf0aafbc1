"""A new version invites those who signed an earlier one to sign again, by letter, once each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from charter.keys import key_of
from charter.letters import tell
from charter.models import HOLDS, CharterVersion, Signature
from jobs import work

if TYPE_CHECKING:
    from accounts.models import User


def invited(version: CharterVersion | None) -> QuerySet[Signature]:
    """The signatures in force of earlier versions, the latest of each signatory; of a version that is not
    published yet, those that it would invite."""
    rows = Signature.objects.filter(HOLDS, renewed=None)
    if version is not None and version.number is not None:
        rows = rows.filter(version__number__lt=version.number)
    rows = rows.select_related("version", "initiative", "grouping", "territory")
    return rows.defer("initiative__search", "territory__geometry").order_by("pk")


def ask_again(version: CharterVersion, by: User) -> None:
    """Ask for the letters to be written, where there is anybody to write to."""
    from charter.tasks import invite_again

    if invited(version).exists():
        label = _("Inviter les signataires à signer la charte {edition}").format(edition=version.edition)
        unique = f"charter-{version.pk}"
        work.ask(invite_again, by=by, label=label, unique=unique, version=version.pk)


def write_to(signature: Signature, version: CharterVersion) -> None:
    """One letter for one version, whatever comes: a task may run twice."""
    tell(
        signature, "new_version", key_of(signature), once=f"charter-again-{version.pk}-{signature.pk}",
        now=version,
    )  # fmt: skip
