"""What the worker does for the charter: letters for a new version, what nobody confirmed forgotten."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from procrastinate.contrib.django import app

from charter import inviting, signing
from charter.models import CharterVersion, Signature
from jobs import work


@work.task("charter.invite_again")
def invite_again(progress: work.Progress, version: int) -> str:
    """Write to who signed an earlier version. Run again, it writes to nobody twice."""
    new = CharterVersion.objects.get(pk=version)
    keys = list(inviting.invited(new).values_list("pk", flat=True))
    for done, pk in enumerate(keys):
        if done % 20 == 0:
            progress(done, len(keys), _("Lettres aux signataires"))
        # Read when its turn comes: who withdrew meanwhile is written to no more.
        row: Signature | None = inviting.invited(new).filter(pk=pk).first()
        if row is not None:
            inviting.write_to(row, new)
    progress(len(keys), len(keys))
    return ngettext("%(n)s signataire invité.", "%(n)s signataires invités.", len(keys)) % {"n": len(keys)}


@app.periodic(cron="35 4 * * *")
@app.task(name="charter.forget", queue="upkeep", queueing_lock="charter.forget")
def forget(timestamp: int) -> None:
    """Erase what nobody confirmed within seven days, and mandates that were refused a year ago."""
    signing.forget()
