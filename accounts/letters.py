"""The letters about accounts; what each says stands in templates/accounts/letters/.

allauth names its mails by the beginning of a template: ``for_prefix`` says which of ours it is.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mail.letters import Letter, register

# What was changed in an account, by the name of allauth.
CHANGES: dict[str, str | Promise] = {
    "account/email/email_changed": gettext_lazy("L’adresse de votre compte a changé"),
    "account/email/email_confirm": gettext_lazy("Votre adresse est confirmée"),
    "account/email/email_deleted": gettext_lazy("Une adresse a été retirée de votre compte"),
    "account/email/password_changed": gettext_lazy("Votre mot de passe a changé"),
    "account/email/password_reset": gettext_lazy("Votre mot de passe a changé"),
    "account/email/password_set": gettext_lazy("Votre compte a un mot de passe"),
    "mfa/email/recovery_codes_generated": gettext_lazy("De nouveaux codes de secours ont été faits"),
    "mfa/email/totp_activated": gettext_lazy("La double authentification est active"),
    "mfa/email/totp_deactivated": gettext_lazy("L’application de codes ne sert plus"),
    "mfa/email/webauthn_added": gettext_lazy("Une clé d’accès a été ajoutée"),
    "mfa/email/webauthn_removed": gettext_lazy("Une clé d’accès a été retirée"),
    "socialaccount/email/account_connected": gettext_lazy("Un autre service permet de vous connecter"),
    "socialaccount/email/account_disconnected": gettext_lazy("Un service ne permet plus de vous connecter"),
}
PREFIXES = {
    "account/email/account_already_exists": "accounts.already",
    "account/email/email_confirmation": "accounts.address",
    "account/email/email_confirmation_signup": "accounts.confirm",
    "account/email/password_reset_key": "accounts.reset",
    "account/email/unknown_account": "accounts.unknown",
}


def page(name: str, *args: Any) -> str:
    """The whole address of a page, in the language of the letter that is being written."""
    return f"{settings.SITE_URL}{reverse(name, args=args)}"


def for_prefix(prefix: str) -> tuple[str, dict[str, Any]]:
    """The letter that stands for a mail of allauth, and what it has to say beside; KeyError if none does."""
    if what := CHANGES.get(prefix):
        return "accounts.changed", {"what": what, "password_reset_url": page("account_reset_password")}
    beside = {"link_url": page("people:link")} if prefix.endswith("already_exists") else {}
    return PREFIXES[prefix], beside


def confirming() -> dict[str, Any]:
    return {"activate_url": page("account_confirm_email", "cle")}


def example(**more: Any) -> dict[str, Any]:
    return {"email": "camille@exemple.fr"} | more


for name, title, given in [
    ("confirm", gettext_lazy("à qui crée un compte"), confirming),
    ("address", gettext_lazy("à qui change d’adresse"), confirming),
    (
        "already",
        gettext_lazy("à qui crée un compte et en a déjà un"),
        lambda: {"link_url": page("people:link")},
    ),
    ("unknown", gettext_lazy("à qui n’a pas de compte"), lambda: {"signup_url": page("account_signup")}),
    (
        "reset",
        gettext_lazy("à qui a oublié son mot de passe"),
        lambda: {"password_reset_url": page("account_reset_password")},
    ),
    (
        "link",
        gettext_lazy("à qui se connecte par un lien"),
        lambda: {"link_url": page("people:enter"), "minutes": 30},
    ),
    (
        "changed",
        gettext_lazy("à qui change la sécurité de son compte"),
        lambda: {
            "what": _("La double authentification est active"),
            "timestamp": timezone.now(),
            "user_agent": "Firefox",
            "password_reset_url": page("account_reset_password"),
        },
    ),
    ("gone", gettext_lazy("à qui efface son compte"), dict),
]:  # fmt: skip
    register(
        Letter(
            name=f"accounts.{name}",
            title=title,
            template=f"accounts/letters/{name}.txt",
            example=lambda given=given: example(**given()),  # type: ignore[misc]
        )
    )
