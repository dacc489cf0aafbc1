"""A person says that a page is theirs to keep; a mail to an address of its website's domain shows it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directory.models import Initiative, Role


class ClaimState(models.TextChoices):
    WAITING = "waiting", _("en attente du courriel")
    CONFIRMED = "confirmed", _("confirmée")
    # Whoever read the mail says that this person is not of the initiative.
    DISOWNED = "disowned", _("démentie par l’initiative")


class Claim(models.Model):
    """One letter sent. Out of every history; its address is forgotten as soon as it has served."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="claims", verbose_name=_("personne")
    )
    initiative = models.ForeignKey(
        Initiative, models.CASCADE, related_name="claims", verbose_name=_("initiative")
    )
    domain = models.TextField(_("domaine"))
    address = models.EmailField(_("adresse"), blank=True)
    state = models.TextField(_("état"), choices=ClaimState, default=ClaimState.WAITING)
    created_at = models.DateTimeField(_("demandée le"), default=timezone.now)
    answered_at = models.DateTimeField(_("répondue le"), null=True, blank=True)
    role = models.OneToOneField(
        Role, models.SET_NULL, null=True, blank=True, related_name="claim", verbose_name=_("rôle donné")
    )

    class Meta:
        verbose_name = _("revendication")
        verbose_name_plural = _("revendications")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="claim_state_known", condition=Q(state__in=ClaimState.values)),
            models.CheckConstraint(
                name="claim_answered_forgets_its_address",
                condition=Q(state="waiting", answered_at=None) & ~Q(address="")
                | Q(answered_at__isnull=False, address="") & ~Q(state="waiting"),
            ),
        ]
        indexes = [
            # read by the limits of a day
            models.Index(fields=["initiative", "created_at"], name="claim_of_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.initiative} · {self.domain}"
