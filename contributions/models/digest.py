"""Whether a moderator wants the letter that tells what waits, and when the last one left."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Digest(models.Model):
    """Made with the first letter, or when one says that one wants none; it goes with the account."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        primary_key=True,
        related_name="moderation_digest",
        verbose_name=_("personne"),
    )
    wanted = models.BooleanField(_("reçoit la lettre"), default=True)
    sent_at = models.DateTimeField(_("dernière lettre"), null=True, blank=True)

    class Meta:
        verbose_name = _("lettre de la modération")
        verbose_name_plural = _("lettres de la modération")

    def __str__(self) -> str:
        return str(self.person_id)
