"""What the worker does of imports: prepare, write, take back. Asked for twice, it is done once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.tasks import Task

from accounts.models import User
from directory.errors import NotAllowed
from exchange import exporting, geocoding, harvesting, importing
from exchange.errors import CannotBeApplied, CannotBePublished, CannotBeUndone
from exchange.models import Harvest, Import, State
from jobs import work
from jobs.models import Work


def ask_to_prepare(batch: Import, by: User) -> Work:
    """Say what would come of each line."""
    return _ask(prepare, batch, by, _("Préparation de l’import"))


def ask_to_apply(batch: Import, by: User) -> Work:
    """Write what was confirmed."""
    return _ask(apply, batch, by, _("Import de la liste"), person=by.pk)


def ask_to_publish(batch: Import, by: User) -> Work:
    """Put on the site what was created and left as drafts."""
    return _ask(publish, batch, by, _("Publication des fiches créées"), person=by.pk)


def ask_to_undo(batch: Import, by: User) -> Work:
    """Take back what was written."""
    return _ask(undo, batch, by, _("Retour en arrière"), person=by.pk)


def _ask(task: Task[Any, Any, Any], batch: Import, by: User, label: str, **arguments: Any) -> Work:
    """One work at a time for an import, which names it."""
    asked = work.ask(task, by=by, label=label, unique=f"import:{batch.pk}", batch=batch.pk, **arguments)
    Import.objects.filter(pk=batch.pk).update(work=asked)
    return asked


@work.task("exchange.prepare")
def prepare(progress: work.Progress, *, batch: int) -> str:
    """Every line read, placed, recognised, compared; nothing is written to the directory."""
    found = _found(batch)
    with _told():
        importing.plan(found, progress)
    return _("« {name} » est prêt à être regardé.").format(name=found.file_name)


@work.task("exchange.apply")
def apply(progress: work.Progress, *, batch: int, person: int) -> str:
    """All of it or nothing, so there is one step; done already where a worker was killed after it."""
    found = _found(batch)
    progress(0, 1, _("Écriture des fiches"))
    if found.state != State.DONE:
        with _told():
            importing.apply(found, User.objects.get(pk=person))
    progress(1, 1)
    return _("« {name} » est importé.").format(name=found.file_name)


@work.task("exchange.publish")
def publish(progress: work.Progress, *, batch: int, person: int) -> str:
    """The drafts that an import made, all of them or none."""
    found = _found(batch)
    progress(0, 1, _("Publication des fiches"))
    with _told():
        count = importing.publish(found, User.objects.get(pk=person))
    progress(1, 1)
    return ngettext("{n} fiche publiée.", "{n} fiches publiées.", count).format(n=count)


@work.task("exchange.undo")
def undo(progress: work.Progress, *, batch: int, person: int) -> str:
    """What the import wrote is taken back, all of it or nothing."""
    found = _found(batch)
    progress(0, 1, _("Retour des fiches à leur état d’avant"))
    if found.state != State.UNDONE:
        with _told():
            importing.undo(found, User.objects.get(pk=person))
    progress(1, 1)
    return _("« {name} » est défait.").format(name=found.file_name)


def _found(pk: int) -> Import:
    found = Import.objects.select_related("profile__grouping", "source").filter(pk=pk).first()
    if found is None:
        raise work.CannotBeDone(_("Cet import n’existe plus."))
    return found


@contextmanager
def _told() -> Iterator[None]:
    """Trying again would not help where the person or the import is not what it was."""
    try:
        yield
    except NotAllowed:
        raise work.CannotBeDone(_("Vous ne coordonnez plus ce réseau : rien n’a été fait.")) from None
    except (CannotBeApplied, CannotBePublished, CannotBeUndone):
        raise work.CannotBeDone(_("Cet import a changé entre-temps : rien n’a été fait.")) from None


@app.periodic(cron="55 3 * * *")
@app.task(name="exchange.forget_addresses", queue="upkeep", queueing_lock="exchange.forget_addresses")
def forget_addresses(timestamp: int) -> None:
    """Drop what the address service answered too long ago."""
    geocoding.forget()


@app.periodic(cron="5 4 * * *")
@app.task(name="exchange.forget_lines", queue="upkeep", queueing_lock="exchange.forget_lines")
def forget_lines(timestamp: int) -> None:
    """Erase the lines of files that were brought, or left, long enough ago."""
    importing.forget()


@app.periodic(cron="*/10 * * * *")
@app.task(name="exchange.read_sources", queue="upkeep", queueing_lock="exchange.read_sources")
def read_sources(timestamp: int) -> None:
    """Have each source that is due read, one at a time: they go through the whole directory."""
    for source in harvesting.due():
        ask_to_harvest(source)


def ask_to_harvest(source: Harvest) -> None:
    """Have a source read; one that is queued already is left there, whence the savepoint."""
    with suppress(AlreadyEnqueued), transaction.atomic():
        harvest.configure(queueing_lock=f"exchange.harvest:{source.pk}").defer(source=source.pk)


@app.task(name="exchange.harvest", queue="work", lock="exchange.harvest")
def harvest(source: int) -> None:
    """Read a source, where it is still due."""
    found = harvesting.due().filter(pk=source).first()
    if found is not None:
        harvesting.harvest(found)


@app.periodic(cron="35 * * * *")
@app.task(name="exchange.forget_exports", queue="upkeep", queueing_lock="exchange.forget_exports")
def forget_exports(timestamp: int) -> None:
    """Erase the files that were kept long enough."""
    exporting.forget()
