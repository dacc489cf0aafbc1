"""What organisations were told about the record that the site holds of them."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directory.models.initiative import Initiative


class NoticeKind(models.TextChoices):
    RECORDED = "recorded", _("une fiche existe, que l’organisation n’a pas créée")
    STALE = "stale", _("la fiche sera masquée si personne ne la confirme")
    VERIFY = "verify", _("la fiche est-elle toujours vraie ?")


class Notice(models.Model):
    """One letter to the address of an organisation, or of who is responsible for its record."""

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="notices")
    kind = models.TextField(_("sujet"), choices=NoticeKind)
    sent_to = models.EmailField(_("envoyé à"))
    at = models.DateTimeField(_("le"), default=timezone.now)
    wording_version = models.TextField(_("version du texte"))
    # Of the message in the queue of mail, which is unique: nobody is told twice.
    key = models.TextField(_("clé du message"), unique=True)

    class Meta:
        verbose_name = _("information donnée")
        verbose_name_plural = _("informations données")
        ordering = ["-at", "-pk"]
        # read by notices.due() and by retention
        indexes = [models.Index(fields=["initiative", "kind", "-at"], name="notice_latest")]

    def __str__(self) -> str:
        return f"{self.initiative} · {self.get_kind_display()}"
