"""What the worker does for the directory: its counts kept short, what is too old forgotten."""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from procrastinate.contrib.django import app

from directory import feed, notices, postings, publishing, pyramid, retention
from jobs import work

COUNTS = "directory.counts"  # one at a time
NOTICES_A_DAY = 200  # so that those who answer are read


@app.periodic(cron="*/5 * * * *")
@app.task(name="directory.fold", queue="upkeep", lock=COUNTS, queueing_lock="directory.fold")
def fold(timestamp: int) -> None:
    """Sum up what writes appended to the counts, and list words anew where much changed: docs/counts.md."""
    pyramid.fold()
    postings.rebuild_when_worn()


@app.periodic(cron="22 * * * *")
@app.task(name="directory.forget_reporters", queue="upkeep", queueing_lock="directory.forget_reporters")
def forget_reporters(timestamp: int) -> None:
    """Erase the addresses of who reported, twelve months after the answer."""
    publishing.forget_reporters()


@app.periodic(cron="40 3 * * *")
@app.task(name="directory.retention", queue="upkeep", queueing_lock="directory.retention")
def keep_no_longer(timestamp: int) -> None:
    """Letters before hiding, hiding, purging and forgetting, as `manage.py retention` does."""
    for _step in retention.carry_out(list(retention.plan())):
        pass


@app.periodic(cron="10 9 * * 1-5")
@app.task(name="directory.notices", queue="upkeep", queueing_lock="directory.notices")
def send_notices(timestamp: int) -> None:
    """Tell organisations of the record that others wrote of them, where the site was told to (NOTICES)."""
    if settings.NOTICES:
        notices.send(NOTICES_A_DAY)


@app.periodic(cron="50 3 * * *")
@app.task(name="directory.feed", queue="upkeep", queueing_lock="directory.feed")
def forget_tombstones(timestamp: int) -> None:
    """Tell no longer what was withdrawn too long ago."""
    feed.forget(timezone.now() - feed.TOMBSTONES_KEPT)


@work.task("directory.recount", lock=COUNTS)
def recount(progress: work.Progress) -> str:
    """Compare every stored count with the initiatives, count anew, and compare again."""
    progress(0, 4, _("Comparaison des comptes avec les fiches"))
    wrong = len(pyramid.check() + postings.check())
    progress(1, 4, _("Comptes de la carte et des filtres"))
    pyramid.rebuild()
    progress(2, 4, _("Liste des mots de chaque fiche"))
    postings.rebuild()
    progress(3, 4, _("Vérification des comptes"))
    if still := pyramid.check() + postings.check():
        raise RuntimeError(f"{len(still)} counts differ after a rebuild: {still[0]}")
    progress(4, 4)
    if not wrong:
        return _("Tous les comptes étaient exacts.")
    return ngettext(
        "%(count)s compte était faux ; il est exact.",
        "%(count)s comptes étaient faux ; ils sont exacts.",
        wrong,
    ) % {"count": wrong}
