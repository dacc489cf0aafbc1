from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DiagnosisConfig(AppConfig):
    name = "diagnosis"
    verbose_name = _("Diagnostic")

    def ready(self) -> None:
        import_module("diagnosis.following")  # hears of communes that are no more
