"""Where listings come from: sources, and what each of them calls an initiative."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from directory.models.initiative import Initiative
from directory.validators import slug_name


class Source(models.Model):
    slug = models.TextField(_("nom court"), unique=True, validators=[slug_name])
    name = models.TextField(_("nom"))
    url = models.URLField(_("adresse"), max_length=500, blank=True)
    licence = models.TextField(_("licence"), blank=True)

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class SourceRecord(models.Model):
    """An initiative as one source knows it; many per initiative."""

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="source_records")
    source = models.ForeignKey(Source, models.PROTECT, related_name="records", verbose_name=_("source"))
    external_id = models.TextField(_("identifiant chez la source"))
    first_seen = models.DateTimeField(_("vu la première fois"))
    last_seen = models.DateTimeField(_("vu la dernière fois"))
    vanished_at = models.DateTimeField(_("disparu le"), null=True, blank=True)
    hash = models.TextField(_("empreinte du contenu"), blank=True)

    class Meta:
        verbose_name = _("fiche de source")
        verbose_name_plural = _("fiches de source")
        constraints = [models.UniqueConstraint(fields=["source", "external_id"], name="source_record_once")]

    def __str__(self) -> str:
        return f"{self.source} · {self.external_id}"
