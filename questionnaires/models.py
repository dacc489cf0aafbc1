"""Questionnaires, the versions of what they ask, and what was answered.

Answers are no history: what is erased is gone. A version that was published never changes, so that answers
stay readable as they were given.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from functools import cached_property

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from directory.models import Grouping, Initiative
from directory.validators import slug_name
from questionnaires.content import Content, read
from territories.models import Territory

models.TextField.register_lookup(Length)

MOST_CIRCLES, LONGEST_CIRCLE = 8, 60
LONGEST_TITLE, LONGEST_NOTE = 200, 1_000
# Pages that show what is shared are vouched for by the version of the directory (directory/version.py).
NOTE_SHARED = """
IF OLD.sharing IN ('public', 'statistics') OR NEW.sharing IN ('public', 'statistics') THEN
    INSERT INTO public.directory_version VALUES (1);
END IF;
RETURN NULL;
"""


class Questionnaire(models.Model):
    slug = models.TextField(_("nom dans l’adresse"), unique=True, validators=[slug_name])

    class Meta:
        verbose_name = _("questionnaire")
        verbose_name_plural = _("questionnaires")
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.slug

    def current(self) -> QuestionnaireVersion | None:
        """The version that is answered now: the last one published."""
        return self.versions.published().order_by("-number").first()


class VersionQuerySet(models.QuerySet["QuestionnaireVersion"]):
    def published(self) -> VersionQuerySet:
        return self.filter(published_at__isnull=False)


class QuestionnaireVersion(models.Model):
    """``content``: see :mod:`questionnaires.content`. A draft until ``published_at``, fixed from then on."""

    questionnaire = models.ForeignKey(
        Questionnaire, models.PROTECT, related_name="versions", verbose_name=_("questionnaire")
    )
    number = models.PositiveSmallIntegerField(_("numéro"))
    content = models.JSONField(_("contenu"))
    created_at = models.DateTimeField(_("créée le"), auto_now_add=True)
    published_at = models.DateTimeField(_("publiée le"), null=True, blank=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("publiée par"),
    )

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version de questionnaire")
        verbose_name_plural = _("versions de questionnaires")
        ordering = ["questionnaire", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["questionnaire", "number"], name="questionnaire_version_once"),
            models.CheckConstraint(name="questionnaire_version_counts", condition=Q(number__gte=1)),
        ]
        triggers = [
            # published_by alone may change: its account goes
            pgtrigger.Protect(
                name="published_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.published_at IS NOT NULL AND"
                    " (OLD.questionnaire_id, OLD.number, OLD.content, OLD.published_at) IS DISTINCT FROM"
                    " (NEW.questionnaire_id, NEW.number, NEW.content, NEW.published_at)"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.questionnaire} · {self.number}"

    @cached_property
    def parsed(self) -> Content:
        """What it asks, as values; what is stored was checked."""
        return read(self.content)

    @property
    def title(self) -> str:
        return self.parsed.title.say(get_language() or "fr")


class Sharing(models.TextChoices):
    """Who sees the profile of an initiative; its owner chooses."""

    PRIVATE = "private", _("privé : l’équipe de l’initiative seule")
    NETWORKS = "networks", _("réseaux et PTCE dont l’initiative est membre")
    PUBLIC = "public", _("public : le profil figure sur la page de l’initiative")
    STATISTICS = "statistics", _("statistiques seulement, sans nommer l’initiative")


class Credibility(models.TextChoices):
    SELF = "self", _("auto-déclaré")
    PEER = "peer", _("relu par un pair")
    INTERVIEW = "interview", _("établi en entretien")


class GroupSession(models.Model):
    """Answers given together, each on a telephone, without an account: :mod:`questionnaires.sessions`.

    ``circles``: what those who answer may say they are; a response holds a place in this list. ``live``: the
    group sees its figures before the end. ``figures`` are kept once the answers are erased.
    """

    uuid = models.UUIDField(_("identifiant universel"), default=uuid.uuid4, unique=True, editable=False)
    code = models.TextField(_("code"))
    version = models.ForeignKey(QuestionnaireVersion, models.PROTECT, related_name="sessions")
    title = models.TextField(_("titre"))
    note = models.TextField(_("consigne"), blank=True)
    circles = models.JSONField(_("groupes de participants"), default=list, blank=True)
    grouping = models.ForeignKey(
        Grouping, models.SET_NULL, null=True, blank=True, related_name="sessions",
        verbose_name=_("réseau ou PTCE"),
    )  # fmt: skip
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="group_sessions",
        verbose_name=_("ouverte par"),
    )  # fmt: skip
    live = models.BooleanField(_("résultats en direct"), default=True)
    created_at = models.DateTimeField(_("ouverte le"), auto_now_add=True)
    closes_at = models.DateTimeField(_("se ferme le"))
    ended_at = models.DateTimeField(_("terminée le"), null=True, blank=True)
    figures = models.JSONField(_("chiffres"), default=dict, blank=True)
    erased_at = models.DateTimeField(_("réponses effacées le"), null=True, blank=True)

    class Meta:
        verbose_name = _("séance à plusieurs")
        verbose_name_plural = _("séances à plusieurs")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["code"], name="group_session_code"),
            models.CheckConstraint(
                name="group_session_title_said", condition=Q(title__length__range=(1, LONGEST_TITLE))
            ),
            models.CheckConstraint(
                name="group_session_note_bounded", condition=Q(note__length__range=(0, LONGEST_NOTE))
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def over_at(self) -> datetime:
        """When it ended, or will."""
        return min(self.ended_at, self.closes_at) if self.ended_at else self.closes_at

    @property
    def is_open(self) -> bool:
        return self.over_at > timezone.now()


class Response(models.Model):
    """Answers to one version: ``{"E1": 3, "E5": "na"}``, a blank is absent. Changed by
    :mod:`questionnaires.answering`, which keeps ``scores`` (dimension → 0–100, those that show) true to them.

    ``key_digest`` is the SHA-256 of the key that its link of return holds: the key itself is kept nowhere.
    """

    uuid = models.UUIDField(_("identifiant universel"), default=uuid.uuid4, unique=True, editable=False)
    version = models.ForeignKey(QuestionnaireVersion, models.PROTECT, related_name="responses")
    answers = models.JSONField(_("réponses"), default=dict, blank=True)
    scores = models.JSONField(_("scores"), default=dict, blank=True, editable=False)
    initiative = models.ForeignKey(
        Initiative, models.CASCADE, null=True, blank=True, related_name="responses",
        verbose_name=_("initiative"),
    )  # fmt: skip
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="responses",
        verbose_name=_("compte"),
    )  # fmt: skip
    group = models.ForeignKey(
        GroupSession,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="responses",
        verbose_name=_("séance"),
    )
    # The place of what they said they are, among the circles of the session.
    circle = models.PositiveSmallIntegerField(_("groupe de participants"), null=True, blank=True)
    key_digest = models.TextField(unique=True, null=True, blank=True, editable=False)
    language = models.CharField(_("langue"), max_length=2, default="fr")
    sharing = models.TextField(_("partage"), choices=Sharing, default=Sharing.PRIVATE)
    # Agreed to be named, beside results of others, as inspiring on a dimension.
    citable = models.BooleanField(_("peut être citée en exemple"), default=False)
    credibility = models.TextField(_("crédibilité"), choices=Credibility, default=Credibility.SELF)
    year = models.PositiveSmallIntegerField(_("année"))
    created_at = models.DateTimeField(_("commencée le"), auto_now_add=True)
    updated_at = models.DateTimeField(_("modifiée le"), auto_now=True)
    finished_at = models.DateTimeField(_("terminée le"), null=True, blank=True)

    class Meta:
        verbose_name = _("réponse")
        verbose_name_plural = _("réponses")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(name="response_sharing_known", condition=Q(sharing__in=Sharing.values)),
            models.CheckConstraint(
                name="response_credibility_known", condition=Q(credibility__in=Credibility.values)
            ),
            models.CheckConstraint(name="response_year_sensible", condition=Q(year__range=(2000, 2100))),
            # What is shared is shared in the name of an initiative.
            models.CheckConstraint(
                name="response_shared_by_initiative",
                condition=Q(sharing="private") | Q(initiative__isnull=False),
            ),
            models.CheckConstraint(
                name="response_cited_if_public", condition=Q(citable=False) | Q(sharing="public")
            ),
            models.CheckConstraint(
                name="response_circle_of_group", condition=Q(circle=None) | Q(group__isnull=False)
            ),
        ]
        indexes = [
            # read by the page of an initiative, year on year
            models.Index(fields=["initiative", "-year"], name="response_of_initiative"),
            # read by what nearby initiatives inspire
            models.Index(fields=["initiative"], name="response_citable", condition=Q(citable=True)),
            # read by what is forgotten
            models.Index(
                fields=["updated_at"], name="response_of_nobody", condition=Q(initiative__isnull=True)
            ),
            # read by the statistics of territories
            models.Index(
                fields=["initiative", "-year"],
                name="response_counted",
                condition=Q(sharing__in=["public", "statistics"]),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="note_shared",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=NOTE_SHARED,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version} · {self.uuid}"


class Review(models.Model):
    """Somebody asked to read a profile, and what they said of it: :mod:`questionnaires.reviewing`.

    ``email`` is where the invitation went, erased with the answer; ``note`` is for the owner alone. In whose
    name it was said: an initiative (a peer), a network or an authority (an interview).
    """

    response = models.ForeignKey(Response, models.CASCADE, related_name="reviews")
    kind = models.TextField(_("nature"), choices=[each for each in Credibility.choices if each[0] != "self"])
    email = models.EmailField(_("courriel"), blank=True)
    language = models.CharField(_("langue"), max_length=2, default="fr")
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("demandée par"),
    )  # fmt: skip
    invited_at = models.DateTimeField(_("demandée le"), auto_now_add=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="reviews",
        verbose_name=_("faite par"),
    )  # fmt: skip
    initiative = models.ForeignKey(Initiative, models.SET_NULL, null=True, blank=True, related_name="+")
    grouping = models.ForeignKey(Grouping, models.SET_NULL, null=True, blank=True, related_name="+")
    territory = models.ForeignKey(Territory, models.SET_NULL, null=True, blank=True, related_name="+")
    agreed = models.BooleanField(_("confirme le profil"), null=True, blank=True)
    answered_at = models.DateTimeField(_("répondu le"), null=True, blank=True)
    note = models.TextField(_("mot à l’équipe"), blank=True)

    class Meta:
        verbose_name = _("relecture")
        verbose_name_plural = _("relectures")
        ordering = ["-invited_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="review_kind_known", condition=Q(kind__in=["peer", "interview"])),
            models.CheckConstraint(
                name="review_answered",
                condition=Q(agreed=None, answered_at=None)
                | Q(agreed__isnull=False, answered_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.response} · {self.get_kind_display()}"
