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
