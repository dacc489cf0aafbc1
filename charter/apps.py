from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CharterConfig(AppConfig):
    name = "charter"
    verbose_name = _("Charte")

    def ready(self) -> None:
        import_module("charter.following")  # hears of what is merged and of communes that are no more
