"""A photograph of an initiative, drawn anew from what somebody sent: see contributions/photos.py."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _

from directory.models import Initiative

LONGEST_ALTERNATIVE = 300
MOST_PHOTO_BYTES = 1_000_000

models.TextField.register_lookup(Length)


class PhotoLicence(models.TextChoices):
    """Under which others may use it again; names are the same in every language."""

    CC_BY_SA = "cc-by-sa-4.0", "CC BY-SA 4.0"
    CC_BY = "cc-by-4.0", "CC BY 4.0"
    CC0 = "cc0-1.0", "CC0 1.0"


class Photo(models.Model):
    """Kept in the database: the processes that serve keep nothing, and a restored dump has it.

    Without an ``initiative`` it waits with its proposal, and only who may decide of that sees it. Out of
    every history: what is refused, withdrawn or replaced is erased.
    """

    uuid = models.UUIDField(_("identifiant universel"), default=uuid.uuid4, unique=True, editable=False)
    initiative = models.OneToOneField(
        Initiative, models.CASCADE, null=True, blank=True, related_name="photo", verbose_name=_("initiative")
    )
    content = models.BinaryField(_("image (WebP)"))
    width = models.PositiveSmallIntegerField(_("largeur (pixels)"))
    height = models.PositiveSmallIntegerField(_("hauteur (pixels)"))
    alternative = models.TextField(_("ce que l’on y voit"))
    credit = models.TextField(_("auteur de la photo"), blank=True)
    licence = models.TextField(_("licence"), choices=PhotoLicence, default=PhotoLicence.CC_BY_SA)
    created_at = models.DateTimeField(_("reçue le"), auto_now_add=True)

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        constraints = [
            models.CheckConstraint(
                name="photo_alternative_said",
                condition=Q(alternative__length__range=(1, LONGEST_ALTERNATIVE)),
            ),
            models.CheckConstraint(name="photo_licence_known", condition=Q(licence__in=PhotoLicence.values)),
            models.CheckConstraint(
                name="photo_small",
                condition=Q(
                    Func(
                        F("content"),
                        template=f"octet_length(%(expressions)s) BETWEEN 1 AND {MOST_PHOTO_BYTES}",
                        output_field=models.BooleanField(),
                    )
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.alternative
