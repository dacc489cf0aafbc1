"""What somebody proposes to add to the directory or to correct in it: never in the directory before it is
accepted."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _

from contributions.models.photo import Photo
from directory.models import Initiative
from territories.models import Territory

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LONGEST_SAID = 4_000

models.TextField.register_lookup(Length)


def place(verbose_name: StrOrPromise) -> models.ForeignKey:
    """A territory that it lies in; what loads territories moves it on (contributions/places.py)."""
    return models.ForeignKey(
        Territory, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False,
        verbose_name=verbose_name,
    )  # fmt: skip


class ProposalKind(models.TextChoices):
    NEW = "new", _("nouvelle initiative")
    CORRECTION = "correction", _("correction")


class ProposalState(models.TextChoices):
    # Sent without the proof that a browser works out: its author is asked by mail before anybody reads it.
    CONFIRM = "confirm", _("à confirmer par courriel")
    WAITING = "waiting", _("en attente de la modération")
    ACCEPTED = "accepted", _("acceptée")
    REFUSED = "refused", _("refusée")
    WITHDRAWN = "withdrawn", _("retirée par son auteur")


DECIDED = (ProposalState.ACCEPTED, ProposalState.REFUSED, ProposalState.WITHDRAWN)


class Proposal(models.Model):
    """One proposal. Out of every history: the address of its author is forgotten for good.

    ``fields`` holds what is proposed and ``before`` the same fields of the initiative as they were then, both
    as contributions.fields writes them; ``base`` is the event of history (pgh_id) that was read.
    """

    uuid = models.UUIDField(_("identifiant universel"), default=uuid.uuid4, unique=True, editable=False)
    reference = models.TextField(_("référence"), unique=True, editable=False)
    kind = models.TextField(_("nature"), choices=ProposalKind)
    # The one that is corrected; or the one that was made of a new one when it was accepted.
    initiative = models.ForeignKey(
        Initiative, models.SET_NULL, null=True, blank=True, related_name="proposals",
        verbose_name=_("initiative"),
    )  # fmt: skip
    name = models.TextField(_("nom de l’initiative, ce jour-là"))
    fields = models.JSONField(_("ce qui est proposé, par champ"), default=dict)
    before = models.JSONField(_("ce qui était écrit alors, par champ"), default=dict)
    base = models.BigIntegerField(_("version d’alors"), null=True, blank=True)
    said = models.TextField(_("message à la modération"), blank=True)
    photo = models.OneToOneField(
        Photo, models.SET_NULL, null=True, blank=True, related_name="proposal", verbose_name=_("photo")
    )
    email = models.EmailField(_("courriel de l’auteur"), blank=True)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("compte de l’auteur"),
    )  # fmt: skip
    language = models.CharField(_("langue de l’auteur"), max_length=2, default="fr")
    # Where it is, for the queues: of the initiative that is corrected, or of the place of a new one.
    commune = place(_("commune"))
    arrondissement = place(_("arrondissement"))
    epci = place(_("intercommunalité"))
    departement = place(_("département"))
    region = place(_("région"))
    country = place(_("pays"))
    state = models.TextField(_("état"), choices=ProposalState, default=ProposalState.WAITING)
    created_at = models.DateTimeField(_("reçue le"), auto_now_add=True)
    decided_at = models.DateTimeField(_("décidée le"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("décidée par"),
    )  # fmt: skip
    reason = models.TextField(_("raison, envoyée à l’auteur"), blank=True)
    # The event of history (pgh_id) that its acceptance wrote, by which it can be undone.
    event = models.BigIntegerField(_("version écrite"), null=True, blank=True, editable=False)
    # A mark of the form that was sent: the same one sent twice is one proposal.
    sent = models.TextField(unique=True, null=True, editable=False)

    class Meta:
        verbose_name = _("proposition")
        verbose_name_plural = _("propositions")
        ordering = ["created_at", "pk"]
        constraints = [
            models.CheckConstraint(name="proposal_kind_known", condition=Q(kind__in=ProposalKind.values)),
            models.CheckConstraint(name="proposal_state_known", condition=Q(state__in=ProposalState.values)),
            models.CheckConstraint(name="proposal_named", condition=~Q(name="")),
            models.CheckConstraint(
                name="proposal_said_in_short", condition=Q(said__length__lte=LONGEST_SAID)
            ),
            models.CheckConstraint(
                name="proposal_decided_at_some_time",
                condition=Q(state__in=DECIDED, decided_at__isnull=False)
                | Q(decided_at=None, decided_by=None, reason="") & ~Q(state__in=DECIDED),
            ),
        ]
        indexes = [
            # read by the queues of moderators
            models.Index(
                fields=["departement", "created_at"], name="proposal_waiting", condition=Q(state="waiting")
            ),
            # read when addresses are forgotten
            models.Index(fields=["decided_at"], name="proposal_addresses", condition=~Q(email="")),
            # read by the limit on what one address may send
            models.Index(fields=["email", "created_at"], name="proposal_by_email", condition=~Q(email="")),
        ]

    def __str__(self) -> str:
        return f"{self.reference} · {self.name}"

    def forget(self) -> None:
        """All that it said; the name that a new one was given goes too. Not saved."""
        self.fields, self.before, self.said, self.reason = {}, {}, "", ""
        self.name = self.initiative.name if self.initiative else self.reference
