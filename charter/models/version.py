"""A version of the charter's text: a draft that is edited, then published and never changed."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

LONGEST_LINE = 200
LONGEST_TEXT = 50_000

models.TextField.register_lookup(Length)

# What was signed stays what it was.
SIGNED = ("number", "edition", "titles", "texts", "notes", "published_at")
CHANGED = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in SIGNED)


class CharterVersion(models.Model):
    """``titles``, ``texts`` and ``notes`` are by language; French is always there. A text is of lines: ``# ``
    begins a heading, ``- `` an item, ``> `` a quotation (:mod:`charter.wording`). ``notes`` says where the
    text comes from. ``number`` counts what was published; a draft has none."""

    number = models.PositiveSmallIntegerField(_("numéro"), null=True, blank=True, unique=True)
    edition = models.TextField(_("édition"))
    titles = models.JSONField(_("titre, par langue"))
    texts = models.JSONField(_("texte, par langue"))
    notes = models.JSONField(_("d’où vient le texte, par langue"), default=dict, blank=True)
    created_at = models.DateTimeField(_("créée le"), auto_now_add=True)
    published_at = models.DateTimeField(_("publiée le"), null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("publiée par"),
    )

    class Meta:
        verbose_name = _("version de la charte")
        verbose_name_plural = _("versions de la charte")
        ordering = ["-number", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="charter_edition_said", condition=Q(edition__length__range=(1, LONGEST_LINE))
            ),
            models.CheckConstraint(
                name="charter_said_in_french", condition=Q(titles__has_key="fr") & Q(texts__has_key="fr")
            ),
            models.CheckConstraint(
                name="charter_numbered_once_published",
                condition=Q(number=None, published_at=None)
                | Q(number__isnull=False, published_at__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="published_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(f"OLD.published_at IS NOT NULL AND ({CHANGED})"),
            ),
            pgtrigger.Protect(
                name="published_is_kept",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__published_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.edition})"

    def get_absolute_url(self) -> str:
        return reverse("frontend:charter_version", args=[self.number])

    @property
    def language(self) -> str:
        """The language in which it is read: the reader's where it was written in it, else French."""
        code = (get_language() or "fr")[:2]
        return code if self.texts.get(code) and self.titles.get(code) else "fr"

    @property
    def title(self) -> str:
        return str(self.titles[self.language])

    @property
    def text(self) -> str:
        return str(self.texts[self.language])

    @property
    def note(self) -> str:
        return str(self.notes.get(self.language) or self.notes.get("fr") or "")
