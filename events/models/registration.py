"""Who is invited to an event, who registers, where they sit and whether they came.

Personal data: kept out of every history, so that a deletion erases; deleted twelve months after the event
(:mod:`events.retention`), figures excepted.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length, Lower
from django.utils.translation import gettext_lazy as _

from directory.models import Contact, Initiative, Sector
from events.models.event import LONGEST_LINE, LONGEST_TEXT, Event, Public, Session, place, said

models.TextField.register_lookup(Length)

LONGEST_NAME = 300
LONGEST_REASON = 500


class InvitationStatus(models.TextChoices):
    INVITED = "invited", _("invité")
    REMINDED = "reminded", _("relancé")
    COMING = "coming", _("vient")
    DECLINED = "declined", _("excusé")


class Invitation(models.Model):
    """One person asked to one event, once. She goes with her contact, or with the event."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="invitations")
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="invitations")
    status = models.TextField(_("état"), choices=InvitationStatus, default=InvitationStatus.INVITED)
    # False: told otherwise (a letter, a call), and marked here by who holds the event.
    by_mail = models.BooleanField(_("par courriel"), default=True)
    invited_at = models.DateTimeField(_("invité le"), auto_now_add=True)
    reminded_at = models.DateTimeField(_("relancé le"), null=True, blank=True)
    answered_at = models.DateTimeField(_("répondu le"), null=True, blank=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["event", "contact"], name="invited_once"),
            models.CheckConstraint(
                name="invitation_status_known", condition=Q(status__in=InvitationStatus.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} · {self.get_status_display()}"


class RegistrationState(models.TextChoices):
    COMING = "coming", _("inscription confirmée")
    WAITING = "waiting", _("sur la liste d’attente")
    CANCELLED = "cancelled", _("inscription annulée")


class RegistrationSource(models.TextChoices):
    FORM = "form", _("formulaire en ligne")
    HAND = "hand", _("saisie par l’organisation")
    WALK_IN = "walk-in", _("venue sans inscription")


class Registration(models.Model):
    """Somebody who comes. ``town`` is as it was typed, ``commune`` what it was recognised as.

    ``image_right`` and ``listed`` (in the directory handed to participants) are hers to give, off by default,
    under the wording of that version: see :mod:`events.consent`. ``came``: None until it is known.
    """

    uuid = models.UUIDField(_("identifiant universel"), default=uuid.uuid4, unique=True, editable=False)
    event = models.ForeignKey(Event, models.CASCADE, related_name="registrations")
    name = models.TextField(_("nom"))
    email = models.EmailField(_("courriel"), blank=True)
    role = models.TextField(_("fonction"), blank=True)
    structure = models.TextField(_("structure"), blank=True)
    initiative = models.ForeignKey(
        Initiative, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("initiative")
    )
    town = models.TextField(_("commune, comme écrite"), blank=True)
    commune = place(_("commune"))
    public = models.TextField(_("en tant que"), choices=Public, default=Public.OTHER)
    sector = models.ForeignKey(
        Sector, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("secteur")
    )
    image_right = models.BooleanField(_("droit à l’image accordé"), default=False)
    listed = models.BooleanField(_("figure dans l’annuaire des participants"), default=False)
    wording_version = models.TextField(_("version des textes"), blank=True)
    language = models.CharField(_("langue"), max_length=2, default="fr")
    state = models.TextField(_("état"), choices=RegistrationState, default=RegistrationState.COMING)
    source = models.TextField(_("origine"), choices=RegistrationSource, default=RegistrationSource.FORM)
    invitation = models.OneToOneField(
        Invitation, models.SET_NULL, null=True, blank=True, related_name="registration"
    )
    came = models.BooleanField(_("présence"), null=True, blank=True)
    created_at = models.DateTimeField(_("inscrit le"), auto_now_add=True)
    cancelled_at = models.DateTimeField(_("annulé le"), null=True, blank=True)

    class Meta:
        verbose_name = _("inscription")
        verbose_name_plural = _("inscriptions")
        ordering = ["created_at", "pk"]
        constraints = [
            said("registration_name_said", "name", LONGEST_NAME),
            said("registration_role_bounded", "role", LONGEST_LINE, least=0),
            said("registration_structure_bounded", "structure", LONGEST_NAME, least=0),
            said("registration_town_bounded", "town", LONGEST_LINE, least=0),
            models.CheckConstraint(name="registration_public_known", condition=Q(public__in=Public.values)),
            models.CheckConstraint(
                name="registration_state_known", condition=Q(state__in=RegistrationState.values)
            ),
            models.CheckConstraint(
                name="registration_source_known", condition=Q(source__in=RegistrationSource.values)
            ),
            # One address registers once: whatever road a row comes by.
            models.UniqueConstraint(
                "event",
                Lower("email"),
                name="registered_once",
                condition=~Q(email="") & ~Q(state="cancelled"),
            ),
        ]
        indexes = [
            models.Index(
                Lower("email"), name="registration_email"
            )  # read by what a person is told of herself
        ]

    def __str__(self) -> str:
        return f"{self.event} · {self.pk}"


class Choice(models.Model):
    """What somebody wished of a workshop: 1 first, 2 second; 0: not there at that moment."""

    registration = models.ForeignKey(Registration, models.CASCADE, related_name="choices")
    session = models.ForeignKey(Session, models.CASCADE, related_name="choices")
    rank = models.PositiveSmallIntegerField(_("rang"))

    class Meta:
        ordering = ["registration", "rank", "session"]
        constraints = [
            models.UniqueConstraint(fields=["registration", "session"], name="chosen_once"),
            models.CheckConstraint(name="choice_rank_known", condition=Q(rank__in=[0, 1, 2])),
        ]

    def __str__(self) -> str:
        return f"{self.registration} · {self.session} · {self.rank}"


class Seat(models.Model):
    """A place in a workshop, or on its waiting list. What was placed ``by_hand`` no assignment moves."""

    registration = models.ForeignKey(Registration, models.CASCADE, related_name="seats")
    session = models.ForeignKey(Session, models.CASCADE, related_name="seats")
    waiting = models.BooleanField(_("sur la liste d’attente"), default=False)
    by_hand = models.BooleanField(_("placé à la main"), default=False)

    class Meta:
        ordering = ["registration", "session"]
        constraints = [models.UniqueConstraint(fields=["registration", "session"], name="seated_once")]
        indexes = [models.Index(fields=["session", "waiting"], name="seat_of_session")]

    def __str__(self) -> str:
        return f"{self.registration} · {self.session}"


class Closing(models.Model):
    """What stays of an event: figures, which hold no person, and the note that sums it up.

    ``figures`` are computed anew until attendance is deleted, and are kept as they were from then on
    (``frozen_at``). ``kept_until`` puts that off, for a reason that is stated to who asks.
    """

    event = models.OneToOneField(Event, models.CASCADE, related_name="closing")
    note = models.TextField(_("note de synthèse"), blank=True)
    figures = models.JSONField(_("chiffres"), default=dict, blank=True)
    frozen_at = models.DateTimeField(_("présences effacées le"), null=True, blank=True)
    kept_until = models.DateField(_("présences gardées jusqu’au"), null=True, blank=True)
    kept_reason = models.TextField(_("pour cette raison"), blank=True)

    class Meta:
        verbose_name = _("bilan d’évènement")
        verbose_name_plural = _("bilans d’évènements")
        constraints = [
            said("closing_note_bounded", "note", 4 * LONGEST_TEXT, least=0),
            models.CheckConstraint(
                name="closing_kept_for_a_reason",
                condition=Q(kept_until=None) | Q(kept_reason__length__range=(1, LONGEST_REASON)),
            ),
        ]

    def __str__(self) -> str:
        return str(self.event)
