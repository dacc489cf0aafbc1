"""PTCE and networks: groupings that initiatives belong to, both sides agreeing."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from directory.models.initiative import Initiative
from directory.models.recorded import recorded
from directory.validators import slug_name
from territories.models import Territory


class GroupingKind(models.TextChoices):
    PTCE = "ptce", _("pôle territorial de coopération économique")
    NETWORK = "network", _("réseau")


@recorded(exclude=["updated_at"])
class Grouping(models.Model):
    """A PTCE or a network; often an initiative in its own right."""

    uuid = models.UUIDField(_("identifiant universel"), default=uuid.uuid4, unique=True, editable=False)
    kind = models.TextField(_("nature"), choices=GroupingKind)
    slug = models.TextField(_("nom dans l’adresse"), validators=[slug_name])
    name = models.TextField(_("nom"))
    summary = models.TextField(_("en une phrase"), blank=True)
    website = models.URLField(_("site web"), max_length=500, blank=True)
    initiative = models.ForeignKey(
        Initiative,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="groupings",
        verbose_name=_("initiative qui l’anime"),
    )
    perimeter = models.ForeignKey(
        Territory,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="groupings",
        verbose_name=_("périmètre"),
    )
    programmes = ArrayField(
        models.TextField(),
        verbose_name=_("programmes"),
        default=list,
        blank=True,
        db_default=[],
        help_text=_("Les programmes où il est engagé, tels qu’ils s’appellent, séparés par des virgules."),
    )
    source = models.TextField(_("source"), blank=True)
    published = models.BooleanField(_("publié"), default=True)
    created_at = models.DateTimeField(_("créé le"), auto_now_add=True)
    updated_at = models.DateTimeField(_("mis à jour le"), auto_now=True)

    class Meta:
        verbose_name = _("PTCE ou réseau")
        verbose_name_plural = _("PTCE et réseaux")
        ordering = ["kind", "name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "slug"], name="grouping_slug_once_per_kind"),
            models.UniqueConstraint(
                fields=["kind", "initiative"],
                name="grouping_once_per_initiative",
                condition=Q(initiative__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name


@recorded()
class PtceStatus(models.Model):
    """What a PTCE was recognised as in a year, and by which source: never a boolean label."""

    grouping = models.ForeignKey(Grouping, models.CASCADE, related_name="statuses")
    year = models.PositiveSmallIntegerField(_("année"))
    status = models.TextField(_("statut"))
    source = models.TextField(_("source"))

    class Meta:
        verbose_name = _("statut de PTCE")
        verbose_name_plural = _("statuts de PTCE")
        ordering = ["grouping", "year"]
        constraints = [
            models.UniqueConstraint(fields=["grouping", "year", "source"], name="ptce_status_once"),
            models.CheckConstraint(name="ptce_status_year", condition=Q(year__range=(2009, 2200))),
        ]

    def __str__(self) -> str:
        return f"{self.year} · {self.status}"


# Both sides said so, and it goes on.
EFFECTIVE = Q(member_agreed_at__isnull=False, grouping_agreed_at__isnull=False, until=None)


@recorded()
class Membership(models.Model):
    """An initiative belongs to a grouping: effective once both sides have said so."""

    grouping = models.ForeignKey(
        Grouping, models.CASCADE, related_name="memberships", verbose_name=_("groupement")
    )
    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="memberships")
    since = models.DateField(_("depuis le"), null=True, blank=True)
    until = models.DateField(_("jusqu’au"), null=True, blank=True)
    member_agreed_at = models.DateTimeField(_("accord de l’initiative"), null=True, blank=True)
    grouping_agreed_at = models.DateTimeField(_("accord du groupement"), null=True, blank=True)
    declined_at = models.DateTimeField(_("refusée le"), null=True, blank=True)
    source = models.TextField(_("source"), blank=True)

    class Meta:
        verbose_name = _("adhésion")
        verbose_name_plural = _("adhésions")
        constraints = [
            models.UniqueConstraint(
                fields=["grouping", "initiative"], name="membership_current_once", condition=Q(until=None)
            ),
            models.CheckConstraint(
                name="membership_asserted",
                condition=Q(member_agreed_at__isnull=False) | Q(grouping_agreed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="membership_declined_was_asserted",
                condition=Q(declined_at=None) | Q(member_agreed_at=None) | Q(grouping_agreed_at=None),
            ),
            models.CheckConstraint(
                name="membership_ends_after_start",
                condition=Q(since=None) | Q(until=None) | Q(until__gte=F("since")),
            ),
        ]
        indexes = [
            # read by the facets of what a search finds
            models.Index(
                fields=["initiative", "grouping"],
                name="membership_of_initiative",
                condition=EFFECTIVE,
            ),
            # read by ptce= and network=, and by their facets
            models.Index(
                fields=["grouping", "initiative"],
                name="membership_effective",
                condition=EFFECTIVE,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.initiative} · {self.grouping}"
