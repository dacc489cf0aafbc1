"""People who sign in. Roles and consent wording join them here."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.models import EmailAddress
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    """Creates people by e-mail address, kept in lower case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        if not email:
            raise ValueError("An e-mail address is required.")
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Made by who has the server in hand: no mail is needed to believe the address."""
        user = self.create_user(email, password, is_staff=True, is_superuser=True, **fields)
        user.own_address(verified=True)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person, known by an e-mail address; no user name."""

    email = models.EmailField(_("adresse électronique"), unique=True)
    name = models.CharField(_("nom affiché"), max_length=150, blank=True)
    language = models.CharField(
        _("langue"), max_length=2, choices=[("fr", "français"), ("en", "English")], default="fr"
    )
    is_staff = models.BooleanField(_("accède à l’administration"), default=False)
    is_active = models.BooleanField(_("compte actif"), default=True)
    date_joined = models.DateTimeField(_("inscription"), default=timezone.now)
    # Part of what signs the next link of connection (accounts/links.py): each serves once.
    links_used = models.PositiveIntegerField(_("liens de connexion utilisés"), default=0, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        verbose_name = _("personne")
        verbose_name_plural = _("personnes")
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="accounts_user_email_any_case",
                violation_error_message=_("Un compte existe déjà avec cette adresse."),
            )
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def with_address(self) -> str:
        """The name and the address, for whoever has to know which account this is."""
        return f"{self.name} ({self.email})" if self.name else self.email

    def own_address(self, verified: bool = False) -> EmailAddress:
        """The row where allauth keeps whether the address is confirmed, made where it is missing; with
        ``verified``, it is from now on."""
        address = EmailAddress.objects.filter(user=self, email__iexact=self.email).first()
        if address is None:  # one at most is the first
            EmailAddress.objects.filter(user=self, primary=True).update(primary=False)
            address = EmailAddress(user=self, email=self.email.lower(), primary=True, verified=verified)
            address.save()
        elif verified and not address.verified:
            address.verified = True
            address.save(update_fields=["verified"])
        return address


class Scope(models.TextChoices):
    """What a token lets a program do in the name of its owner, who may do no more than before."""

    READ = "read", _("lire ce que je peux lire")
    WRITE = "write", _("modifier ce que je peux modifier")


class ApiToken(models.Model):
    """A key of the API that a person gave to a program. Of the key itself only a digest is kept."""

    person = models.ForeignKey(User, models.CASCADE, related_name="tokens", verbose_name=_("personne"))
    name = models.CharField(_("nom"), max_length=100)
    # Of the key, what may be shown: by it a key that was found somewhere is recognised.
    mark = models.CharField(_("début du jeton"), max_length=8, unique=True)
    digest = models.CharField(_("empreinte"), max_length=64, unique=True, editable=False)
    scopes = ArrayField(models.TextField(choices=Scope), verbose_name=_("droits"))
    created_at = models.DateTimeField(_("créé le"), default=timezone.now)
    expires_at = models.DateTimeField(_("expire le"))
    # To the hour: a program that asks ten times a second does not write ten times.
    last_used_at = models.DateTimeField(_("utilisé le"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("révoqué le"), null=True, blank=True)

    class Meta:
        verbose_name = _("jeton d’API")
        verbose_name_plural = _("jetons d’API")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="token_expires", condition=Q(expires_at__gt=F("created_at"))),
            models.CheckConstraint(name="token_has_a_scope", condition=Q(scopes__len__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.mark}…)"

    @property
    def state(self) -> str:
        """``revoked``, ``expired`` or ``living``."""
        if self.revoked_at:
            return "revoked"
        return "living" if self.expires_at > timezone.now() else "expired"
