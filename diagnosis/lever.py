"""Levers: what exists, on a territory, to help circuits along. A catalogue kept by people, never guessed."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _

from directory.models.recorded import recorded
from territories.models import Territory

LONGEST_LINE = 200
LONGEST_TEXT = 2_000

models.TextField.register_lookup(Length)


class LeverKind(models.TextChoices):
    DIAGNOSIS = "diagnosis", _("diagnostic partagé")
    FINANCING = "financing", _("financement")
    NETWORKING = "networking", _("mise en réseau")
    PROCUREMENT = "procurement", _("commande publique")
    LAND = "land", _("foncier")
    PREMISES = "premises", _("locaux")
    TRAINING = "training", _("formation")
    SUPPORT = "support", _("accompagnement")
    OTHER = "other", _("autre levier")


# What each kind is, for who has never used one. No fact: those are in the catalogue, with their source.
MEANINGS = {
    LeverKind.DIAGNOSIS: _(
        "Regarder ensemble ce qui existe et ce qui manque, avec les habitants et les initiatives."
    ),
    LeverKind.FINANCING: _("Une subvention, un prêt, un fonds, une ligne de budget, une garantie."),
    LeverKind.NETWORKING: _(
        "Une animation, des rencontres, un annuaire : que les initiatives se connaissent et coopèrent."
    ),
    LeverKind.PROCUREMENT: _(
        "Acheter à des initiatives locales : marchés réservés, lots à leur taille, clauses sociales."
    ),
    LeverKind.LAND: _("Un terrain, une réserve foncière, un bail : de quoi s’installer et produire."),
    LeverKind.PREMISES: _("Un lieu prêté, loué ou partagé : atelier, boutique, bureau, cuisine, entrepôt."),
    LeverKind.TRAINING: _(
        "Apprendre un métier, apprendre à gérer et à coopérer. Pour les élus et les agents aussi."
    ),
    LeverKind.SUPPORT: _("Quelqu’un qui aide à monter un projet, à le consolider, à changer d’échelle."),
    LeverKind.OTHER: _("Ce qui n’entre dans aucune de ces familles : prêt de matériel, partage de salariés…"),
}


@recorded(exclude=["updated_at"])
class Lever(models.Model):
    """One lever, on the territory where it may be used. ``sectors`` are their permanent numbers, none
    meaning all; it may be used from ``starts`` to ``ends``, both included, null where there is no bound."""

    kind = models.TextField(_("nature"), choices=LeverKind)
    name = models.TextField(_("nom"))
    giver = models.TextField(_("qui le propose"))
    audience = models.TextField(_("pour qui"))
    details = models.TextField(_("en quoi il consiste"), blank=True)
    # PROTECT would forbid to delete a custom territory: what is proposed there goes with it, and stays in
    # the history.
    territory = models.ForeignKey(
        Territory, models.CASCADE, related_name="levers", verbose_name=_("territoire")
    )
    sectors = ArrayField(
        models.PositiveSmallIntegerField(), verbose_name=_("secteurs"), default=list, blank=True
    )
    starts = models.DateField(_("ouvert à partir du"), null=True, blank=True)
    ends = models.DateField(_("ouvert jusqu’au"), null=True, blank=True)
    link = models.URLField(_("page où en savoir plus"), max_length=500, blank=True)
    source = models.TextField(_("source"))
    checked = models.DateField(_("vérifié le"))
    created_at = models.DateTimeField(_("inscrit le"), auto_now_add=True)
    updated_at = models.DateTimeField(_("mis à jour le"), auto_now=True)

    class Meta:
        verbose_name = _("levier")
        verbose_name_plural = _("leviers")
        ordering = ["name", "pk"]
        constraints = [
            *(
                models.CheckConstraint(
                    name=f"lever_{name}_said", condition=Q(**{f"{name}__length__range": (1, LONGEST_LINE)})
                )
                for name in ("name", "giver", "audience")
            ),
            models.CheckConstraint(
                name="lever_source_said", condition=Q(source__length__range=(1, LONGEST_TEXT))
            ),
            models.CheckConstraint(
                name="lever_details_bounded", condition=Q(details__length__lte=LONGEST_TEXT)
            ),
            models.CheckConstraint(
                name="lever_ends_after_start",
                condition=Q(starts=None) | Q(ends=None) | Q(ends__gte=F("starts")),
            ),
        ]

    def __str__(self) -> str:
        return self.name
