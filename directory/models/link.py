"""The circuit itself: who supplies, hosts, finances, distributes for whom."""

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


@recorded()
class Link(models.Model):
    """A declared relation from one initiative to another; read as a sentence."""

    origin = models.ForeignKey(Initiative, models.CASCADE, related_name="links_out", verbose_name=_("de"))
    target = models.ForeignKey(Initiative, models.CASCADE, related_name="links_in", verbose_name=_("vers"))
    kind = models.TextField(_("relation"), choices=LinkKind)
    since = models.DateField(_("depuis le"), null=True, blank=True)
    until = models.DateField(_("jusqu’au"), null=True, blank=True)
    source = models.TextField(_("source"), blank=True)

    class Meta:
        verbose_name = _("lien")
        verbose_name_plural = _("liens")
        constraints = [
            models.UniqueConstraint(fields=["origin", "target", "kind"], name="link_once"),
            models.CheckConstraint(name="link_between_two", condition=~Q(origin=F("target"))),
            models.CheckConstraint(
                name="link_ends_after_start",
                condition=Q(since=None) | Q(until=None) | Q(until__gte=F("since")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.origin} {self.get_kind_display()} {self.target}"
