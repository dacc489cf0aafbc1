"""What those who keep a page were told of it last, and who would rather not be."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from directory.models import Initiative


class LastTold(models.Model):
    """The last version of a page of which its team was told, or had nothing to be told."""

    initiative = models.OneToOneField(
        Initiative, models.CASCADE, primary_key=True, related_name="last_told", verbose_name=_("initiative")
    )
    event = models.BigIntegerField(_("dernière version lue"))
    sent_at = models.DateTimeField(_("dernière lettre"), null=True, blank=True)

    class Meta:
        verbose_name = _("lettre à l’équipe d’une page")
        verbose_name_plural = _("lettres aux équipes des pages")

    def __str__(self) -> str:
        return str(self.initiative)


class Unwanted(models.Model):
    """Somebody keeps a page and does not want letters about what others change there."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="unwanted_letters", verbose_name=_("personne")
    )
    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="+", verbose_name=_("initiative"))

    class Meta:
        verbose_name = _("lettre refusée")
        verbose_name_plural = _("lettres refusées")
        constraints = [models.UniqueConstraint(fields=["person", "initiative"], name="unwanted_once")]

    def __str__(self) -> str:
        return str(self.initiative)
