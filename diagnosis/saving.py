"""Saved diagnoses, the write side: frozen, written beside, shared, made again, effaced; and who may."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from diagnosis import frozen
from diagnosis import texts as words
from diagnosis.errors import SavingRefused
from diagnosis.model import Report
from diagnosis.models import SavedDiagnosis
from diagnosis.report import criteria_of
from diagnosis.saved_diagnosis import Visibility, new_key
from diagnosis.stored import read
from diagnosis.texts import Texts
from directory.errors import NotAllowed
from directory.models import Initiative, Origin, RoleKind
from directory.permissions import Action, require
from territories.models import Kind, Territory
from territories.querysets import SIZES

MOST = 200  # of one person: each weighs up to some hundred kilobytes
HEAVY = ("figures", "words", "communes")  # what a list of them does not read


@transaction.atomic
def save(
    territory: Territory,
    by: User,
    title: str,
    signature: str = "",
    *,
    sector: str = "",
    peers: Sequence[str] = (),
    language: str = "fr",
    after: SavedDiagnosis | None = None,
) -> SavedDiagnosis:
    """Freeze the diagnosis of a territory as it is now, private. ``after`` is the one that it makes again,
    whose texts are taken up.

    NotAllowed; SavingRefused beyond MOST; NothingCounted.
    """
    require(by, Action.SAVE_DIAGNOSIS, territory)
    User.objects.select_for_update().get(pk=by.pk)  # two requests at once do not pass the limit together
    if by.saved_diagnoses.count() >= MOST:
        raise SavingRefused(
            _("Vous avez déjà enregistré {most} diagnostics : effacez-en d’abord.").format(most=MOST)
        )
    report = read(territory, peers)
    if sector:
        report.sector(sector)  # KeyError
    made = SavedDiagnosis(
        title=title, signature=signature, territory=territory, author=by, sector=sector, peers=list(peers),
        authority=after.authority if after else authority_of(by, territory), communes=communes_of(territory),
        previous=after, place=report.zone.name, data_date=report.data_date, figures=frozen.freeze(report),
        words=after.words if after else words.freeze(Texts(language=language)), examples=examples(territory),
    )  # fmt: skip
    made.save()
    return made


def report_of(saved: SavedDiagnosis) -> Report:
    """The figures as they were, without the names of initiatives that are no longer to be read."""
    report = frozen.thaw(saved.figures)
    named = {each.slug for each in report.actors} | {each.slug for each in report.bridges}
    gone = named - set(Initiative.objects.published().filter(slug__in=named).values_list("slug", flat=True))
    return without(report, gone) if gone else report


def without(report: Report, gone: set[str]) -> Report:
    """The report without these initiatives (slugs) among those that it names; its numbers stay."""
    kept = [place for place, each in enumerate(report.actors) if each.slug not in gone]
    anew = {place: number for number, place in enumerate(kept)}
    actors = [
        replace(each, partners=tuple(anew[other] for other in each.partners if other in anew))
        for each in (report.actors[place] for place in kept)
    ]
    bridges = [each for each in report.bridges if each.slug not in gone]
    return replace(report, actors=actors, bridges=bridges)


def texts_of(saved: SavedDiagnosis) -> Texts:
    return words.thaw(saved.words)


def again(saved: SavedDiagnosis, by: User) -> SavedDiagnosis:
    """The same diagnosis with the figures of today, beside the first. SavingRefused where its territory is no
    more."""
    require_keeping(by, saved)
    saved.refresh_from_db(fields=["title", "signature", "words"])
    if saved.territory is None:
        raise SavingRefused(_("Ce territoire n’existe plus : son diagnostic ne peut pas être refait."))
    return save(
        saved.territory, by, saved.title, saved.signature, sector=saved.sector, peers=saved.peers,
        after=saved,
    )  # fmt: skip


@transaction.atomic
def write(saved: SavedDiagnosis, by: User, title: str, signature: str, texts: Texts) -> None:
    """Change what is written; the figures stay."""
    require_keeping(by, saved)
    row = SavedDiagnosis.objects.select_for_update().defer("figures").get(pk=saved.pk)
    row.title, row.signature, row.words = title, signature, words.freeze(texts)
    row.save(update_fields=["title", "signature", "words", "updated_at"])


@transaction.atomic
def share(saved: SavedDiagnosis, by: User, visibility: str) -> None:
    """Say who may read it. To publish, one speaks for an authority, or for the site."""
    require_keeping(by, saved)
    if visibility == Visibility.PUBLIC and not may_publish(by, saved):
        raise NotAllowed(Action.SAVE_DIAGNOSIS, saved.territory)
    SavedDiagnosis.objects.filter(pk=saved.pk).update(visibility=visibility)


def renew_link(saved: SavedDiagnosis, by: User) -> None:
    """Another link: the one that was sent opens nothing any more."""
    require_keeping(by, saved)
    SavedDiagnosis.objects.filter(pk=saved.pk).update(key=new_key())


def efface(saved: SavedDiagnosis, by: User) -> None:
    require_keeping(by, saved)
    saved.delete()


# -- Who may ----------------------------------------------------------------------------------------


def authority_of(person: User, territory: Territory) -> Territory | None:
    """For which authority a person saves: the smallest of theirs that covers the territory, else, of a
    territory that they composed, the first of theirs; None for who has none."""
    held = person.roles.held().filter(kind=RoleKind.OFFICER).select_related("territory").order_by("pk")
    own = [role.territory for role in held if role.territory]
    around = [each for each in own if Territory.objects.covers(each, territory)]
    around.sort(key=lambda each: -SIZES.index(each.kind))
    return next(iter(around or own), None) if around or territory.kind == Kind.CUSTOM else None


def may_keep(person: User, saved: SavedDiagnosis) -> bool:
    """Officers of the authority that it was saved for, its author where there is none, administrators."""
    if person.is_superuser:
        return True
    if saved.authority_id is None:
        return saved.author_id == person.pk
    return person.roles.held().filter(kind=RoleKind.OFFICER, territory=saved.authority_id).exists()


def require_keeping(person: User, saved: SavedDiagnosis) -> None:
    if not may_keep(person, saved):
        raise NotAllowed(Action.SAVE_DIAGNOSIS, saved.territory)


def may_publish(person: User, saved: SavedDiagnosis) -> bool:
    return person.is_superuser or saved.authority_id is not None


def kept_by(person: User) -> QuerySet[SavedDiagnosis]:
    """Those that this person keeps, newest first, without their figures; ``may_keep`` says the same."""
    rows = SavedDiagnosis.objects.defer(*HEAVY).select_related("authority")
    if person.is_superuser:
        return rows
    held = person.roles.held().filter(kind=RoleKind.OFFICER).order_by().values("territory")
    return rows.filter(Q(authority__in=held) | Q(authority=None, author=person))


def saves_diagnoses(person: object) -> bool:
    """Whether there may be any for this person to keep or make."""
    if not isinstance(person, User):
        return False
    return (
        person.is_superuser
        or person.roles.held().filter(kind=RoleKind.OFFICER).exists()
        or person.saved_diagnoses.exists()
    )


def published() -> QuerySet[SavedDiagnosis]:
    """Those that everybody may read, newest first, without their figures."""
    return SavedDiagnosis.objects.filter(visibility=Visibility.PUBLIC).defer(*HEAVY)


def examples(territory: Territory) -> int:
    """How many of the initiatives counted are no real ones."""
    return criteria_of(territory).initiatives().exclude(origin=Origin.REAL).order_by().count()


def communes_of(territory: Territory) -> list[str]:
    """The ids of the communes of a territory today; of the country, none are written: they are all."""
    if territory.kind == Kind.COUNTRY:
        return []
    found = Territory.objects.all().communes_of(territory).order_by("pk")
    return list(found.values_list("pk", flat=True))
