from importlib import import_module

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Comptes")

    def ready(self) -> None:
        autodiscover_modules("personal")  # each room says what it holds of a person
        import_module("accounts.holdings")
        import_module("accounts.signing_in")
