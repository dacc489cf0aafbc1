"""The words of the field in plain words, each with its synonyms and the sectors that show it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Term:
    """``sectors`` are slugs of the taxonomy; ``quoted`` is a definition given word for word."""

    slug: str
    name: str | Promise
    meaning: str | Promise
    synonyms: str | Promise = ""
    sectors: tuple[str, ...] = ()
    quoted: str | Promise = ""


TERMS = (
    Term(
        "cces",
        _("Circuit court économique et solidaire (CCES)"),
        _(
            "Ce qui compte est le lien entre celles et ceux qui produisent, échangent et utilisent : le"
            " nombre d’intermédiaires n’est jamais le critère principal."
        ),
        _("circuit de proximité, circuit local, circuit court"),
        ("alimentation", "energie", "finance", "habitat", "culture", "commerce"),
        _(
            "« Un Circuit court économique et solidaire (CCES) est une forme d'échange économique valorisant"
            " le lien social, la coopération, la transparence et l'équité entre les acteurs de l'échange. »"
        ),
    ),
    Term(
        "ptce",
        _("Pôle territorial de coopération économique (PTCE)"),
        _(
            "Un groupe de structures d’un même territoire (associations, coopératives, entreprises,"
            " collectivités, écoles…) qui mènent ensemble et dans la durée des projets économiques utiles à"
            " ce territoire. La loi du 31 juillet 2014 sur l’économie sociale et solidaire les définit en son"
            " article 9."
        ),
        _("pôle de coopération"),
        ("cooperation",),
    ),
    Term(
        "ess",
        _("Économie sociale et solidaire (ESS)"),
        _(
            "Les associations, coopératives, mutuelles, fondations et certaines entreprises qui mettent leur"
            " utilité avant le profit, décident à plusieurs et gardent l’essentiel de leurs gains pour leur"
            " activité. La loi du 31 juillet 2014 en fixe le cadre."
        ),
        _("économie solidaire, économie sociale"),
        ("solidarites", "emploi", "cooperation"),
    ),
    Term(
        "quatre-dimensions",
        _("Les quatre dimensions"),
        _(
            "Quatre façons de regarder une initiative, sans note d’ensemble. Économique : un prix juste et"
            " des comptes clairs. Sociale : des liens, de la place pour chacun. Environnementale : moins de"
            " ressources et de déchets. Territoriale : ce qu’elle apporte au lieu où elle vit."
        ),
        _("dimensions économique, sociale, environnementale et territoriale"),
    ),
    Term(
        "nfe",
        _("Nouvelles formes d’emploi (NFE)"),
        _(
            "Des façons de travailler entre le salariat et l’indépendance, ou de partager l’emploi :"
            " coopératives d’activité et d’emploi, groupements d’employeurs, entreprises à but d’emploi."
        ),
        _("emploi partagé, entrepreneuriat salarié"),
        ("emploi",),
    ),
    Term(
        "tec",
        _("Transition énergétique citoyenne (TEC)"),
        _(
            "Des habitants qui décident ensemble de leur énergie : ils financent et gèrent un parc solaire,"
            " une éolienne, une chaufferie, ou s’entraident pour consommer moins."
        ),
        _("énergie citoyenne, énergies locales"),
        ("energie",),
    ),
    Term(
        "banques-et-territoires",
        _("Banques et territoires"),
        _(
            "Comment l’argent épargné dans un territoire peut y servir : épargne solidaire, prêts entre"
            " habitants, clubs d’investisseurs, monnaies locales."
        ),
        _("finance solidaire, épargne de proximité"),
        ("finance",),
    ),
    Term(
        "reseau",
        _("Réseau"),
        _(
            "Un ensemble d’initiatives qui s’entraident parce qu’elles partagent un métier, des valeurs ou un"
            " territoire. Une adhésion n’est montrée qu’avec l’accord des deux côtés."
        ),
        _("fédération, collectif"),
        ("cooperation",),
    ),
)
