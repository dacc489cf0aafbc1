"""What the site writes to people: one row for each letter to each person, from its writing to its sending."""

from __future__ import annotations

import uuid

from django.core.validators import validate_email
from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where a message stands; mail/delivery.py moves it from one to the next."""

    QUEUED = "queued", _("en attente")
    # No mail server was set when it was written: it leaves only when somebody asks.
    KEPT = "kept", _("non envoyé : aucun serveur de courriel")
    SENDING = "sending", _("en cours d’envoi")
    # The server has it all but the dot that ends it: from here to its answer nobody else knows what happened.
    HANDING = "handing", _("en cours de remise")
    SENT = "sent", _("envoyé")
    REFUSED = "refused", _("refusé par le serveur")
    GIVEN_UP = "given_up", _("abandonné après plusieurs essais")
    UNCERTAIN = "uncertain", _("remise incertaine")


# What an administrator may send again.
ENDED_BADLY = (State.KEPT, State.REFUSED, State.GIVEN_UP, State.UNCERTAIN)


class Message(models.Model):
    """A letter to one person, as it will leave: written once, then only its state changes."""

    uuid = models.UUIDField(_("identifiant"), default=uuid.uuid4, unique=True, editable=False)
    letter = models.CharField(_("lettre"), max_length=100, blank=True)
    to = models.CharField(_("destinataire"), max_length=254, validators=[validate_email])
    sender = models.CharField(_("expéditeur"), max_length=320)
    language = models.CharField(_("langue"), max_length=10)
    subject = models.TextField(_("objet"))
    text = models.TextField(_("texte"))
    html = models.TextField(_("HTML"), blank=True)
    headers = models.JSONField(_("en-têtes"), default=dict, blank=True)
    # Fixed at once: whatever reaches someone twice, their mail program can tell that it is one message.
    message_id = models.CharField(_("Message-ID"), max_length=320, unique=True)
    # Stays when the message is erased, so it must hold no personal data.
    key = models.CharField(_("clé d’unicité"), max_length=200, blank=True)
    state = models.CharField(_("état"), max_length=20, choices=State, default=State.QUEUED)
    attempts = models.PositiveIntegerField(_("essais"), default=0)
    next_attempt_at = models.DateTimeField(_("prochain essai"), null=True, blank=True)
    last_error = models.TextField(_("dernière erreur"), blank=True)
    created_at = models.DateTimeField(_("écrit le"), auto_now_add=True)
    sent_at = models.DateTimeField(_("envoyé le"), null=True, blank=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ("-created_at", "-pk")
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=~models.Q(key=""), name="mail_message_key"),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="mail_message_latest"),
            models.Index(fields=["state"], condition=~models.Q(state="sent"), name="mail_message_unsent"),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def may_be_sent_again(self) -> bool:
        return self.state in ENDED_BADLY
