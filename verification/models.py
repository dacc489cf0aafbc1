"""Who vouched for a record and how, and the campaigns that ask: letters to organisations, counted."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directory.history import Hand
from directory.models import Grouping, Initiative, Notice
from territories.models import Territory

LONGEST_MESSAGE = 1_000

models.TextField.register_lookup(Length)


class Said(models.TextChoices):
    TRUE = "true", _("toujours vrai")
    CORRECT = "correct", _("à corriger")
    CLOSED = "closed", _("fermé")


class How(models.TextChoices):
    LETTER = "letter", _("par le lien d’un courriel")
    SITE = "site", _("sur le site, avec un compte")


class Campaign(models.Model):
    """A question put to the initiatives of a territory or of a grouping: is what we say of you still true?"""

    class State(models.TextChoices):
        RUNNING = "running", _("en cours d’envoi")
        SENT = "sent", _("envoyée")
        STOPPED = "stopped", _("arrêtée")

    uuid = models.UUIDField(_("identifiant"), default=uuid.uuid4, unique=True, editable=False)
    territory = models.ForeignKey(
        Territory,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="campaigns",
        verbose_name=_("territoire"),
    )
    grouping = models.ForeignKey(
        Grouping,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="campaigns",
        verbose_name=_("groupement"),
    )
    # Only those that nobody vouched for in so many months; 0: all.
    months = models.PositiveSmallIntegerField(_("sans confirmation depuis, en mois"))
    message = models.TextField(_("message"), blank=True)
    state = models.TextField(_("état"), choices=State, default=State.RUNNING)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("menée par"),
    )
    opened_at = models.DateTimeField(_("commencée le"), default=timezone.now)
    # When the one reminder was asked for.
    reminded_at = models.DateTimeField(_("relancée le"), null=True, blank=True)
    stopped_at = models.DateTimeField(_("arrêtée le"), null=True, blank=True)

    class Meta:
        verbose_name = _("campagne de vérification")
        verbose_name_plural = _("campagnes de vérification")
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="campaign_of_one",
                condition=Q(territory=None, grouping__isnull=False)
                | Q(territory__isnull=False, grouping=None),
            ),
            models.CheckConstraint(
                name="campaign_message_bounded", condition=Q(message__length__lte=LONGEST_MESSAGE)
            ),
            models.CheckConstraint(
                name="campaign_stopped_at_some_time",
                condition=Q(state="stopped", stopped_at__isnull=False)
                | (~Q(state="stopped") & Q(stopped_at=None)),
            ),
        ]

    def __str__(self) -> str:
        return str(self.target)

    @property
    def target(self) -> Territory | Grouping:
        found = self.territory or self.grouping
        assert found is not None  # a constraint of the table
        return found


class Asked(models.Model):
    """One initiative of a campaign: waits for its letter, has it, or was left out for a reason."""

    class LeftOut(models.TextChoices):
        GONE = "gone", _("n’est plus en ligne, ou a fermé")
        UNREACHABLE = "unreachable", _("aucune adresse de courriel connue")
        OPPOSED = "opposed", _("ne veut plus recevoir ces lettres")
        LATELY = "lately", _("déjà sollicitée depuis moins de 90 jours")
        VOUCHED = "vouched", _("confirmée entre-temps")

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="asked")
    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="asked_in")
    sent_at = models.DateTimeField(_("écrit le"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("relancé le"), null=True, blank=True)
    # Of those who had the letter, one that no reminder could leave to.
    passed_over = models.BooleanField(_("non relancée"), default=False)
    left_out = models.TextField(_("non sollicitée"), choices=LeftOut, blank=True)

    class Meta:
        verbose_name = _("initiative sollicitée")
        verbose_name_plural = _("initiatives sollicitées")
        constraints = [
            models.UniqueConstraint(fields=["campaign", "initiative"], name="asked_once"),
            models.CheckConstraint(
                name="asked_reminded_after", condition=Q(reminded_at=None) | Q(sent_at__isnull=False)
            ),
            models.CheckConstraint(name="asked_or_left_out", condition=Q(sent_at=None) | Q(left_out="")),
        ]

    def __str__(self) -> str:
        return str(self.initiative)


class Answer(models.Model):
    """What somebody said of a record as a whole. Appended only; who is told by capacity, never by name."""

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="answers")
    said = models.TextField(_("réponse"), choices=Said)
    hand = models.TextField(_("à quel titre"), choices=Hand)
    how = models.TextField(_("comment"), choices=How)
    at = models.DateTimeField(_("le"), default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("par"),
    )
    # The letter that was answered: once.
    notice = models.OneToOneField(Notice, models.SET_NULL, null=True, blank=True, related_name="answer")
    asked = models.ForeignKey(Asked, models.SET_NULL, null=True, blank=True, related_name="answers")

    class Meta:
        verbose_name = _("réponse à une vérification")
        verbose_name_plural = _("réponses aux vérifications")
        ordering = ["-at", "-pk"]
        # read by the page of an initiative
        indexes = [models.Index(fields=["initiative", "-at"], name="answer_latest")]

    def __str__(self) -> str:
        return f"{self.initiative} · {self.get_said_display()}"


class Opposition(models.Model):
    """An address that wants no more letters of campaigns: its digest, not the address."""

    digest = models.CharField(_("empreinte"), max_length=64, unique=True)
    at = models.DateTimeField(_("le"), default=timezone.now)

    class Meta:
        verbose_name = _("opposition aux campagnes")
        verbose_name_plural = _("oppositions aux campagnes")

    def __str__(self) -> str:
        return self.digest[:8]
