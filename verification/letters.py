"""The letters of verification; what each says stands in templates/verification/letters/."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory.letters import page
from mail.letters import Letter, register


def example() -> dict[str, Any]:
    return {
        "initiative": "L’Atelier de Felletin",
        "asker": _("La modération de Maillage ({territory})").format(territory="Creuse"),
        "message": _("Bonjour,\nNous préparons l’annuaire de l’année : merci de nous répondre."),
        "verified": date(2024, 3, 12),
        "link": page("frontend:about"),
        "answer": page("people:verification", "xxxx"),
        "stop": page("people:verification_stop", "xxxx"),
    }


for name, title in [
    ("asked", gettext_lazy("à une initiative : sa fiche est-elle toujours vraie ?")),
    ("reminder", gettext_lazy("à qui n’a pas répondu à une campagne de vérification")),
    ("link", gettext_lazy("à qui redemande un lien de vérification")),
]:
    register(
        Letter(
            name=f"verification.{name}",
            title=title,
            template=f"verification/letters/{name}.txt",
            example=example,
            quoted=("message",),
        )
    )
