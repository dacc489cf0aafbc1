"""What cannot be done with an import; the texts are for whoever asked."""

from django.utils.translation import gettext_lazy as _


class Refused(Exception):
    """Refused as the import stands; ``state`` says how it stands."""

    text = _("Cela ne peut pas être fait de cet import.")

    def __init__(self, state: str = "") -> None:
        super().__init__(str(self.text))
        self.state = state


class CannotBeApplied(Refused):
    text = _("Cet import n’attend pas d’être confirmé.")


class CannotBeDecided(Refused):
    text = _("Cette ligne n’attend pas de décision.")


class CannotBeUndone(Refused):
    text = _("Seul un import fait peut être défait.")


class CannotBePublished(Refused):
    text = _("Seul ce qu’a créé un import fait, et non défait, peut être publié.")


class TooManyExports(Exception):
    """So many files wait to be made, or are kept, that no other is taken on for now."""

    def __init__(self) -> None:
        super().__init__(str(_("Trop de fichiers sont demandés en ce moment : réessayez dans une heure.")))


class Crowded(Exception):
    """As many files as may be are being sent by this process; worth asking again after ``WAIT`` seconds."""

    WAIT = 30
