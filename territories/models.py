"""Places of France and elsewhere: what they are called and what contains what.

Coordinates are WGS 84 (EPSG:4326), longitude first. Areas are square kilometres on the
ellipsoid. Codes are those of the INSEE official geographic code (COG) and SIREN numbers:
strings, with their leading zeros.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.gis.db import models
from django.contrib.gis.db.models.functions import Envelope, IsValid
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, GistIndex, OpClass
from django.db.models import Q
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _

from territories.folding import PlaceFold
from territories.querysets import TerritoryManager, TerritoryQuerySet

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


class Kind(models.TextChoices):
    COUNTRY = "country", _("pays")
    REGION = "region", _("région")
    DEPARTEMENT = "departement", _("département")
    EPCI = "epci", _("intercommunalité")
    COMMUNE = "commune", _("commune")
    ARRONDISSEMENT = "arrondissement", _("arrondissement municipal")
    CUSTOM = "custom", _("territoire de projet")


class ChiefPlaceSource(models.TextChoices):
    """Where the point that stands for a territory comes from."""

    TOWN_HALL = "town_hall", _("mairie")
    SURFACE = "surface", _("point pris dans le contour")
    ELSEWHERE = "elsewhere", _("chef-lieu de la commune dont le contour la contient")
    SEAT = "seat", _("chef-lieu")


class OutlineNote(models.TextChoices):
    """What a reader must know about an outline, or about its absence."""

    ABSENT = "absent", _("aucun contour dans les données ouvertes utilisées")
    DETACHED = "detached", _("commune détachée, encore comprise dans le contour de sa commune d’origine")
    BUILT = "built", _("contour assemblé à partir de ses communes déléguées")
    FILLED = "filled", _("contour complété par le territoire d’anciennes communes")


def parent_link(verbose_name: StrPromise) -> models.ForeignKey[Territory | None, Territory | None]:
    return models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=verbose_name
    )


class Territory(models.Model):
    """A commune, or a dated set of communes. Its id is ``kind-code``: ``commune-23008``."""

    id = models.TextField(_("identifiant"), primary_key=True, editable=False)
    kind = models.TextField(_("nature"), choices=Kind)
    code = models.TextField(_("code officiel"))
    name = models.TextField(_("nom"))
    slug = models.SlugField(_("nom dans l’adresse"), max_length=200, db_index=False)
    # The official type within the kind: CC, CA, CU, METRO for an EPCI; com for an overseas
    # collectivity that the official tables list beside the régions and départements.
    status = models.TextField(_("statut officiel"), blank=True)
    country = parent_link(_("pays"))
    region = parent_link(_("région"))
    departement = parent_link(_("département"))
    epci = parent_link(_("intercommunalité"))
    commune = parent_link(_("commune"))
    postcodes = ArrayField(models.TextField(), verbose_name=_("codes postaux"), default=list, blank=True)
    former_names = ArrayField(
        models.TextField(), verbose_name=_("anciennes communes"), default=list, blank=True
    )
    population = models.PositiveIntegerField(_("population municipale"), null=True, blank=True)
    population_edition = models.TextField(_("édition de la population"), blank=True)
    vintage = models.PositiveSmallIntegerField(_("millésime du découpage"), null=True, blank=True)
    source = models.TextField(_("source"), blank=True)
    geometry = models.MultiPolygonField(_("contour"), srid=4326, null=True, blank=True)
    # The bounding box, kept by the database: lists and suggestions give it without the polygon.
    envelope = models.GeneratedField(
        expression=Envelope("geometry"),
        output_field=models.PolygonField(srid=4326, null=True, spatial_index=False),
        db_persist=True,
    )
    outline_note = models.TextField(_("note sur le contour"), choices=OutlineNote, blank=True)
    area_km2 = models.FloatField(_("superficie (km²)"), null=True, blank=True)
    chief_place = models.PointField(_("chef-lieu"), srid=4326, null=True, blank=True)
    chief_place_source = models.TextField(_("origine du point"), choices=ChiefPlaceSource, blank=True)
    label_point = models.PointField(
        _("point d’étiquette"), srid=4326, null=True, blank=True, spatial_index=False
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="territories",
        verbose_name=_("responsable"),
    )
    dated = models.DateField(_("date du périmètre"), null=True, blank=True)
    # A custom territory that is not listed is there for whoever has its address, and nowhere else.
    listed = models.BooleanField(_("proposé dans les listes et la recherche"), db_default=True)
    communes = models.ManyToManyField(
        "self",
        symmetrical=False,
        related_name="customs",
        through="CustomCommune",
        through_fields=("territory", "commune"),
        verbose_name=_("communes"),
    )
    updated_at = models.DateTimeField(_("mis à jour"), auto_now=True)

    objects = TerritoryManager.from_queryset(TerritoryQuerySet)()

    class Meta:
        verbose_name = _("territoire")
        verbose_name_plural = _("territoires")
        ordering = ["kind", "name", "id"]
        constraints = [
            models.CheckConstraint(
                name="territory_id_is_kind_and_code",
                condition=Q(id=Concat("kind", models.Value("-"), "code", output_field=models.TextField())),
            ),
            models.CheckConstraint(
                name="territory_geometry_valid", condition=Q(geometry=None) | Q(IsValid("geometry"))
            ),
            models.CheckConstraint(
                name="territory_custom_is_dated", condition=~Q(kind="custom") | Q(dated__isnull=False)
            ),
        ]
        indexes = [
            # read by the API's lists: one kind, in the order of names
            models.Index(fields=["kind", "name", "id"], name="territory_kind_name"),
            # read by within(): the communes of an EPCI, a département, a région
            models.Index(fields=["epci"], name="territory_epci", condition=Q(kind="commune")),
            models.Index(fields=["departement", "kind"], name="territory_departement_kind"),
            models.Index(fields=["region", "kind"], name="territory_region_kind"),
            # read by the gazetteer: a postcode to its communes
            GinIndex(fields=["postcodes"], name="territory_postcodes"),
            # read by locate(): the commune under a point, without meeting the large outlines
            GistIndex(fields=["geometry"], name="territory_commune_outline", condition=Q(kind="commune")),
        ]

    def __str__(self) -> str:
        return self.name


class CustomCommune(models.Model):
    """One commune of a custom territory."""

    territory = models.ForeignKey(Territory, models.CASCADE, related_name="custom_communes")
    commune = models.ForeignKey(
        Territory, models.PROTECT, related_name="in_customs", limit_choices_to={"kind": Kind.COMMUNE}
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["territory", "commune"], name="custom_commune_once")]


class TerritoryOutline(models.Model):
    """The simplified outline of a territory for one band of map zooms, as GeoJSON text."""

    territory = models.ForeignKey(Territory, models.CASCADE, related_name="outlines")
    band = models.PositiveSmallIntegerField(_("plus grand zoom servi"))
    geometry = models.MultiPolygonField(srid=4326)
    geojson = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["territory", "band"], name="outline_once_per_band")]


class TerritoryChange(models.Model):
    """What became of a code: a delegated, associated or merged commune and its successor."""

    code = models.TextField(_("ancien code"))
    kind = models.TextField(_("nature"), choices=Kind, default=Kind.COMMUNE)
    name = models.TextField(_("ancien nom"))
    nature = models.TextField(_("nature du changement"))
    successor = models.ForeignKey(Territory, models.CASCADE, related_name="former")
    vintage = models.PositiveSmallIntegerField(_("millésime"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "code"], name="change_once_per_code")]


class PlaceName(models.Model):
    """One way of naming a territory, folded for searching. Rebuilt from the territories."""

    class Nature(models.TextChoices):
        NAME = "name", _("nom officiel")
        ALIAS = "alias", _("autre forme du nom")
        CODE = "code", _("numéro de département")
        FORMER = "former", _("ancienne commune")
        POSTCODE = "postcode", _("code postal")

    territory = models.ForeignKey(Territory, models.CASCADE, related_name="names")
    name = models.TextField()
    nature = models.TextField(choices=Nature)
    # The territory's population, or -1: what suggestions are ordered by, without a join.
    weight = models.IntegerField(default=-1)
    folded = models.GeneratedField(
        expression=PlaceFold("name"), output_field=models.TextField(), db_persist=True
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["territory", "nature", "name"], name="place_name_once")
        ]
        indexes = [
            # read by suggest(): names that begin with what was typed
            models.Index(OpClass("folded", name="text_pattern_ops"), name="place_name_prefix"),
            # read by suggest() and named(): words inside a name, and typing errors; without fastupdate,
            # whose pending list makes every reading slow after a load
            GinIndex(OpClass("folded", name="gin_trgm_ops"), name="place_name_trigrams", fastupdate=False),
        ]

    def __str__(self) -> str:
        return self.name
