"""What a diagnosis rests on, counted once for every territory, and what is kept of diagnoses."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from diagnosis.lever import Lever as Lever
from diagnosis.saved_diagnosis import SavedDiagnosis as SavedDiagnosis
from diagnosis.series import OfficialFigure as OfficialFigure
from diagnosis.series import OfficialSeries as OfficialSeries
from territories.models import Territory

YEARS = 10  # T1


class Edition(models.Model):
    """One counting of everything: its day and hour is the date of every figure made from it."""

    at = models.DateTimeField(_("date des données"))
    version = models.TextField(_("version des données"))
    placeless = models.PositiveIntegerField(_("initiatives sans lieu"))
    seconds = models.FloatField(_("durée du calcul"))

    class Meta:
        verbose_name = _("comptage")
        verbose_name_plural = _("comptages")
        ordering = ["-at"]
        get_latest_by = "at"

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class Figures(models.Model):
    """What is counted in one official territory. Arrays follow the permanent numbers of the sectors, from 1.

    ``weights`` are initiatives shared out between their sectors (one of two sectors counts one half in each),
    so that they add up to ``count``. ``by_year`` holds what was founded in each of the last YEARS, the oldest
    first, then what was closed, then what was entered. ``reach`` is of communes only: metres on the ellipsoid
    from the chief place to the nearest initiative of any sector, then of each; null where there is none, or
    no chief place.
    """

    territory = models.OneToOneField(
        Territory, models.CASCADE, primary_key=True, related_name="figures", verbose_name=_("territoire")
    )
    count = models.PositiveIntegerField(_("initiatives"))
    by_sector = ArrayField(models.PositiveIntegerField(), verbose_name=_("par secteur"))
    weights = ArrayField(models.FloatField(), verbose_name=_("parts par secteur"))
    by_year = ArrayField(models.PositiveIntegerField(), verbose_name=_("par année"), default=list)
    placed = models.PositiveIntegerField(_("avec un point"))
    addressed = models.PositiveIntegerField(_("situées à l’adresse"))
    verified = models.PositiveIntegerField(_("vérifiées"))
    fresh = models.PositiveIntegerField(_("mises à jour depuis moins de 24 mois"))
    undated = models.PositiveIntegerField(_("sans date de création"))
    largest_commune = models.PositiveIntegerField(_("habitants de la plus grande commune"), default=0)
    communes = models.PositiveIntegerField(_("communes"))
    reach = ArrayField(models.FloatField(null=True), verbose_name=_("distances"), null=True)

    class Meta:
        verbose_name = _("chiffres d’un territoire")
        verbose_name_plural = _("chiffres des territoires")

    def __str__(self) -> str:
        return str(self.territory)


class StoredReport(models.Model):
    """The diagnosis of a territory, made once after a counting: what :mod:`diagnosis.stored` reads."""

    territory = models.OneToOneField(
        Territory, models.CASCADE, primary_key=True, related_name="+", verbose_name=_("territoire")
    )
    at = models.DateTimeField(_("date des données"))
    # Of the code that made it: another one counts otherwise.
    made_by = models.TextField(_("calculé par"))
    body = models.TextField(_("rapport (JSON)"))

    class Meta:
        verbose_name = _("diagnostic calculé")
        verbose_name_plural = _("diagnostics calculés")

    def __str__(self) -> str:
        return str(self.territory)
