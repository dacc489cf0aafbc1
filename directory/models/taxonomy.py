"""The two-level taxonomy of what initiatives do.

Ids are permanent: a sector's id (1 to 14) is its bit in every mask, and an activity's id is
``sector id × 100 + n``, so that PostgreSQL derives the sectors of a row from its activities
without reading another table. ``sector id × 100`` alone says "in this sector, activity not said".
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

ACTIVITIES_PER_SECTOR = 100


def in_language(labels: dict[str, str]) -> str:
    """The label in the language of the reader, French where there is none."""
    language = (get_language() or "fr")[:2]
    return labels.get(language) or labels["fr"]


class Term(models.Model):
    """What a sector and an activity have in common: a slug, labels by language, synonyms."""

    id = models.PositiveSmallIntegerField(_("numéro permanent"), primary_key=True)
    slug = models.SlugField(_("nom dans l’adresse"), max_length=100, unique=True)
    labels = models.JSONField(_("libellés par langue"))
    synonyms = ArrayField(models.TextField(), verbose_name=_("synonymes"), default=list, blank=True)
    # Correspondences with ESSGlobal, NAF and OpenStreetMap: not checked, so hints only.
    hints = models.JSONField(_("correspondances à vérifier"), default=dict, blank=True)

    class Meta:
        abstract = True
        ordering = ["id"]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return in_language(self.labels)


class Sector(Term):
    labo_domain = models.BooleanField(_("domaine nommé par le Labo de l’ESS"), default=False)

    class Meta(Term.Meta):
        verbose_name = _("secteur")
        verbose_name_plural = _("secteurs")
        constraints = [
            models.CheckConstraint(name="sector_owns_a_bit", condition=Q(id__range=(1, 30))),
        ]

    @property
    def bit(self) -> int:
        return 1 << (self.id - 1)


class Activity(Term):
    sector = models.ForeignKey(Sector, models.PROTECT, related_name="activities", verbose_name=_("secteur"))
    replaced_by = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="replaces",
        verbose_name=_("remplacée par"),
    )

    class Meta(Term.Meta):
        verbose_name = _("activité")
        verbose_name_plural = _("activités")
        constraints = [
            models.CheckConstraint(
                name="activity_id_holds_its_sector",
                condition=Q(
                    id__gt=F("sector_id") * ACTIVITIES_PER_SECTOR,
                    id__lt=(F("sector_id") + 1) * ACTIVITIES_PER_SECTOR,
                ),
            ),
        ]
