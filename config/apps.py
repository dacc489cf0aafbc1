from gettext import NullTranslations

from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import trans_real


class French(NullTranslations):
    """Messages are written in French, which has no catalogue: in it, zero is singular."""

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return msgid1 if -2 < n < 2 else msgid2


class HouseConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        from config import checks  # noqa: F401  # registers them

        trans_real.translation(settings.LANGUAGE_CODE).add_fallback(French())
