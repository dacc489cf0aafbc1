from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExchangeConfig(AppConfig):
    name = "exchange"
    verbose_name = _("Imports")

    def ready(self) -> None:
        from exchange import following, making  # noqa: F401  # what they hear of, the forms they register
