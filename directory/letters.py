"""The letters of the directory; what each says stands in templates/directory/letters/."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mail.letters import Letter, register


def page(name: str, *args: Any) -> str:
    """The whole address of a page, in the language of the letter that is being written."""
    return f"{settings.SITE_URL}{reverse(name, args=args)}"


def role_example(answer: str, link: str) -> dict[str, Any]:
    return {
        "role": _("agent d’une collectivité"),
        "target": "CC Creuse Grand Sud",
        "asker": _("Une agente de la communauté de communes"),
        "reason": _(
            "Je suis chargée de mission à l’économie sociale et solidaire.\nJe prépare un diagnostic."
        ),
        "answer": answer,
        "link": page(link),
    }


WELCOME = gettext_lazy("Bienvenue, et bon diagnostic.")
DECLINED = gettext_lazy("Dites-nous d’abord dans quel service vous travaillez.")

for name, title, link, answer in [
    ("role_asked", gettext_lazy("à qui décide d’un rôle, quand il est demandé"), "people:role_requests", ""),
    ("role_granted", gettext_lazy("à qui a demandé un rôle, quand il est accordé"), "people:roles", WELCOME),
    ("role_refused", gettext_lazy("à qui a demandé un rôle, quand il est refusé"), "people:roles", DECLINED),
    ("role_ended", gettext_lazy("à qui avait un rôle, quand un autre y met fin"), "people:roles", ""),
]:
    register(
        Letter(
            name=f"directory.{name}",
            title=title,
            template=f"directory/letters/{name}.txt",
            example=lambda link=link, answer=answer: role_example(str(answer), link),  # type: ignore[misc]
            quoted=("reason", "answer"),
        )
    )


def stranger_example() -> dict[str, Any]:
    """What the letters to contacts, organisations and readers are previewed with."""
    return {
        "initiative": "L’Atelier de Felletin",
        "name": _("Camille"),
        "email": "camille@example.org",
        "message": _("Bonjour,\nPeut-on visiter l’atelier samedi ?"),
        "answer": _("Merci : le numéro est corrigé."),
        "reference": "7KQ4M2XP",
        "source": _("annuaire de la Maison des associations, 2026"),
        "days": 90,
        "day": date(2027, 1, 31),
        **{name: page("frontend:about") for name in ("link", "correct", "claim", "confirm", "rights")},
        **{name: page("people:notice", "xxxx") for name in ("hide", "remove")},
        "stop": page("people:relay_stop", "xxxx"),
    }


for name, title in [
    ("contact_entered", gettext_lazy("à une personne que l’on inscrit comme contact")),
    ("contact_link", gettext_lazy("à une personne qui redemande le lien de ses coordonnées")),
    ("relayed", gettext_lazy("à une initiative, quand un visiteur lui écrit")),
    ("recorded", gettext_lazy("à une organisation dont d’autres ont écrit la fiche")),
    ("stale", gettext_lazy("avant de masquer une fiche que personne ne confirme")),
    ("report_received", gettext_lazy("à qui a signalé une erreur, à l’arrivée du message")),
    ("report_answered", gettext_lazy("à qui a signalé une erreur, quand on lui répond")),
    ("withdrawal_asked", gettext_lazy("à qui traite les signalements, quand un retrait est demandé")),
]:
    register(
        Letter(
            name=f"directory.{name}",
            title=title,
            template=f"directory/letters/{name}.txt",
            example=stranger_example,
            quoted=("message", "answer"),
        )
    )


def tie_example() -> dict[str, Any]:
    return {
        "tie": _("Le Fournil d’Aubusson fournit L’Atelier de Felletin"),
        "since": date(2024, 9, 1),
        "source": _("site de l’atelier, page « nos partenaires »"),
        "reason": _("Nous avons travaillé ensemble une seule fois, en 2019."),
        "link": page("people:ties"),
    }


def story_example() -> dict[str, Any]:
    return {
        "story": _("Trois ans d’atelier partagé"),
        "initiative": "L’Atelier de Felletin",
        "reason": _("Le texte nomme une voisine : pouvez-vous la retirer ?"),
        "link": page("people:stories"),
    }


for name, title, example in [
    ("tie_asserted", gettext_lazy("à qui peut accepter un lien ou une adhésion"), tie_example),
    (
        "tie_agreed",
        gettext_lazy("à qui a déclaré un lien ou une adhésion, à l’accord de l’autre"),
        tie_example,
    ),
    (
        "tie_declined",
        gettext_lazy("à qui a déclaré un lien ou une adhésion, au refus de l’autre"),
        tie_example,
    ),
    ("tie_ended", gettext_lazy("quand l’autre met fin à un lien ou à une adhésion"), tie_example),
    ("story_published", gettext_lazy("à qui a écrit un récit, quand il est publié"), story_example),
    ("story_refused", gettext_lazy("à qui a écrit un récit, quand il est refusé"), story_example),
    (
        "story_taken_down",
        gettext_lazy("à qui a écrit un récit, quand la modération le retire"),
        story_example,
    ),
]:
    register(
        Letter(
            name=f"directory.{name}",
            title=title,
            template=f"directory/letters/{name}.txt",
            example=example,
            quoted=("reason",),
        )
    )
