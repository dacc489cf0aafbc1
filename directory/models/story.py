"""What people tell of an initiative: experience sheets and testimonies, read by a moderator first.

Out of every history: a text is somebody's words and may be withdrawn for good.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _

from directory.models.initiative import Initiative

LONGEST_STORY_TITLE = 150
LONGEST_STORY_TEXT = 6_000
LONGEST_SIGNATURE = 120
LONGEST_STORY_REASON = 2_000

models.TextField.register_lookup(Length)


class StoryKind(models.TextChoices):
    SHEET = "sheet", _("fiche d’expérience")
    TESTIMONY = "testimony", _("témoignage")


class StoryState(models.TextChoices):
    DRAFT = "draft", _("brouillon")
    WAITING = "waiting", _("en attente de relecture")
    PUBLISHED = "published", _("publié")
    REFUSED = "refused", _("refusé")
    WITHDRAWN = "withdrawn", _("retiré")


# What a moderator said of it, and when.
DECIDED = (StoryState.PUBLISHED, StoryState.REFUSED)
# The parts of a sheet besides its text; a testimony has none.
SHEET_PARTS = ("context", "difficulties", "advice")


class StoryQuerySet(models.QuerySet["Story"]):
    def published(self) -> StoryQuerySet:
        """What everyone reads: of published initiatives."""
        return self.filter(state=StoryState.PUBLISHED, initiative__publication="published")


def bounded(name: str, field: str, most: int, least: int = 0) -> models.CheckConstraint:
    return models.CheckConstraint(name=name, condition=Q(**{f"{field}__length__range": (least, most)}))


class Story(models.Model):
    """Plain text throughout; ``signature`` is how its author wants to be named, or nothing."""

    uuid = models.UUIDField(_("identifiant universel"), default=uuid.uuid4, unique=True, editable=False)
    initiative = models.ForeignKey(
        Initiative, models.CASCADE, related_name="stories", verbose_name=_("initiative")
    )
    kind = models.TextField(_("nature"), choices=StoryKind)
    state = models.TextField(_("état"), choices=StoryState, default=StoryState.DRAFT)
    language = models.CharField(_("langue"), max_length=2, default="fr")
    title = models.TextField(_("titre"))
    context = models.TextField(_("le contexte"), blank=True)
    text = models.TextField(_("ce qui a été fait, ou vécu"))
    difficulties = models.TextField(_("les difficultés"), blank=True)
    advice = models.TextField(_("ce que l’on conseille à d’autres"), blank=True)
    signature = models.TextField(_("signature publique"), blank=True)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="stories",
        verbose_name=_("écrit par"),
    )
    created_at = models.DateTimeField(_("créé le"), auto_now_add=True)
    sent_at = models.DateTimeField(_("proposé le"), null=True, blank=True)
    decided_at = models.DateTimeField(_("décidé le"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("décidé par"),
    )
    reason = models.TextField(_("raison du refus ou du retrait"), blank=True)

    objects = StoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("récit")
        verbose_name_plural = _("récits")
        ordering = ["-decided_at", "-pk"]
        constraints = [
            bounded("story_title_said", "title", LONGEST_STORY_TITLE, least=1),
            bounded("story_text_said", "text", LONGEST_STORY_TEXT, least=1),
            *(bounded(f"story_{part}_bounded", part, LONGEST_STORY_TEXT) for part in SHEET_PARTS),
            bounded("story_signature_bounded", "signature", LONGEST_SIGNATURE),
            models.CheckConstraint(
                name="story_testimony_is_one_text",
                condition=Q(kind=StoryKind.SHEET) | Q(**dict.fromkeys(SHEET_PARTS, "")),
            ),
            models.CheckConstraint(
                name="story_sent_before_it_waits",
                condition=Q(state=StoryState.DRAFT) | Q(sent_at__isnull=False),
            ),
            models.CheckConstraint(
                name="story_decided_at_some_time",
                condition=~Q(state__in=DECIDED) | Q(decided_at__isnull=False),
            ),
        ]
        indexes = [
            # read by the page of an initiative
            models.Index(fields=["initiative"], name="story_published", condition=Q(state="published")),
            # read by moderators: what waits
            models.Index(fields=["sent_at"], name="story_waiting", condition=Q(state="waiting")),
        ]

    def __str__(self) -> str:
        return self.title
