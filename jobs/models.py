"""What people asked to be done in the background, and how far it is."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class State(models.TextChoices):
    QUEUED = "queued", _("en attente")
    RUNNING = "running", pgettext_lazy("travail", "en cours")
    # An error, after which it is tried again by itself.
    DELAYED = "delayed", _("sera repris")
    DONE = "done", _("terminé")
    FAILED = "failed", _("échoué")
    CANCELLED = "cancelled", _("annulé")


# How long it is told how something ended.
KEPT = timedelta(days=14)
LIVE = (State.QUEUED, State.RUNNING, State.DELAYED)


class WorkQuerySet(models.QuerySet["Work"]):
    def live(self) -> WorkQuerySet:
        return self.filter(state__in=LIVE)

    def expired(self, now: datetime | None = None) -> WorkQuerySet:
        return self.exclude(state__in=LIVE).filter(expires_at__lte=now or timezone.now())


class Work(models.Model):
    """One thing asked for, with its progress, and its result for a while. Changed by jobs/work.py alone."""

    uuid = models.UUIDField(_("identifiant"), default=uuid.uuid4, unique=True, editable=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("demandé par"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="works",
    )
    label = models.CharField(_("travail"), max_length=200)
    task = models.CharField(_("tâche"), max_length=128)
    # Of procrastinate's table, whose rows come and go.
    job = models.BigIntegerField(_("numéro dans la file"), null=True, blank=True)
    unique = models.CharField(_("clé d’unicité"), max_length=200, blank=True)
    state = models.CharField(_("état"), max_length=20, choices=State, default=State.QUEUED)
    done = models.PositiveIntegerField(_("fait"), default=0)
    total = models.PositiveIntegerField(_("à faire"), default=0)
    message = models.CharField(_("étape"), max_length=200, blank=True)
    result = models.TextField(_("résultat"), blank=True)
    error = models.TextField(_("erreur"), blank=True)
    cancel_requested = models.BooleanField(_("annulation demandée"), default=False)
    created_at = models.DateTimeField(_("demandé le"), auto_now_add=True)
    started_at = models.DateTimeField(_("commencé le"), null=True, blank=True)
    finished_at = models.DateTimeField(_("terminé le"), null=True, blank=True)
    expires_at = models.DateTimeField(_("effacé le"), null=True, blank=True)

    objects = WorkQuerySet.as_manager()

    class Meta:
        verbose_name = _("travail")
        verbose_name_plural = _("travaux")
        ordering = ("-created_at", "-pk")
        constraints = [
            # Asked for twice at once, it is done once.
            models.UniqueConstraint(
                fields=["unique"],
                condition=models.Q(state__in=LIVE) & ~models.Q(unique=""),
                name="jobs_work_live_unique",
            ),
            models.CheckConstraint(
                condition=models.Q(done__lte=models.F("total")), name="jobs_work_done_of_total"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def live(self) -> bool:
        return self.state in LIVE

    @property
    def may_be_cancelled(self) -> bool:
        return self.live and not self.cancel_requested
