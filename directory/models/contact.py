"""Named persons, apart from the initiatives: nothing of them shows without their consent.

Kept out of every history: a deletion erases.
"""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from directory.models.initiative import Initiative
from directory.validators import phone_number


class Contact(models.Model):
    """A person to reach about an initiative."""

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="contacts")
    name = models.TextField(_("nom"))
    role = models.TextField(_("fonction"), blank=True)
    email = models.EmailField(_("courriel"), blank=True)
    phone = models.TextField(_("téléphone"), blank=True, validators=[phone_number])
    created_at = models.DateTimeField(_("créé le"), auto_now_add=True)

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")

    def __str__(self) -> str:
        return self.name


class ConsentPurpose(models.TextChoices):
    PUBLIC = "public", _("affichage public")
    NETWORKS = "networks", _("visible des réseaux")
    EVENTS = "events", _("invitations à des événements")


class Consent(models.Model):
    """One answer of a person to one purpose. Rows are added, never changed: the latest counts,
    and no row means no."""

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="consents")
    purpose = models.TextField(_("usage"), choices=ConsentPurpose)
    granted = models.BooleanField(_("accordé"))
    at = models.DateTimeField(_("le"), auto_now_add=True)
    wording_version = models.TextField(_("version du texte"))
    source = models.TextField(_("recueilli par"))

    class Meta:
        verbose_name = _("consentement")
        verbose_name_plural = _("consentements")
        ordering = ["contact", "purpose", "-at"]
        indexes = [models.Index(fields=["contact", "purpose", "-at"], name="consent_latest")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.contact} · {self.get_purpose_display()}"
