"""Named persons, apart from the initiatives: nothing of them shows without their consent.

Kept out of every history: a deletion erases. What was answered is only added to, whatever the road.
"""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from directory.models.initiative import Initiative
from directory.validators import phone_number


class ConsentPurpose(models.TextChoices):
    PUBLIC = "public", _("affichage public")
    NETWORKS = "networks", _("visible des réseaux")
    EVENTS = "events", _("invitations à des évènements")


class ConsentMethod(models.TextChoices):
    """How an answer came."""

    LINK = "link", _("la personne, par le lien de son courriel")
    ACCOUNT = "account", _("la personne, depuis son compte")
    WRITTEN = "written", _("recueilli par écrit")
    SPOKEN = "spoken", _("recueilli de vive voix")
    CHANGED = "changed", _("le nom ou le courriel a changé : on redemande")


# Her own answers. Whoever has an address is asked there: what others declare for her opens nothing.
BY_HERSELF = (ConsentMethod.LINK, ConsentMethod.ACCOUNT)
IN_FORCE = Q(consents__granted=True) & (Q(email="") | Q(consents__method__in=BY_HERSELF))


class ContactQuerySet(models.QuerySet["Contact"]):
    def agreeing(self, purpose: str) -> ContactQuerySet:
        """Those whose latest answer to this purpose is yes, said by themselves where they can be asked."""
        latest = Consent.objects.filter(contact=OuterRef("pk"), purpose=purpose).order_by("-at", "-pk")
        return self.filter(IN_FORCE, consents__pk=Subquery(latest.values("pk")[:1]))


class Contact(models.Model):
    """A person to reach about an initiative."""

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="contacts")
    name = models.TextField(_("nom"))
    role = models.TextField(_("fonction"), blank=True)
    email = models.EmailField(_("courriel"), blank=True)
    phone = models.TextField(_("téléphone"), blank=True, validators=[phone_number])
    language = models.CharField(_("langue"), max_length=2, default="fr")
    # The account that wrote her name here; her own where she did.
    entered_by = models.TextField(_("inscrit par"), blank=True, editable=False)
    created_at = models.DateTimeField(_("créé le"), auto_now_add=True)

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")

    def __str__(self) -> str:
        return self.name


def append_only(table: str, *owners: tuple[str, str]) -> list[pgtrigger.Trigger]:
    """Rows are added, and go with one of their ``owners`` (column, table) only: by form, by hand, in bulk.

    What is erased with its owner goes first, so that it is judged when the transaction ends.
    """
    orphaned = " AND ".join(
        f"EXISTS (SELECT FROM public.{owner} WHERE id = OLD.{column})" for column, owner in owners
    )
    left = " AND ".join(f"EXISTS (SELECT FROM public.{owner})" for _column, owner in owners)
    refusal = f"RAISE EXCEPTION 'Rows of {table} are only added: they go with what they belong to.';"
    return [
        pgtrigger.Protect(name="append_only", operation=pgtrigger.Update),
        pgtrigger.Trigger(
            name="goes_with_its_owner",
            operation=pgtrigger.Delete,
            when=pgtrigger.After,
            timing=pgtrigger.Deferred,
            func=f"IF {orphaned} THEN {refusal} END IF; RETURN NULL;",
        ),
        pgtrigger.Trigger(
            name="emptied_with_its_owner",
            level=pgtrigger.Statement,
            operation=pgtrigger.Truncate,
            when=pgtrigger.After,
            func=f"IF {left} THEN {refusal} END IF; RETURN NULL;",
        ),
    ]


class Consent(models.Model):
    """One answer of a person to one purpose. Rows are added, never changed: the latest counts,
    and no row means no."""

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="consents")
    purpose = models.TextField(_("usage"), choices=ConsentPurpose)
    granted = models.BooleanField(_("accordé"))
    at = models.DateTimeField(_("le"), auto_now_add=True)
    # The text that was shown: see accounts/consent.py.
    wording_version = models.TextField(_("version du texte"))
    method = models.TextField(_("manière"), choices=ConsentMethod)
    source = models.TextField(_("recueilli par"))

    class Meta:
        verbose_name = _("consentement")
        verbose_name_plural = _("consentements")
        ordering = ["contact", "purpose", "-at"]
        constraints = [
            models.CheckConstraint(
                name="consent_purpose_known", condition=Q(purpose__in=ConsentPurpose.values)
            ),
            models.CheckConstraint(name="consent_method_known", condition=Q(method__in=ConsentMethod.values)),
        ]
        indexes = [models.Index(fields=["contact", "purpose", "-at"], name="consent_latest")]
        triggers = append_only("directory_consent", ("contact_id", "directory_contact"))

    def __str__(self) -> str:
        return f"{self.contact} · {self.get_purpose_display()}"
