"""Who signed the charter, which version of it, in whose name.

Personal data: kept out of every history, so that a withdrawal erases. Changed by :mod:`charter.signing` and
:mod:`charter.mandates` alone.
"""

from __future__ import annotations

import uuid
from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length, Lower
from django.utils.translation import gettext_lazy as _

from charter.models.version import CharterVersion
from directory.models import Grouping, Initiative
from territories.models import Territory

LONGEST_NAME = 300
LONGEST_ROLE = 200
LONGEST_STATEMENT = 2_000

models.TextField.register_lookup(Length)


class Capacity(models.TextChoices):
    """In which capacity a person signs in her own name; in the name of a structure, she has a role."""

    CITIZEN = "citizen", _("habitante ou habitant")
    CONSUMER = "consumer", _("consommatrice ou consommateur")
    PRODUCER = "producer", _("productrice ou producteur")
    EMPLOYEE = "employee", _("salariée ou salarié")
    VOLUNTEER = "volunteer", _("bénévole")
    ELECTED = "elected", _("élue ou élu")
    OTHER = "other", _("à un autre titre")


class Mandate(models.TextChoices):
    """Whether who signs for a structure may commit it."""

    NONE = "none", _("en son nom propre")
    WAITING = "waiting", _("mandat à vérifier")
    GRANTED = "granted", _("mandat vérifié")
    REFUSED = "refused", _("mandat refusé")


# In force: the address was confirmed, the mandate verified where there is one, and nobody went back on it.
HOLDS = Q(confirmed_at__isnull=False, withdrawn_at=None, mandate__in=["none", "granted"])
ALONE = Q(initiative=None, grouping=None, territory=None)
FOR_ONE = (
    Q(initiative__isnull=False, grouping=None, territory=None)
    | Q(initiative=None, grouping__isnull=False, territory=None)
    | Q(initiative=None, grouping=None, territory__isnull=False)
)

# Derived data: whatever road a row comes by. The latest signature says it alone, as on the public list
# (charter.signatories.every): renewed without being named, an initiative is named no more. Locked first, so
# that of two transactions that change signatures of one initiative, the later sees what the earlier wrote.
FOLLOW = """
    PERFORM FROM public.directory_initiative WHERE id IN (SELECT initiative_id FROM (ROWS) AS seen)
        ORDER BY id FOR NO KEY UPDATE;
    UPDATE public.directory_initiative AS i SET charter_signatory = said.signed FROM (
        SELECT seen.initiative_id, EXISTS (
            SELECT FROM public.charter_signature s WHERE s.initiative_id = seen.initiative_id AND s.listed
            AND s.confirmed_at IS NOT NULL AND s.withdrawn_at IS NULL AND s.mandate = 'granted'
            AND NOT EXISTS (SELECT FROM public.charter_signature n WHERE n.renews_id = s.id)
        ) AS signed
        FROM (SELECT DISTINCT initiative_id FROM (ROWS) AS seen) AS seen
    ) AS said WHERE i.id = said.initiative_id AND i.charter_signatory <> said.signed;
    INSERT INTO public.directory_version
        SELECT 1 WHERE EXISTS (SELECT FROM (ROWS) AS seen WHERE confirmed_at IS NOT NULL);
    RETURN NULL;
"""
OLD, NEW = "SELECT * FROM old_rows", "SELECT * FROM new_rows"


def follow(name: str, operation: Any, rows: str, referencing: pgtrigger.Referencing) -> pgtrigger.Trigger:
    """The flag of initiatives that signed, and the version of what can be read, follow the signatures."""
    return pgtrigger.Trigger(
        name=f"signatory_follows_{name}",
        level=pgtrigger.Statement,
        operation=operation,
        when=pgtrigger.After,
        referencing=referencing,
        func=FOLLOW.replace("ROWS", rows),
    )


class Signature(models.Model):
    """One signature of one version: a person's own, or that of one structure by somebody who may commit it.

    ``listed`` is the consent to be named, off by default, under the wording of that version
    (:mod:`charter.consent`): counted in any case, named only where it is given. For a structure ``name``,
    ``role`` and ``statement`` are those of who signs, and never shown. ``renews`` is what the same signatory
    had signed of an earlier version, which stays. Withdrawn, nothing of a person is left of it.
    """

    uuid = models.UUIDField(_("identifiant universel"), default=uuid.uuid4, unique=True, editable=False)
    version = models.ForeignKey(
        CharterVersion, models.PROTECT, related_name="signatures", verbose_name=_("version")
    )
    initiative = models.ForeignKey(
        Initiative, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("initiative")
    )
    grouping = models.ForeignKey(
        Grouping, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("réseau ou PTCE")
    )
    territory = models.ForeignKey(
        Territory, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("collectivité")
    )
    name = models.TextField(_("nom"), blank=True)
    email = models.EmailField(_("courriel"), blank=True)
    capacity = models.TextField(_("à quel titre"), choices=Capacity, blank=True)
    role = models.TextField(_("fonction dans la structure"), blank=True)
    statement = models.TextField(_("ce qui l’habilite à signer"), blank=True)
    # Of a person, where she says so; a structure has its own place.
    commune = models.ForeignKey(
        Territory, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("commune")
    )
    language = models.CharField(_("langue"), max_length=2, default="fr")
    listed = models.BooleanField(_("figure dans la liste publique"), default=False)
    wording_version = models.TextField(_("version des textes"), blank=True)
    created_at = models.DateTimeField(_("demandée le"), auto_now_add=True)
    confirmed_at = models.DateTimeField(_("confirmée le"), null=True, blank=True)
    mandate = models.TextField(_("mandat"), choices=Mandate, default=Mandate.NONE)
    mandate_at = models.DateTimeField(_("mandat décidé le"), null=True, blank=True)
    # None where a role that was granted before speaks for itself.
    mandate_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("mandat décidé par"),
    )
    answer = models.TextField(_("réponse"), blank=True)
    withdrawn_at = models.DateTimeField(_("retirée le"), null=True, blank=True)
    renews = models.OneToOneField(
        "self", models.SET_NULL, null=True, blank=True, related_name="renewed", verbose_name=_("renouvelle")
    )

    class Meta:
        verbose_name = _("signature de la charte")
        verbose_name_plural = _("signatures de la charte")
        ordering = ["-confirmed_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="signature_in_one_name",
                condition=Q(mandate="none") & ALONE | ~Q(mandate="none") & FOR_ONE,
            ),
            models.CheckConstraint(name="signature_mandate_known", condition=Q(mandate__in=Mandate.values)),
            models.CheckConstraint(
                name="signature_capacity_known", condition=Q(capacity__in=["", *Capacity.values])
            ),
            models.CheckConstraint(
                name="signature_name_said",
                condition=Q(withdrawn_at__isnull=False) | Q(name__length__range=(1, LONGEST_NAME)),
            ),
            models.CheckConstraint(
                name="signature_has_an_address", condition=Q(withdrawn_at__isnull=False) | ~Q(email="")
            ),
            models.CheckConstraint(
                name="signature_withdrawn_is_nameless",
                condition=Q(withdrawn_at=None)
                | Q(name="", email="", role="", statement="", answer="", listed=False),
            ),
            models.CheckConstraint(
                name="signature_role_bounded", condition=Q(role__length__range=(0, LONGEST_ROLE))
            ),
            models.CheckConstraint(
                name="signature_statement_bounded",
                condition=Q(statement__length__range=(0, LONGEST_STATEMENT)),
            ),
            models.CheckConstraint(
                name="signature_mandate_dated",
                condition=Q(mandate__in=["none", "waiting"], mandate_at=None)
                | Q(mandate__in=["granted", "refused"], mandate_at__isnull=False),
            ),
            # A version is signed once: whatever road a row comes by.
            *(
                models.UniqueConstraint(
                    fields=["version", what], name=f"signed_once_by_{what}", condition=HOLDS
                )
                for what in ("initiative", "grouping", "territory")
            ),
            models.UniqueConstraint(
                "version", Lower("email"), name="signed_once_by_person", condition=HOLDS & ALONE
            ),
        ]
        indexes = [
            models.Index(Lower("email"), name="signature_email"),  # read by what a person is told of herself
            # read by the public list and its counts, the latest first
            models.Index(fields=["-confirmed_at", "-id"], name="signature_in_force", condition=HOLDS),
            # read by the page of mandates to verify
            models.Index(fields=["created_at"], name="signature_to_verify", condition=Q(mandate="waiting")),
        ]
        triggers = [
            follow("insert", pgtrigger.Insert, NEW, pgtrigger.Referencing(new="new_rows")),
            follow(
                "update", pgtrigger.Update, f"{OLD} UNION ALL {NEW}",
                pgtrigger.Referencing(old="old_rows", new="new_rows"),
            ),
            follow("delete", pgtrigger.Delete, OLD, pgtrigger.Referencing(old="old_rows")),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.version_id} · {self.pk}"

    @property
    def structure(self) -> Initiative | Grouping | Territory | None:
        """None where it is a person's own."""
        return self.initiative or self.grouping or self.territory

    @property
    def state(self) -> str:
        """``withdrawn``, ``asked`` (its address waits to be confirmed), ``waiting`` (for its mandate to be
        verified), ``refused`` or ``held``."""
        if self.withdrawn_at:
            return "withdrawn"
        if not self.confirmed_at:
            return "asked"
        return {Mandate.WAITING: "waiting", Mandate.REFUSED: "refused"}.get(Mandate(self.mandate), "held")
