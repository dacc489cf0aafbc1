"""A diagnosis that somebody keeps: its figures as they were, and what people wrote beside them."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from territories.models import Territory

LONGEST_TITLE = 200
KEY_LENGTH = 32

models.TextField.register_lookup(Length)


class Visibility(models.TextChoices):
    PRIVATE = "private", _("privé")
    LINK = "link", _("par un lien")
    PUBLIC = "public", _("public")


def new_key() -> str:
    """What opens a diagnosis that is shared by link: 190 bits of chance."""
    return get_random_string(KEY_LENGTH)


class SavedDiagnosis(models.Model):
    """Out of every history: a testimony is forgotten for good when its author asks.

    ``authority`` is the territory of the role under which it was saved: it belongs to the officers of that
    authority, not to one of them. Without one, it is its author's. Figures and words are JSON, never rows of
    the data: they say tomorrow what they say today. ``diagnosis.saving`` reads and writes them.
    """

    uuid = models.UUIDField(_("identifiant"), default=uuid.uuid4, unique=True, editable=False)
    title = models.TextField(_("titre"))
    signature = models.TextField(_("qui le signe"), blank=True)
    territory = models.ForeignKey(
        Territory,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="saved_diagnoses",
        verbose_name=_("territoire"),
    )
    place = models.TextField(_("nom du territoire, ce jour-là"))
    authority = models.ForeignKey(
        Territory, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("collectivité")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="saved_diagnoses",
        verbose_name=_("enregistré par"),
    )
    sector = models.TextField(_("secteur"), blank=True)
    peers = ArrayField(
        models.TextField(), verbose_name=_("territoires similaires choisis"), default=list, blank=True
    )
    communes = ArrayField(models.TextField(), verbose_name=_("communes, ce jour-là"), default=list)
    # Initiatives of a trial site that these figures count: a reader must know, even once they are gone.
    examples = models.PositiveIntegerField(_("initiatives d’exemple"), default=0)
    data_date = models.DateTimeField(_("date des données"))
    figures = models.JSONField(_("rapport"))
    words = models.JSONField(_("textes"), default=dict)
    visibility = models.TextField(_("visibilité"), choices=Visibility, default=Visibility.PRIVATE)
    key = models.TextField(_("clé du lien"), default=new_key, unique=True, editable=False)
    previous = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="later", verbose_name=_("précédent")
    )
    created_at = models.DateTimeField(_("enregistré le"), auto_now_add=True)
    updated_at = models.DateTimeField(_("mis à jour le"), auto_now=True)

    class Meta:
        verbose_name = _("diagnostic enregistré")
        verbose_name_plural = _("diagnostics enregistrés")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="diagnosis_title_said", condition=Q(title__length__range=(1, LONGEST_TITLE))
            ),
            models.CheckConstraint(
                name="diagnosis_signature_bounded", condition=Q(signature__length__lte=LONGEST_TITLE)
            ),
        ]
        indexes = [
            # read by the page of those that everybody may read
            models.Index(
                fields=["-created_at"], name="diagnosis_public", condition=Q(visibility=Visibility.PUBLIC)
            ),
        ]

    def __str__(self) -> str:
        return self.title
