"""What the worker does for verification: letters of campaigns, a day's worth at a time."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from procrastinate.contrib.django import app

from jobs import work
from verification import campaigns
from verification.models import Campaign

# Two campaigns never write at the same time: each sees whom the other wrote to.
LOCK = "verification.letters"


@work.task("verification.send", lock=LOCK)
def send(progress: work.Progress, *, campaign: int) -> str:
    """Write a day's letters of a campaign; the next ones leave on the next working day."""
    row = Campaign.objects.get(pk=campaign)
    total, done = min(campaigns.to_write(row).count(), campaigns.A_DAY), 0
    while (some := campaigns.send_some(campaign)) is not None:
        done += some
        progress(min(done, total), total, _("Lettres de la campagne"))
    left = campaigns.to_write(Campaign.objects.get(pk=campaign)).count()
    said = ngettext("%(n)d initiative vue.", "%(n)d initiatives vues.", done) % {"n": done}
    rest = ngettext("Il en reste %(n)d, pour un autre jour.", "Il en reste %(n)d, pour d’autres jours.", left)
    return f"{said} {rest % {'n': left}}" if left else said


def ask(campaign: Campaign) -> None:
    """Queue the letters of a campaign, in the caller's transaction; asked twice, once."""
    label = _("Campagne de vérification : {target}").format(target=campaign.target)[:200]
    work.ask(send, by=campaign.opened_by, label=label, unique=f"campaign:{campaign.pk}", campaign=campaign.pk)


@app.periodic(cron="30 9 * * 1-5")
@app.task(name="verification.go_on", queue="upkeep", queueing_lock="verification.go_on")
def go_on(timestamp: int) -> None:
    """Take up the campaigns whose letters have not all left."""
    for row in Campaign.objects.filter(state=Campaign.State.RUNNING).order_by("opened_at", "pk"):
        ask(row)
