"""One organisation or place that takes part in a circuit court économique et solidaire."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, GistIndex
from django.contrib.postgres.search import SearchVectorField
from django.db.models import F, Func, Q
from django.db.models.functions import Left
from django.utils.translation import gettext_lazy as _

from directory.models.recorded import recorded
from directory.querysets import InitiativeQuerySet
from directory.validators import phone_number, rna_number, siret_number, slug_name
from territories.models import Territory

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

VISIBLE = Q(publication="published", activity_state="open")


class LegalForm(models.TextChoices):
    ASSOCIATION = "association", _("association")
    SCIC = "scic", _("société coopérative d’intérêt collectif (Scic)")
    SCOP = "scop", _("société coopérative et participative (Scop)")
    COOPERATIVE = "cooperative", _("autre coopérative")
    MUTUAL = "mutual", _("mutuelle")
    FOUNDATION = "foundation", _("fondation ou fonds de dotation")
    COMPANY = "company", _("société commerciale")
    SOLE_TRADER = "sole-trader", _("entreprise individuelle")
    FARM = "farm", _("société agricole")
    PUBLIC = "public", _("organisme public")
    COLLECTIVE = "collective", _("collectif sans statut")
    OTHER = "other", _("autre forme")
    UNKNOWN = "unknown", _("forme non renseignée")


class Precision(models.TextChoices):
    """How far the point may be trusted."""

    ADDRESS = "address", _("adresse")
    STREET = "street", _("rue")
    COMMUNE = "commune", _("commune (point au chef-lieu)")
    BLURRED = "blurred", _("lieu volontairement flouté")


class Publication(models.TextChoices):
    DRAFT = "draft", _("brouillon")
    PUBLISHED = "published", _("publiée")
    HIDDEN = "hidden", _("masquée")
    ARCHIVED = "archived", _("archivée")


class ActivityState(models.TextChoices):
    OPEN = "open", _("en activité")
    CLOSED = "closed", _("fermée")
    PLANNED = "planned", _("en projet")


class Origin(models.TextChoices):
    REAL = "real", _("réelle")
    EXAMPLE = "example", _("donnée d’exemple, à vérifier")
    SYNTHETIC = "synthetic", _("donnée d’essai, inventée")


class DatePrecision(models.TextChoices):
    YEAR = "year", _("année")
    MONTH = "month", _("mois")
    DAY = "day", _("jour")


def copied(verbose_name: StrOrPromise) -> models.ForeignKey:
    """A territory that follows from the commune: written by the database, never by hand."""
    return models.ForeignKey(
        Territory,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        db_index=False,
        verbose_name=verbose_name,
    )


def tile(share: str) -> models.GeneratedField:
    """A cell of the web-mercator grid at zoom 24, from the share of its width or height."""
    return models.GeneratedField(
        # greatest() and least() skip nulls: a row without a point must have no cell.
        expression=Func(
            F("location"),
            template="CASE WHEN %(expressions)s IS NOT NULL THEN "
            f"greatest(least(floor(({share}) * 16777216), 16777215), 0)::integer END",
        ),
        output_field=models.IntegerField(null=True),
        db_persist=True,
    )


def every_activity(comparison: str) -> Q:
    """True where the comparison holds for each activity of the row."""
    return Q(
        Func(
            F("activities"),
            template=f"{comparison} ALL (%(expressions)s)",
            output_field=models.BooleanField(),
        )
    )


# Derived from other columns of the row, or copied from its commune: not history.
DERIVED = ["search", "sector_mask", "main_sector", "name_sort", "tile_x", "tile_y",
           "epci", "region", "country", "charter_signatory", "vouched_at"]  # fmt: skip


# What the map and the counts read of a row: an index that holds it spares them the table (covering.py).
PLACED = ("id", "location", "tile_x", "tile_y")
MAPPED = (*PLACED, "sector_mask", "legal_form", "activities")


# What a listing says, and the words of it that are not known yet. Without a parameter, it is planned once;
# what says the same as before has nothing to teach.
SAID = (
    "\n    SELECT name, summary, description, commune_id, departement_id FROM new_rows"
    " WHERE publication = 'published'\n"
)
SAID_BEFORE = SAID.replace("new_rows", "old_rows")
LEARN_WORDS = """
    INSERT INTO public.directory_lexiconword (word)
    SELECT word FROM (SELECT DISTINCT word FROM (
        SELECT regexp_split_to_table(
            public.f_fold(concat_ws(' ', i.name, i.summary, i.description, c.name, d.name)), '[^[:alnum:]]+'
        ) AS word
        FROM (SAID) AS i
        LEFT JOIN public.territories_territory c ON c.id = i.commune_id
        LEFT JOIN public.territories_territory d ON d.id = i.departement_id
    ) AS said WHERE length(word) BETWEEN 3 AND 40 AND word !~ '[0-9]') AS words
    WHERE NOT EXISTS (SELECT FROM public.directory_lexiconword l WHERE l.word = words.word);
    RETURN NULL;
"""
BOTH_ROWS = pgtrigger.Referencing(old="old_rows", new="new_rows")


class Initiative(models.Model):
    """An initiative; its slug and UUID never change."""

    uuid = models.UUIDField(_("identifiant universel"), default=uuid.uuid4, unique=True, editable=False)
    slug = models.TextField(_("nom dans l’adresse"), unique=True, validators=[slug_name])
    name = models.TextField(_("nom"))
    language = models.CharField(_("langue des textes"), max_length=2, default="fr")
    summary = models.TextField(_("en une phrase"), blank=True)
    description = models.TextField(_("description"), blank=True)
    # The first one is the main activity.
    activities = ArrayField(models.SmallIntegerField(), verbose_name=_("activités"))
    legal_form = models.TextField(_("forme juridique"), choices=LegalForm, default=LegalForm.UNKNOWN)
    legal_form_note = models.TextField(_("forme juridique, telle que dite"), blank=True)
    siret = models.CharField(_("SIRET"), max_length=14, blank=True, validators=[siret_number])
    rna = models.CharField(_("RNA"), max_length=10, blank=True, validators=[rna_number])
    website = models.URLField(_("site web"), max_length=500, blank=True)
    email = models.EmailField(_("courriel de l’organisation"), blank=True)
    phone = models.TextField(_("téléphone de l’organisation"), blank=True, validators=[phone_number])

    street = models.TextField(_("numéro et voie"), blank=True)
    postcode = models.TextField(_("code postal"), blank=True)
    locality = models.TextField(_("localité"), blank=True)
    location = models.PointField(_("point"), srid=4326, null=True, blank=True, spatial_index=False)
    precision = models.TextField(_("précision du point"), choices=Precision, blank=True)
    commune = models.ForeignKey(
        Territory,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="initiatives",
        db_index=False,
        verbose_name=_("commune"),
    )
    arrondissement = models.ForeignKey(
        Territory,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("arrondissement"),
    )
    epci = copied(_("intercommunalité"))
    # Follows from the commune; may be declared where only the département is known.
    departement = models.ForeignKey(
        Territory,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("département"),
    )
    region = copied(_("région"))
    country = copied(_("pays"))
    served = models.ManyToManyField(
        Territory,
        through="ServedTerritory",
        related_name="serving_initiatives",
        blank=True,
        verbose_name=_("territoires desservis"),
    )

    founded = models.DateField(_("fondée le"), null=True, blank=True)
    founded_precision = models.TextField(_("précision"), choices=DatePrecision, blank=True)
    closed = models.DateField(_("fermée le"), null=True, blank=True)
    closed_precision = models.TextField(_("précision"), choices=DatePrecision, blank=True)
    opening_hours = models.TextField(_("horaires (syntaxe OpenStreetMap)"), blank=True)
    accepts_testimony = models.BooleanField(_("accepte de témoigner"), default=False)
    charter_signatory = models.BooleanField(_("signataire de la charte"), default=False, editable=False)

    publication = models.TextField(_("publication"), choices=Publication, default=Publication.DRAFT)
    activity_state = models.TextField(_("activité"), choices=ActivityState, default=ActivityState.OPEN)
    origin = models.TextField(_("origine"), choices=Origin, default=Origin.REAL)
    source = models.TextField(_("source"), blank=True)
    # By field: {"name": {"at": ISO time, "by": account or source, "from": where it was read}}, and for what a
    # person wrote its "hand": in which capacity (history.Hand).
    provenance = models.JSONField(_("provenance par champ"), default=dict, blank=True)
    verified_at = models.DateTimeField(_("vérifiée le"), null=True, blank=True)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("vérifiée par"),
    )
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sites",
        verbose_name=_("organisation mère"),
    )
    created_at = models.DateTimeField(_("créée le"), auto_now_add=True)
    updated_at = models.DateTimeField(_("mise à jour le"), auto_now=True)

    sector_mask = models.GeneratedField(
        expression=Func(F("activities"), function="public.directory_sector_mask"),
        output_field=models.IntegerField(),
        db_persist=True,
    )
    main_sector = models.GeneratedField(
        expression=Func(F("activities"), template="(%(expressions)s)[1] / 100"),
        output_field=models.SmallIntegerField(),
        db_persist=True,
    )
    name_sort = models.GeneratedField(
        expression=Func(F("name"), function="public.f_fold"),
        output_field=models.TextField(db_collation="C"),
        db_persist=True,
    )
    search = models.GeneratedField(
        expression=Func(
            F("name"),
            F("summary"),
            F("description"),
            F("activities"),
            F("commune"),
            F("departement"),
            F("region"),
            function="public.directory_search_vector",
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )
    # When a person last vouched for it: verified it, wrote a field of it, or else made it. What an import
    # or a harvest writes vouches for nothing: provenance says who wrote each field.
    vouched_at = models.GeneratedField(
        expression=Func(
            F("created_at"), F("verified_at"), F("provenance"), function="public.directory_vouched_at"
        ),
        output_field=models.DateTimeField(),
        db_persist=True,
    )
    tile_x = tile("(ST_X(%(expressions)s) + 180.0) / 360.0")
    # The grid ends at 85.06°: what lies beyond belongs to its last rows.
    tile_y = tile(
        "(1.0 - asinh(tan(radians(greatest(least(ST_Y(%(expressions)s), 85.06), -85.06)))) / pi()) / 2.0"
    )

    objects = InitiativeQuerySet.as_manager()

    class Meta:
        verbose_name = _("initiative")
        verbose_name_plural = _("initiatives")
        ordering = ["name_sort", "id"]
        constraints = [
            models.CheckConstraint(name="initiative_name_said", condition=~Q(name="")),
            models.CheckConstraint(
                name="initiative_slug_form", condition=Q(slug__regex=r"^[a-z0-9]+(-[a-z0-9]+)*$")
            ),
            models.CheckConstraint(
                name="initiative_has_activities",
                condition=Q(activities__len__range=(1, 20)),
            ),
            models.CheckConstraint(
                name="initiative_activities_in_a_sector",
                condition=every_activity("100 <=") & every_activity("3099 >="),
            ),
            models.CheckConstraint(
                name="initiative_precision_with_point",
                condition=Q(location=None, precision="") | (Q(location__isnull=False) & ~Q(precision="")),
            ),
            models.CheckConstraint(
                name="initiative_siret_digits", condition=Q(siret="") | Q(siret__regex=r"^[0-9]{14}$")
            ),
            models.CheckConstraint(
                name="initiative_rna_form", condition=Q(rna="") | Q(rna__regex=r"^W[0-9A-Z][0-9]{8}$")
            ),
            models.CheckConstraint(
                name="initiative_closed_after_founded",
                condition=Q(founded=None) | Q(closed=None) | Q(closed__gte=F("founded")),
            ),
            models.CheckConstraint(
                name="initiative_dates_have_precision",
                condition=(Q(founded=None) | ~Q(founded_precision=""))
                & (Q(closed=None) | ~Q(closed_precision="")),
            ),
            models.CheckConstraint(
                name="initiative_verified_by_someone_real",
                condition=Q(verified_at=None) | ~Q(origin="synthetic"),
            ),
        ]
        indexes = [
            # read by the list in the order of names
            models.Index(fields=["name_sort", "id"], name="initiative_by_name", condition=VISIBLE),
            # read by the lists "recently updated" and "recently added", and by updated_since
            models.Index(fields=["-updated_at", "-id"], name="initiative_by_update", condition=VISIBLE),
            models.Index(fields=["-created_at", "-id"], name="initiative_by_creation", condition=VISIBLE),
            # read by bbox, near and the map: of the visible only, or the planner would read the whole
            # of another index to know who is
            GistIndex(fields=["location"], name="initiative_location", condition=VISIBLE),
            # read by q
            GinIndex(fields=["search"], name="initiative_search"),
            # read by sector
            GinIndex(fields=["activities"], name="initiative_activities"),
            # read by territory
            models.Index(fields=["commune"], name="initiative_commune"),
            models.Index(fields=["arrondissement"], name="initiative_arrondissement"),
            *(
                # with what the map and the counts take of each row: tens of thousands without the table
                models.Index(fields=[kind], name=f"initiative_{kind}", condition=VISIBLE, include=MAPPED)
                for kind in ("epci", "departement", "region")
            ),
            # read by counts in a box or a radius, cell by cell (level 14), without the table
            models.Index(
                F("tile_x").bitrightshift(10),
                F("tile_y").bitrightshift(10),
                name="initiative_cells",
                condition=VISIBLE,
                include=MAPPED,
            ),
            # read by legal_form, of which most of the rows may be, and by counts of networks in a sector
            models.Index(
                fields=["legal_form", "sector_mask"],
                name="initiative_legal_form",
                condition=VISIBLE,
                include=PLACED,
            ),
            # read by missing=confirmation, by the list of what is missing, and by retention
            models.Index(fields=["vouched_at", "id"], name="initiative_vouched", condition=VISIBLE),
            # read by remove_examples and by the removal of synthetic rows
            models.Index(fields=["origin"], name="initiative_origin", condition=~Q(origin="real")),
            # read where listings that come in are matched with what is known (exchange.matching); those of
            # one organisation by the nine digits of its SIREN
            models.Index(Left("siret", 9), name="initiative_siren", condition=~Q(siret="")),
            models.Index(fields=["rna"], name="initiative_rna", condition=~Q(rna="")),
            models.Index(
                Func(F("website"), function="public.directory_website_key"),
                name="initiative_website",
                condition=~Q(website=""),
            ),
        ]
        triggers = [
            # Derived data: whatever road a row comes by, its territories follow its commune.
            pgtrigger.Trigger(
                name="territories_follow_commune",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                func="""
                    IF NEW.arrondissement_id IS NOT NULL THEN
                        SELECT commune_id INTO NEW.commune_id FROM territories_territory
                        WHERE id = NEW.arrondissement_id;
                    END IF;
                    IF NEW.commune_id IS NOT NULL THEN
                        SELECT epci_id, departement_id, region_id, country_id
                        INTO NEW.epci_id, NEW.departement_id, NEW.region_id, NEW.country_id
                        FROM territories_territory WHERE id = NEW.commune_id;
                    ELSE
                        NEW.epci_id := NULL; NEW.region_id := NULL; NEW.country_id := NULL;
                        SELECT region_id, country_id INTO NEW.region_id, NEW.country_id
                        FROM territories_territory WHERE id = NEW.departement_id;
                    END IF;
                    RETURN NEW;
                """,
            ),
            # Derived data: the words that a typo may be corrected to.
            *(
                pgtrigger.Trigger(
                    name=f"lexicon_follows_{name}",
                    level=pgtrigger.Statement,
                    operation=operation,
                    when=pgtrigger.After,
                    referencing=referencing,
                    func=LEARN_WORDS.replace("SAID", said),
                )
                for name, operation, referencing, said in [
                    ("insert", pgtrigger.Insert, pgtrigger.Referencing(new="new_rows"), SAID),
                    ("update", pgtrigger.Update, BOTH_ROWS, f"{SAID} EXCEPT ALL {SAID_BEFORE}"),
                ]
            ),
        ]

    def __str__(self) -> str:
        return self.name


COLUMNS = {field.name: field.column for field in Initiative._meta.concrete_fields}


def _changed(*fields: str) -> pgtrigger.Condition:
    """True where one of the fields changed. Geometry is compared as bytes: a dump is restored
    with an empty search path, where the operators of PostGIS are not found."""
    columns = [column for name, column in COLUMNS.items() if name in fields]
    compared = [f'"{column}"::bytea' if column == "location" else f'"{column}"' for column in columns]
    return pgtrigger.Condition(" OR ".join(f"OLD.{c} IS DISTINCT FROM NEW.{c}" for c in compared))


TRACKED = [name for name in COLUMNS if name not in {*DERIVED, "updated_at"}]

recorded(
    _changed(*(name for name in TRACKED if name not in {"id", "created_at"})),
    fields=TRACKED,
    model_name="InitiativeEvent",
)(Initiative)


@recorded()
class ServedTerritory(models.Model):
    """A territory that an initiative serves, wherever it is established."""

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="served_territories")
    territory = models.ForeignKey(
        Territory, models.PROTECT, related_name="served_by", verbose_name=_("territoire")
    )

    class Meta:
        verbose_name = _("territoire desservi")
        verbose_name_plural = _("territoires desservis")
        constraints = [models.UniqueConstraint(fields=["initiative", "territory"], name="served_once")]
