from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExchangeConfig(AppConfig):
    name = "exchange"
    verbose_name = _("Imports")

    def ready(self) -> None:
        from exchange import making  # noqa: F401  # the forms that it registers
