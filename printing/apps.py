from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PrintingConfig(AppConfig):
    name = "printing"
    verbose_name = _("Impressions")

    def ready(self) -> None:
        from printing import making  # noqa: F401  # the forms of exports that it registers
