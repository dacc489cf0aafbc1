"""A saved selection: criteria, hand-picked initiatives, or both; live or frozen at a date."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _

from directory.models.initiative import Initiative
from directory.validators import slug_name

LONGEST_LISTING_NAME = 300
LONGEST_LISTING_NOTE = 2_000

models.TextField.register_lookup(Length)


class Listing(models.Model):
    """Its slug is also its key: an unguessable part ends it (``directory.listings``), and whoever has the
    address reads it. There is no other list of them than each person's own."""

    slug = models.TextField(_("nom dans l’adresse"), unique=True, validators=[slug_name])
    name = models.TextField(_("nom"))
    note = models.TextField(_("présentation"), blank=True)
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
    # Of a frozen list: the criteria that it had, and how many initiatives it showed that day.
    thawed_criteria = models.TextField(_("critères avant d’être figée"), null=True, blank=True)
    frozen_count = models.PositiveIntegerField(_("nombre d’initiatives ce jour-là"), null=True, blank=True)
    created_at = models.DateTimeField(_("créée le"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changée le"), auto_now=True)

    class Meta:
        verbose_name = _("liste")
        verbose_name_plural = _("listes")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="listing_frozen_is_picked", condition=Q(frozen_at=None) | Q(criteria=None)
            ),
            models.CheckConstraint(
                name="listing_thaws_when_frozen",
                condition=Q(frozen_at__isnull=False) | Q(thawed_criteria=None, frozen_count=None),
            ),
            models.CheckConstraint(
                name="listing_name_said", condition=Q(name__length__range=(1, LONGEST_LISTING_NAME))
            ),
            models.CheckConstraint(
                name="listing_note_bounded", condition=Q(note__length__lte=LONGEST_LISTING_NOTE)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ListingPick(models.Model):
    """An initiative added to a listing by hand, or taken out of it; or kept there when it was frozen."""

    listing = models.ForeignKey(Listing, models.CASCADE, related_name="picks")
    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="+")
    included = models.BooleanField(_("ajoutée (sinon retirée)"), default=True)
    by_hand = models.BooleanField(_("à la main (sinon en figeant)"), default=True)

    class Meta:
        verbose_name = _("choix à la main")
        verbose_name_plural = _("choix à la main")
        constraints = [
            models.UniqueConstraint(fields=["listing", "initiative"], name="pick_once"),
            models.CheckConstraint(
                name="pick_taken_out_by_hand", condition=Q(included=True) | Q(by_hand=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.listing} · {self.initiative}"
