from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class MailConfig(AppConfig):
    name = "mail"
    verbose_name = _("Courrier")

    def ready(self) -> None:
        autodiscover_modules("letters")  # each room registers its own
