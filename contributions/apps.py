from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContributionsConfig(AppConfig):
    name = "contributions"
    verbose_name = _("Contributions")

    def ready(self) -> None:
        import_module("contributions.team_letters")
        import_module("contributions.keeping_up")  # listens to merges and to loads of territories
