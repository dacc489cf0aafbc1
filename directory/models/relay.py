"""Messages that the site passes on without showing an address: how many, and who wants none."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from directory.models.contact import Contact
from directory.models.initiative import Initiative


class RelayCount(models.Model):
    """How many messages a visitor wrote, or an initiative was sent, since an hour began. No address, no text:
    the key is a keyed hash, and the row goes after a day."""

    key = models.TextField(unique=True)
    since = models.DateTimeField()
    n = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["since"], name="relay_count_since")]  # read by retention

    def __str__(self) -> str:
        return self.key


class RelayStop(models.Model):
    """The organisation (``contact`` none) or this contact of it wants no message through the form."""

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="relay_stops")
    contact = models.ForeignKey(Contact, models.CASCADE, null=True, blank=True, related_name="relay_stops")
    at = models.DateTimeField(_("le"), auto_now_add=True)

    class Meta:
        verbose_name = _("refus de messages")
        verbose_name_plural = _("refus de messages")
        constraints = [
            models.UniqueConstraint(
                fields=["initiative", "contact"], name="relay_stop_once", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return str(self.initiative)
