"""What is announced: an event, who holds it, its sessions, and what initiatives tell there.

Hours are aware; they are shown and typed in those of Paris. Changed by :mod:`events.holding` alone.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.db.models import F, Q
from django.db.models.functions import Length
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from directory.models import Grouping, Initiative, Listing, Origin
from directory.models.recorded import recorded
from directory.validators import slug_name
from territories.models import Territory

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LONGEST_TITLE = 300
LONGEST_LINE = 200
LONGEST_TEXT = 5_000

models.TextField.register_lookup(Length)


class Status(models.TextChoices):
    DRAFT = "draft", _("brouillon")
    PUBLISHED = "published", _("publié")
    CANCELLED = "cancelled", _("annulé")


class SessionKind(models.TextChoices):
    PLENARY = "plenary", _("plénière")
    WORKSHOP = "workshop", _("atelier")
    VISIT = "visit", _("visite")
    BREAK = "break", _("pause, repas")
    OTHER = "other", _("autre temps")


class Public(models.TextChoices):
    """In which capacity somebody comes: for whom a session is, and the colour and shape of a badge."""

    INITIATIVE = "initiative", _("acteurs d’initiatives")
    ELECTED = "elected", _("élus")
    OFFICER = "officer", _("agents de collectivités")
    INSTITUTION = "institution", _("institutions et financeurs")
    NETWORK = "network", _("réseaux et accompagnement")
    CITIZEN = "citizen", _("habitants")
    PRESS = "press", _("presse")
    TEAM = "team", _("équipe d’organisation")
    OTHER = "other", _("autres")


def said(name: str, field: str, longest: int, *, least: int = 1) -> models.CheckConstraint:
    """A text of so many signs."""
    return models.CheckConstraint(name=name, condition=Q(**{f"{field}__length__range": (least, longest)}))


def place(verbose_name: StrOrPromise) -> models.ForeignKey:
    return models.ForeignKey(
        Territory, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=verbose_name
    )


class Event(models.Model):
    """One gathering, at one place; its slug and UUID never change. ``start`` and ``end`` are aware,
    ``registration_closes`` is the last day on which one may register."""

    uuid = models.UUIDField(_("identifiant universel"), default=uuid.uuid4, unique=True, editable=False)
    slug = models.TextField(_("nom dans l’adresse"), unique=True, validators=[slug_name])
    title = models.TextField(_("titre"))
    summary = models.TextField(_("en une phrase"), blank=True)
    description = models.TextField(_("description"), blank=True)
    language = models.CharField(_("langue des textes"), max_length=2, default="fr")
    start = models.DateTimeField(_("début"))
    end = models.DateTimeField(_("fin"))
    status = models.TextField(_("état"), choices=Status, default=Status.DRAFT)
    venue = models.TextField(_("lieu"), blank=True)
    address = models.TextField(_("adresse"), blank=True)
    point = models.PointField(_("point"), srid=4326, null=True, blank=True)
    commune = place(_("commune"))
    link = models.URLField(_("page de l’évènement ailleurs"), max_length=500, blank=True)
    listing = models.ForeignKey(
        Listing,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="events",
        verbose_name=_("liste des initiatives à inviter"),
    )
    origin = models.TextField(_("origine"), choices=Origin, default=Origin.REAL)
    registration_open = models.BooleanField(_("inscriptions ouvertes"), default=False)
    registration_closes = models.DateField(_("dernier jour des inscriptions"), null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("créé par"),
    )
    created_at = models.DateTimeField(_("créé le"), auto_now_add=True)
    updated_at = models.DateTimeField(_("mis à jour le"), auto_now=True)
    # How many times it was changed since it was created: calendars take the version that says more.
    sequence = models.PositiveIntegerField(_("révision"), default=0)

    class Meta:
        verbose_name = _("évènement")
        verbose_name_plural = _("évènements")
        ordering = ["start", "pk"]
        constraints = [
            models.CheckConstraint(
                name="event_slug_form", condition=Q(slug__regex=r"^[a-z0-9]+(-[a-z0-9]+)*$")
            ),
            said("event_title_said", "title", LONGEST_TITLE),
            said("event_summary_bounded", "summary", LONGEST_TITLE, least=0),
            said("event_description_bounded", "description", LONGEST_TEXT, least=0),
            said("event_venue_bounded", "venue", LONGEST_TITLE, least=0),
            said("event_address_bounded", "address", LONGEST_TITLE, least=0),
            models.CheckConstraint(name="event_ends_after_start", condition=Q(end__gt=F("start"))),
            models.CheckConstraint(name="event_status_known", condition=Q(status__in=Status.values)),
            models.CheckConstraint(name="event_is_not_invented", condition=Q(origin__in=["real", "example"])),
        ]
        indexes = [
            # read by the agenda: what is to come, in the order of days
            models.Index(fields=["end", "start"], name="event_by_day", condition=~Q(status="draft")),
            # read by the agenda of a territory
            models.Index(fields=["commune", "start"], name="event_of_commune"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("frontend:event", args=[self.slug])


# Geometry is compared as bytes: a dump is restored with an empty search path, where the operators of PostGIS
# are not found. Who created it is in the context of the history, with every other writing.
UNTRACKED = {"updated_at", "created_by"}
TRACKED = {field.name: field.column for field in Event._meta.concrete_fields if field.name not in UNTRACKED}
COMPARED = [f'"{column}"::bytea' if name == "point" else f'"{column}"' for name, column in TRACKED.items()]
recorded(
    pgtrigger.Condition(" OR ".join(f"OLD.{each} IS DISTINCT FROM NEW.{each}" for each in COMPARED)),
    fields=list(TRACKED),
    model_name="EventVersion",
    obj_field=pghistory.ObjForeignKey(related_name="versions"),
)(Event)


@recorded(model_name="OrganiserVersion", obj_field=pghistory.ObjForeignKey(related_name="versions"))
class Organiser(models.Model):
    """Who holds an event: a network or PTCE, an authority, an initiative, or a name that is none of them."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="organisers")
    grouping = models.ForeignKey(
        Grouping, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("réseau ou PTCE")
    )
    territory = models.ForeignKey(
        Territory, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("collectivité")
    )
    initiative = models.ForeignKey(
        Initiative, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("initiative")
    )
    name = models.TextField(_("autre organisateur"), blank=True)
    position = models.PositiveSmallIntegerField(_("rang"), default=0)

    class Meta:
        verbose_name = _("organisateur")
        verbose_name_plural = _("organisateurs")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                name="organiser_is_one",
                condition=Q(grouping__isnull=False, territory=None, initiative=None, name="")
                | Q(grouping=None, territory__isnull=False, initiative=None, name="")
                | Q(grouping=None, territory=None, initiative__isnull=False, name="")
                | (
                    Q(grouping=None, territory=None, initiative=None)
                    & Q(name__length__range=(1, LONGEST_LINE))
                ),
            ),
            models.UniqueConstraint(
                fields=["event", "grouping", "territory", "initiative", "name"],
                name="organiser_once",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return str(self.grouping or self.territory or self.initiative or self.name)


@recorded(model_name="SessionVersion", obj_field=pghistory.ObjForeignKey(related_name="versions"))
class Session(models.Model):
    """One moment of an event, within its hours. ``letter`` is what a badge and a sign say of it; ``publics``
    are those whom it is for, none meaning all. ``capacity`` is how many may be assigned to it, never more
    than its room holds; none: no bound."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="sessions")
    letter = models.TextField(_("lettre"), blank=True)
    kind = models.TextField(_("nature"), choices=SessionKind, default=SessionKind.PLENARY)
    title = models.TextField(_("titre"))
    publics = ArrayField(
        models.TextField(choices=Public), verbose_name=_("pour qui"), default=list, blank=True
    )
    start = models.DateTimeField(_("début"))
    end = models.DateTimeField(_("fin"))
    room = models.TextField(_("salle"), blank=True)
    room_capacity = models.PositiveIntegerField(_("places de la salle"), null=True, blank=True)
    capacity = models.PositiveIntegerField(_("participants au plus"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("rang"), default=0)

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ["start", "position", "pk"]
        constraints = [
            said("session_title_said", "title", LONGEST_TITLE),
            said("session_room_bounded", "room", LONGEST_LINE, least=0),
            models.CheckConstraint(
                name="session_letter_form", condition=Q(letter="") | Q(letter__regex=r"^[A-Z][0-9]?$")
            ),
            models.UniqueConstraint(
                fields=["event", "letter"], name="session_letter_once", condition=~Q(letter="")
            ),
            models.CheckConstraint(name="session_ends_after_start", condition=Q(end__gt=F("start"))),
            models.CheckConstraint(name="session_kind_known", condition=Q(kind__in=SessionKind.values)),
            models.CheckConstraint(
                name="session_fits_its_room",
                condition=Q(capacity=None) | Q(room_capacity=None) | Q(capacity__lte=F("room_capacity")),
            ),
            models.CheckConstraint(
                name="session_publics_known", condition=Q(publics__contained_by=Public.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.letter} · {self.title}" if self.letter else self.title


@recorded(model_name="TestimonyVersion", obj_field=pghistory.ObjForeignKey(related_name="versions"))
class Testimony(models.Model):
    """What an initiative, known or not, tells in a session. ``name`` is that of an organisation or a place,
    never of a person; it stays when the initiative goes."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="testimonies")
    initiative = models.ForeignKey(
        Initiative,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="testimonies",
        verbose_name=_("initiative"),
    )
    name = models.TextField(_("qui témoigne (organisation ou lieu)"))
    commune = place(_("commune"))
    minutes = models.PositiveSmallIntegerField(_("durée en minutes"), null=True, blank=True)
    equipment = models.TextField(_("matériel à prévoir"), blank=True)
    said = models.TextField(_("de quoi il est question"), blank=True)
    position = models.PositiveSmallIntegerField(_("rang"), default=0)

    class Meta:
        verbose_name = _("témoignage")
        verbose_name_plural = _("témoignages")
        ordering = ["position", "pk"]
        constraints = [
            said("testimony_name_said", "name", LONGEST_TITLE),
            said("testimony_equipment_bounded", "equipment", LONGEST_TITLE, least=0),
            said("testimony_said_bounded", "said", LONGEST_TEXT, least=0),
            models.CheckConstraint(
                name="testimony_lasts", condition=Q(minutes=None) | Q(minutes__range=(1, 600))
            ),
        ]

    def __str__(self) -> str:
        return self.name
