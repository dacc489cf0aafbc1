"""Series of official figures, and their values by territory: see :mod:`diagnosis.official`."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from diagnosis.sheet import sheets
from territories.models import Territory

OLDEST = 1900


class Unit(models.TextChoices):
    """As figures have them (diagnosis/wording.py writes them)."""

    PERCENT = "percent", _("pour cent")
    COUNT = "count", _("nombre")
    PER_10000 = "per_10000", _("pour 10 000 habitants")


class OfficialSeries(models.Model):
    """One official figure for many territories. ``E1`` has a sheet, others have the name given here."""

    code = models.TextField(
        _("code"), primary_key=True,
        validators=[RegexValidator(r"\AE[1-9]\d?\Z", _("Un code s’écrit E1, E2… jusqu’à E99."))],
    )  # fmt: skip
    name_fr = models.TextField(_("nom en français"), blank=True)
    name_en = models.TextField(_("nom en anglais"), blank=True)
    unit = models.TextField(_("unité"), choices=Unit, default=Unit.PERCENT)
    year = models.PositiveSmallIntegerField(
        _("millésime"), validators=[MinValueValidator(OLDEST), MaxValueValidator(2100)]
    )
    source = models.TextField(_("source"))
    link = models.URLField(_("adresse de la source"), max_length=500, blank=True)
    loaded_at = models.DateTimeField(_("chargé le"), auto_now=True)

    class Meta:
        verbose_name = _("série officielle")
        verbose_name_plural = _("séries officielles")
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} · {self.year}"

    def clean(self) -> None:
        """What has no sheet is named here, in both languages."""
        if self.code in sheets():
            return
        lacking = [field for field in ("name_fr", "name_en") if not getattr(self, field).strip()]
        if lacking:
            text = _("Ce code n’a pas de fiche : donnez son nom dans les deux langues.")
            raise ValidationError(dict.fromkeys(lacking, text))

    @property
    def labels(self) -> dict[str, str]:
        sheet = sheets().get(self.code)
        return (
            {"fr": sheet.fr.name, "en": sheet.en.name} if sheet else {"fr": self.name_fr, "en": self.name_en}
        )


class OfficialFigure(models.Model):
    """The value of a series in one territory."""

    series = models.ForeignKey(
        OfficialSeries, models.CASCADE, related_name="figures", verbose_name=_("série")
    )
    territory = models.ForeignKey(
        Territory, models.CASCADE, related_name="official_figures", verbose_name=_("territoire")
    )
    value = models.FloatField(_("valeur"))

    class Meta:
        verbose_name = _("chiffre officiel")
        verbose_name_plural = _("chiffres officiels")
        constraints = [
            models.UniqueConstraint(fields=["series", "territory"], name="official_figure_once"),
        ]

    def __str__(self) -> str:
        return f"{self.series_id} {self.territory_id}"
