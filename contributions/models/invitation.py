"""Somebody who answers for an initiative invites a colleague to keep its page too."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directory.models import Initiative, Role


class ColleagueState(models.TextChoices):
    WAITING = "waiting", _("sans réponse")
    ACCEPTED = "accepted", _("acceptée")
    DECLINED = "declined", _("déclinée")
    WITHDRAWN = "withdrawn", _("retirée")


class ColleagueInvitation(models.Model):
    """One letter sent. Out of every history; its address is forgotten once it is answered."""

    initiative = models.ForeignKey(
        Initiative, models.CASCADE, related_name="colleague_invitations", verbose_name=_("initiative")
    )
    address = models.EmailField(_("adresse"), blank=True)
    language = models.CharField(_("langue"), max_length=2, default="fr")
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("invité par")
    )
    state = models.TextField(_("état"), choices=ColleagueState, default=ColleagueState.WAITING)
    created_at = models.DateTimeField(_("envoyée le"), default=timezone.now)
    answered_at = models.DateTimeField(_("répondue le"), null=True, blank=True)
    role = models.OneToOneField(
        Role, models.SET_NULL, null=True, blank=True, related_name="colleague_invitation",
        verbose_name=_("rôle donné"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("invitation d’un collègue")
        verbose_name_plural = _("invitations de collègues")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="colleague_state_known", condition=Q(state__in=ColleagueState.values)
            ),
            models.CheckConstraint(
                name="colleague_answered_forgets_its_address",
                condition=Q(state="waiting", answered_at=None) & ~Q(address="")
                | Q(answered_at__isnull=False, address="") & ~Q(state="waiting"),
            ),
            # One that waits for each address; another is sent once it was answered, withdrawn or forgotten.
            models.UniqueConstraint(
                "initiative", Lower("address"), name="colleague_once", condition=Q(state="waiting")
            ),
        ]

    def __str__(self) -> str:
        return str(self.initiative)
