"""The circuit itself: who supplies, hosts, finances, distributes for whom."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from directory.models.initiative import Initiative
from directory.models.recorded import recorded


class LinkKind(models.TextChoices):
    SUPPLIES = "supplies", _("fournit")
    DISTRIBUTES = "distributes", _("distribue pour")
    HOSTS = "hosts", _("héberge")
    FINANCES = "finances", _("finance")
    SHARES_MEANS = "shares-means", _("partage des moyens avec")
    PARTNERS = "partners", _("est partenaire de")


# Relations that say the same from both ends.
MUTUAL = frozenset({LinkKind.SHARES_MEANS, LinkKind.PARTNERS})
# Of a link or a membership: where it is said, on one line.
LONGEST_TIE_SOURCE = 300


class LinkSide(models.TextChoices):
    """The two ends of a link."""

    ORIGIN = "origin", _("l’initiative de départ")
    TARGET = "target", _("l’initiative d’arrivée")


class LinkState(models.TextChoices):
    """How far a link is agreed upon: what its row says, in one word."""

    CONFIRMED = "confirmed", _("confirmé des deux côtés")
    NOTED = "noted", _("noté d’après une source")
    ASSERTED = "asserted", _("déclaré par un côté, pas encore confirmé par l’autre")
    DECLINED = "declined", _("refusé par l’autre côté")


BOTH_AGREED = Q(origin_agreed_at__isnull=False, target_agreed_at__isnull=False)
# What stands, or stood until it ended: both sides said so, or neither was asked and a source says it.
LINK_STANDS = BOTH_AGREED | Q(asserted_by="")
# What counts today, in drawings, figures and the API.
LINK_IN_FORCE = LINK_STANDS & Q(until=None)


@recorded()
class Link(models.Model):
    """A declared relation from one initiative to another; read as a sentence. Asserted by one side, it is
    told on its page alone until the other agrees."""

    origin = models.ForeignKey(Initiative, models.CASCADE, related_name="links_out", verbose_name=_("de"))
    target = models.ForeignKey(Initiative, models.CASCADE, related_name="links_in", verbose_name=_("vers"))
    kind = models.TextField(_("relation"), choices=LinkKind)
    since = models.DateField(_("depuis le"), null=True, blank=True)
    until = models.DateField(_("jusqu’au"), null=True, blank=True)
    source = models.TextField(_("source"), blank=True)
    asserted_by = models.TextField(
        _("déclaré par (personne : noté d’après une source)"), choices=LinkSide, blank=True, db_default=""
    )
    origin_agreed_at = models.DateTimeField(_("accord de l’initiative de départ"), null=True, blank=True)
    target_agreed_at = models.DateTimeField(_("accord de l’initiative d’arrivée"), null=True, blank=True)
    declined_at = models.DateTimeField(_("refusé le"), null=True, blank=True)

    class Meta:
        verbose_name = _("lien")
        verbose_name_plural = _("liens")
        constraints = [
            models.UniqueConstraint(
                fields=["origin", "target", "kind"], name="link_current_once", condition=Q(until=None)
            ),
            models.CheckConstraint(name="link_between_two", condition=~Q(origin=F("target"))),
            models.CheckConstraint(
                name="link_ends_after_start",
                condition=Q(since=None) | Q(until=None) | Q(until__gte=F("since")),
            ),
            models.CheckConstraint(
                name="link_asserted_by_who_agreed",
                condition=Q(asserted_by="")
                | Q(asserted_by=LinkSide.ORIGIN, origin_agreed_at__isnull=False)
                | Q(asserted_by=LinkSide.TARGET, target_agreed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="link_declined_was_asserted",
                condition=Q(declined_at=None) | (~Q(asserted_by="") & ~BOTH_AGREED),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.origin} {self.get_kind_display()} {self.target}"

    @property
    def state(self) -> LinkState:
        if self.origin_agreed_at and self.target_agreed_at:
            return LinkState.CONFIRMED
        if not self.asserted_by:
            return LinkState.NOTED
        return LinkState.DECLINED if self.declined_at else LinkState.ASSERTED

    def agreed_at(self, side: str) -> datetime | None:
        """When a side said so."""
        return self.origin_agreed_at if side == LinkSide.ORIGIN else self.target_agreed_at

    def side(self, side: str) -> Initiative:
        return self.origin if side == LinkSide.ORIGIN else self.target

    def side_of(self, initiative: Initiative) -> LinkSide:
        """On which end this initiative is."""
        return LinkSide.ORIGIN if self.origin_id == initiative.pk else LinkSide.TARGET
