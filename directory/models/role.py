"""Who may act for what: a role is asked for, granted by someone else, dated, ended. Never deleted by hand.

A row lives through three states: asked for (``decided_at`` none), held (``granted``, not ended), past
(refused or ended). What the roles allow stands in :mod:`directory.permissions`.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _

from directory.models.grouping import Grouping
from directory.models.initiative import Initiative
from territories.models import Territory

LONGEST_REASON = 2_000

models.TextField.register_lookup(Length)


class RoleKind(models.TextChoices):
    OWNER = "owner", _("responsable d’une initiative")
    COORDINATOR = "coordinator", _("coordination d’un réseau ou d’un PTCE")
    MODERATOR = "moderator", _("modération d’un territoire")
    OFFICER = "officer", _("agent d’une collectivité")
    ADMINISTRATOR = "administrator", _("administration du site")


# What each role holds for; None: the whole site.
TARGETS: dict[str, str | None] = {
    RoleKind.OWNER: "initiative",
    RoleKind.COORDINATOR: "grouping",
    RoleKind.MODERATOR: "territory",
    RoleKind.OFFICER: "territory",
    RoleKind.ADMINISTRATOR: None,
}


def _one_target() -> Q:
    """Each kind of role names its own kind of target, and no other."""
    condition = Q()
    for kind, wanted in TARGETS.items():
        named = {f"{target}__isnull": target != wanted for target in ("initiative", "grouping", "territory")}
        condition |= Q(kind=kind, **named)
    return condition


HELD = Q(granted=True, ended_at=None)
CURRENT = Q(decided_at=None) | HELD


class RoleQuerySet(models.QuerySet["Role"]):
    def waiting(self) -> RoleQuerySet:
        return self.filter(decided_at=None)

    def held(self) -> RoleQuerySet:
        """In force now, of people whose account is active."""
        return self.filter(HELD, person__is_active=True)


class Role(models.Model):
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="roles", verbose_name=_("personne")
    )
    kind = models.TextField(_("rôle"), choices=RoleKind)
    initiative = models.ForeignKey(
        Initiative, models.CASCADE, null=True, blank=True, related_name="roles", verbose_name=_("initiative")
    )
    grouping = models.ForeignKey(
        Grouping, models.CASCADE, null=True, blank=True, related_name="roles", verbose_name=_("groupement")
    )
    territory = models.ForeignKey(
        Territory, models.CASCADE, null=True, blank=True, related_name="roles", verbose_name=_("territoire")
    )
    reason = models.TextField(_("raison de la demande"))
    asked_at = models.DateTimeField(_("demandé le"), auto_now_add=True)
    decided_at = models.DateTimeField(_("décidé le"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("décidé par"),
    )
    granted = models.BooleanField(_("accordé"), default=False)
    answer = models.TextField(_("réponse"), blank=True)
    ended_at = models.DateTimeField(_("terminé le"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("terminé par"),
    )

    objects = RoleQuerySet.as_manager()

    class Meta:
        verbose_name = _("rôle")
        verbose_name_plural = _("rôles")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="role_names_its_target", condition=_one_target()),
            models.CheckConstraint(
                name="role_reason_said", condition=Q(reason__length__range=(1, LONGEST_REASON))
            ),
            models.CheckConstraint(
                name="role_granted_at_some_time", condition=Q(granted=False) | Q(decided_at__isnull=False)
            ),
            models.CheckConstraint(name="role_ended_was_held", condition=Q(ended_at=None) | Q(granted=True)),
            # Nobody decides of their own role: whatever road a row comes by.
            models.CheckConstraint(
                name="role_granted_by_another",
                condition=Q(granted=False) | Q(decided_by=None) | ~Q(decided_by=models.F("person")),
            ),
            # One request or one role at a time for each target.
            models.UniqueConstraint(
                fields=["person", "kind", "initiative", "grouping", "territory"],
                name="role_once",
                condition=CURRENT,
                nulls_distinct=False,
            ),
        ]
        indexes = [
            # read by permissions.may() for each question
            models.Index(fields=["person", "kind"], name="role_held", condition=HELD),
            # read by the page of what waits for a decision
            models.Index(fields=["asked_at"], name="role_waiting", condition=Q(decided_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.target or ''}".rstrip(" ·")

    @property
    def target(self) -> Initiative | Grouping | Territory | None:
        return self.initiative or self.grouping or self.territory

    @property
    def state(self) -> str:
        """``waiting``, ``held``, ``refused`` or ``ended``."""
        if self.decided_at is None:
            return "waiting"
        if not self.granted:
            return "refused"
        return "ended" if self.ended_at else "held"
