"""A saved selection: criteria, hand-picked initiatives, or both; live or frozen at a date."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from directory.models.initiative import Initiative
from directory.validators import slug_name


class Listing(models.Model):
    slug = models.TextField(_("nom dans l’adresse"), unique=True, validators=[slug_name])
    name = models.TextField(_("nom"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="listings",
        verbose_name=_("responsable"),
    )
    # The filter language as a query string; None where the list is hand-picked only.
    criteria = models.TextField(_("critères"), null=True, blank=True)
    frozen_at = models.DateTimeField(_("figée le"), null=True, blank=True)
    created_at = models.DateTimeField(_("créée le"), auto_now_add=True)

    class Meta:
        verbose_name = _("liste")
        verbose_name_plural = _("listes")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="listing_frozen_is_picked", condition=Q(frozen_at=None) | Q(criteria=None)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ListingPick(models.Model):
    """An initiative added to a listing by hand, or taken out of it."""

    listing = models.ForeignKey(Listing, models.CASCADE, related_name="picks")
    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="+")
    included = models.BooleanField(_("ajoutée (sinon retirée)"), default=True)

    class Meta:
        verbose_name = _("choix à la main")
        verbose_name_plural = _("choix à la main")
        constraints = [models.UniqueConstraint(fields=["listing", "initiative"], name="pick_once")]

    def __str__(self) -> str:
        return f"{self.listing} · {self.initiative}"
