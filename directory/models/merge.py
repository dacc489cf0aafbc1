"""Redirects: an initiative's slug never changes, but two listings of one place become one."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from directory.models.initiative import Initiative


class Merge(models.Model):
    slug = models.TextField(_("ancien nom dans l’adresse"), unique=True)
    target = models.ForeignKey(
        Initiative, models.CASCADE, related_name="merged", verbose_name=_("fiche gardée")
    )
    # What its versions name it by, in the history; none of merges made before this was noted.
    former = models.BigIntegerField(_("numéro de l’ancienne fiche"), null=True, editable=False)
    merged_at = models.DateTimeField(_("fusionnée le"), auto_now_add=True)

    class Meta:
        verbose_name = _("fusion")
        verbose_name_plural = _("fusions")

    def __str__(self) -> str:
        return f"{self.slug} → {self.target.slug}"
