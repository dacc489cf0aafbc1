"""The ways to take part, each with its page: what /participer/ offers, in this order. One line a way."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Way:
    """``route`` is the name of its page, ``call`` the words of the link, ``icon`` of lucide; ``account``
    where one is needed, which the page says before it is asked for."""

    icon: str
    title: str | Promise
    text: str | Promise
    call: str | Promise
    route: str
    account: bool = False


WAYS = (
    Way(
        "map-pin-plus", _("Ajouter une initiative"),
        _("Une épicerie associative, un atelier de réparation, une monnaie locale : s’il en manque une près "
          "de chez vous, dites-le. Cinq minutes, sans compte."),
        _("Proposer une initiative"), "frontend:propose",
    ),
    Way(
        "pencil", _("Corriger une page"),
        _("Une adresse a changé, un horaire est faux ? Cherchez la page, puis pressez « Proposer une "
          "correction », en bas. Une personne relit avant que cela ne paraisse."),
        _("Chercher la page"), "frontend:search",
    ),
    Way(
        "key-round", _("Tenir la page de votre initiative"),
        _("Vous en faites partie ? Demandez à en être responsable : vous la modifiez alors vous-même."),
        _("Demander ce rôle"), "people:role_ask", account=True,
    ),
    Way(
        "workflow", _("Dire qui travaille avec qui"),
        _("Qui fournit, héberge, finance qui ; qui est membre de quel réseau. Un côté le déclare, l’autre "
          "l’accepte."),
        _("Liens et adhésions"), "people:ties", account=True,
    ),
    Way(
        "pen-line", _("Raconter une expérience"),
        _("Quelques lignes sur ce que vous avez vécu dans une initiative : cherchez sa page, puis pressez "
          "« Écrire un témoignage ». Si vous la tenez, « Récits », dans votre compte, ouvre une fiche "
          "d’expérience pour d’autres qui se lancent. Une personne relit d’abord."),
        _("Trouver la page où témoigner"), "frontend:search", account=True,
    ),
    Way(
        "users", _("S’évaluer à plusieurs"),
        _("Votre réseau ou votre groupe de travail ouvre une séance ? Son code suffit : chacun répond sur "
          "son téléphone, sans compte et sans nom."),
        _("Répondre avec un code"), "frontend:group_enter",
    ),
    Way(
        "list-checks", _("Compléter les fiches de votre territoire"),
        _("Un contact inconnu, une description vide, rien de confirmé depuis deux ans : chaque territoire a "
          "sa page « Ce qui manque ». Choisissez le vôtre, puis suivez le lien."),
        _("Choisir un territoire"), "frontend:territories",
    ),
    Way(
        "badge-check", _("Signer la charte"),
        _("En votre nom, ou pour une commune, un réseau, une initiative que vous avez le droit d’engager. "
          "Un courriel suffit."),
        _("Lire et signer la charte"), "frontend:charter",
    ),
    Way(
        "scan-eye", _("Relire pour un territoire"),
        _("Vous connaissez bien un coin de pays ? Relisez ce qui y est proposé : ce qui est juste paraît, le "
          "reste se corrige ou se refuse avec une raison."),
        _("Demander à modérer"), "people:role_ask", account=True,
    ),
    Way(
        "radar", _("S’évaluer"),
        _("Situer son initiative sur quatre dimensions et voir par où avancer, sans compte."),
        _("Commencer"), "frontend:assessment",
    ),
)  # fmt: skip
