from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VerificationConfig(AppConfig):
    name = "verification"
    verbose_name = _("Vérification")

    def ready(self) -> None:
        import_module(
            "verification.following"
        )  # hears of listings that are merged, of territories that are no more
