"""Custom territories that people compose: written, listed and effaced by one verb each.

Whoever has an account may compose some, which are found by their address. They come into lists and search
once somebody who answers for that ground says so, since what bears a name there is read as a fact.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from itertools import count

from django.db import IntegrityError, transaction
from django.db.models import DO_NOTHING, SET_NULL, ForeignObjectRel, QuerySet
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import User
from directory.errors import CompositionRefused
from directory.models import EFFECTIVE, Grouping, Initiative, Membership, Role, ServedTerritory
from directory.permissions import Action, may, require
from directory.validators import is_in_sight
from territories.custom import define_custom
from territories.errors import InvalidPerimeter
from territories.models import Kind, Territory
from territories.perimeters import MOST_COMMUNES, Perimeter, by_name, of_territory, too_many
from territories.writing import sync_names

MOST = 20  # of one person
LONGEST_NAME = 100
LONGEST_SOURCE = 500
LONGEST_SLUG = 60
OURS = ("territories", "directory")  # rooms that this one knows: held_by looks at them


@dataclass(frozen=True, slots=True)
class Composed:
    """What a person says of a territory; ``communes`` are ids."""

    name: str
    communes: Collection[str]
    dated: date
    source: str = ""


@transaction.atomic
def compose(person: User, given: Composed) -> Territory:
    """A new custom territory, which is listed nowhere. NotAllowed, CompositionRefused, InvalidPerimeter."""
    require(person, Action.COMPOSE_TERRITORY)
    check(given)
    User.objects.select_for_update().get(pk=person.pk)  # two requests at once do not pass the limit together
    if not person.is_superuser and own(person).count() >= MOST:
        raise CompositionRefused(
            _("Vous avez déjà composé {most} territoires : effacez-en un qui ne sert plus.").format(most=MOST)
        )
    slug = reserve(person, given)
    return write(slug, person.pk, given, listed=False)


@transaction.atomic
def redefine(territory: Territory, person: User, given: Composed) -> Territory:
    """Another name, date, source or set of communes, at the same address. One that was offered to all is no
    longer where its name or its communes changed, unless by somebody who could offer it."""
    row = editable(territory, person)
    check(given)
    before = set(row.custom_communes.values_list("commune", flat=True))
    moved = before != set(given.communes)
    changed = moved or row.name != given.name
    # A lever is shown under the name of its territory, and wherever its communes are.
    why = (moved and held_by(row)) or (changed and kept_by(row, OURS))
    if why and not person.is_superuser:
        # Else who composed it could enlarge what a moderator of it decides of.
        raise CompositionRefused(
            _("Son nom et ses communes ne changent plus : {why}. L’administration peut les changer.").format(
                why=why
            )
        )
    saved = write(row.code, row.owner_id, given, listed=row.listed)
    if row.listed and changed and not may(person, Action.LIST_TERRITORY, saved):
        return show(saved, False)
    return saved


@transaction.atomic
def set_listed(territory: Territory, person: User, listed: bool) -> Territory:
    """Offer it to all in lists and search, or take it back from there."""
    row = locked(territory)
    require(person, Action.LIST_TERRITORY, row)
    return show(row, listed)


def show(row: Territory, listed: bool) -> Territory:
    row.listed = listed
    row.save(update_fields=["listed", "updated_at"])
    sync_names([row.pk])
    return row


@transaction.atomic
def discard(territory: Territory, person: User) -> None:
    """Efface it, unless something rests upon it."""
    row = editable(territory, person)
    if why := held_by(row) or kept_by(row):
        raise CompositionRefused(_("Ce territoire ne peut pas être effacé : {why}.").format(why=why))
    row.delete()


def own(person: User) -> QuerySet[Territory]:
    """The custom territories of a person, by name."""
    return Territory.objects.of_kind(Kind.CUSTOM).filter(owner=person).order_by("name", "pk")


def check(given: Composed) -> None:
    if not 1 <= len(given.name) <= LONGEST_NAME or not is_in_sight(given.name) or not slugify(given.name):
        raise CompositionRefused(_("Donnez un nom, de 100 signes au plus, avec des lettres."))
    if not 1900 <= given.dated.year <= timezone.localdate().year + 1:
        raise CompositionRefused(_("La date du périmètre va de 1900 à l’an prochain."))
    if len(given.source) > LONGEST_SOURCE:
        raise CompositionRefused(_("La source tient en 500 signes."))
    if not given.communes:
        raise InvalidPerimeter(_("Ce territoire n’a encore aucune commune."))
    if len(set(given.communes)) > MOST_COMMUNES:
        raise InvalidPerimeter(too_many(len(set(given.communes))))


def write(slug: str, owner: int | None, given: Composed, *, listed: bool) -> Territory:
    return define_custom(
        given.name, given.communes, dated=given.dated, source=given.source, owner=owner, slug=slug,
        listed=listed,
    )  # fmt: skip


def reserve(person: User, given: Composed) -> str:
    """Takes an address made of the name that nobody has, a numbered one where it is taken."""
    begin = slugify(given.name)[:LONGEST_SLUG].strip("-")
    for number in count(1):
        slug = begin if number == 1 else f"{begin}-{number}"
        try:
            with transaction.atomic():
                Territory.objects.create(
                    pk=f"{Kind.CUSTOM.value}-{slug}", kind=Kind.CUSTOM, code=slug, name=given.name, slug=slug,
                    owner=person, dated=given.dated, listed=False,
                )  # fmt: skip
        except IntegrityError:
            continue
        return slug
    raise AssertionError("numbers do not end")


def locked(territory: Territory) -> Territory:
    return Territory.objects.select_for_update(of=("self",)).get(pk=territory.pk, kind=Kind.CUSTOM)


def editable(territory: Territory, person: User) -> Territory:
    """The row, locked, where this person may change it."""
    row = locked(territory)
    require(person, Action.EDIT_TERRITORY, row)
    return row


def held_by(territory: Territory) -> str:
    """What of the directory rests on a custom territory, in words; nothing where nothing does."""
    if Role.objects.filter(territory=territory, ended_at=None).exclude(granted=False).exists():
        return _("un rôle y est tenu ou demandé")
    if Grouping.objects.filter(perimeter=territory).exists():
        return _("c’est le périmètre d’un PTCE ou d’un réseau")
    if ServedTerritory.objects.filter(territory=territory).exists():
        return _("une initiative dit y être active")
    return ""


def kept_by(territory: Territory, apart: Collection[str] = ("territories",)) -> str:
    """Whether something that somebody else wrote would go with it, such as a lever proposed there, in the
    rooms that are not ``apart``. Its names, outlines and figures go; history and saved diagnoses do without
    it."""
    for relation in Territory._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ForeignObjectRel) or relation.many_to_many or relation.one_to_one:
            continue
        model = relation.related_model
        if relation.on_delete in (DO_NOTHING, SET_NULL) or model._meta.app_label in apart:
            continue
        if model._base_manager.filter(**{relation.field.name: territory}).exists():
            return _("un levier y est proposé, ou un ancien rôle s’y rapporte")
    return ""


def of_ptce(ptce: Grouping) -> Perimeter:
    """The perimeter that a PTCE declares; else the communes where its members are established.

    InvalidPerimeter where neither is known.
    """
    if ptce.perimeter:
        found = of_territory(ptce.perimeter)
        found.rule = _("périmètre déclaré de {ptce}").format(ptce=ptce.name)
        return found
    members = Membership.objects.filter(EFFECTIVE, grouping=ptce).values("initiative")
    established = Initiative.objects.visible().filter(pk__in=members).exclude(commune=None).order_by()
    found = Perimeter(
        by_name({commune for commune in established.values_list("commune", flat=True) if commune}),
        _("communes où sont établis les membres connus de {ptce}").format(ptce=ptce.name),
    )
    if not found.communes:
        raise InvalidPerimeter(
            _("De {ptce}, on ne connaît ni le périmètre, ni la commune d’un seul membre.").format(
                ptce=ptce.name
            )
        )
    return found
