from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EventsConfig(AppConfig):
    name = "events"
    verbose_name = _("Évènements")

    def ready(self) -> None:
        import_module("events.example")  # loaded with the examples, and removed with them
        import_module("events.following")  # hears of communes that are no more
