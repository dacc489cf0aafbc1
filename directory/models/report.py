"""What readers say is wrong with a listing, and what became of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _

from directory.models.initiative import Initiative

LONGEST_MESSAGE = 4_000

models.TextField.register_lookup(Length)


class ReportReason(models.TextChoices):
    WRONG = "wrong", _("Une information est fausse ou manque")
    CLOSED = "closed", _("L’initiative a fermé")
    DUPLICATE = "duplicate", _("Elle est inscrite deux fois")
    WITHDRAWAL = "withdrawal", _("J’en fais partie et je demande qu’elle soit masquée ou retirée")
    OTHER = "other", _("Autre chose")


class Report(models.Model):
    """One message of a reader. Out of every history: the e-mail address is forgotten for good.

    It outlives the listing, which a request for withdrawal may well remove.
    """

    reference = models.TextField(_("référence"), unique=True, editable=False)
    initiative = models.ForeignKey(
        Initiative, models.SET_NULL, null=True, related_name="reports", verbose_name=_("initiative")
    )
    name = models.TextField(_("nom de l’initiative, ce jour-là"))
    reason = models.TextField(_("motif"), choices=ReportReason)
    message = models.TextField(_("message"))
    email = models.EmailField(_("courriel pour la réponse"), blank=True)
    language = models.CharField(_("langue"), max_length=2, default="fr")
    created_at = models.DateTimeField(_("reçu le"), auto_now_add=True)
    handled_at = models.DateTimeField(_("traité le"), null=True, blank=True)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("traité par"),
    )
    answer = models.TextField(_("réponse, ou ce qui a été fait"), blank=True)

    class Meta:
        verbose_name = _("signalement")
        verbose_name_plural = _("signalements")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="report_message_said", condition=Q(message__length__range=(1, LONGEST_MESSAGE))
            ),
            models.CheckConstraint(
                name="report_handled_by_someone_at_some_time",
                condition=Q(handled_at__isnull=False) | Q(handled_by=None, answer=""),
            ),
        ]
        indexes = [
            # read by the administration: what waits
            models.Index(fields=["-created_at"], name="report_waiting", condition=Q(handled_at=None)),
            # read by forget_reporters
            models.Index(fields=["handled_at"], name="report_addresses", condition=~Q(email="")),
        ]

    def __str__(self) -> str:
        return f"{self.reference} · {self.name}"
