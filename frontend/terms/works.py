"""The great works that many initiatives carry together."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from frontend.glossary import Policy, Term

THEME = "chantiers"

TERMS = (
    Term(
        slug="nfe",
        theme=THEME,
        name=_("Nouvelles formes d’emploi (NFE)"),
        meaning=_(
            "Des façons de travailler entre le salariat et l’indépendance, ou de partager l’emploi : "
            "coopératives d’activité et d’emploi, groupements d’employeurs, entreprises à but d’emploi."
        ),
        synonyms=_("emploi partagé, entrepreneuriat salarié"),
        keywords=_("salariat, autonomie, temps partagé, droit à l’emploi"),
        policies=(
            Policy(
                1985,
                "Loi n° 85-772 du 25 juillet 1985 portant diverses dispositions d’ordre social (groupements"
                " d’employeurs)",
            ),
            Policy(
                2016,
                "Loi n° 2016-231 du 29 février 2016 d’expérimentation territoriale visant à faire "
                "disparaître le chômage de longue durée",
            ),
            Policy(
                2020,
                "Loi n° 2020-1577 du 14 décembre 2020 relative au renforcement de l’inclusion dans l’emploi"
                " par l’activité économique et à l’expérimentation « territoire zéro chômeur de longue "
                "durée »",
            ),
        ),
        sectors=("emploi",),
        search={"sector": "emploi"},
        related=("cae", "insertion", "ess"),
    ),
    Term(
        slug="tec",
        theme=THEME,
        name=_("Transition énergétique citoyenne (TEC)"),
        meaning=_(
            "Des habitants qui décident ensemble de leur énergie : ils financent et gèrent un parc solaire,"
            " une éolienne, une chaufferie, ou s’entraident pour consommer moins."
        ),
        synonyms=_("énergie citoyenne, énergies locales"),
        keywords=_("sobriété, énergies renouvelables, parc citoyen"),
        policies=(
            Policy(
                2015,
                "Loi n° 2015-992 du 17 août 2015 relative à la transition énergétique pour la croissance "
                "verte",
            ),
            Policy(
                2018,
                "Directive (UE) 2018/2001 du 11 décembre 2018 relative à la promotion de l’utilisation de "
                "l’énergie produite à partir de sources renouvelables",
            ),
            Policy(
                2023,
                "Loi n° 2023-175 du 10 mars 2023 relative à l’accélération de la production d’énergies "
                "renouvelables",
            ),
        ),
        sectors=("energie",),
        search={"sector": "energie"},
        related=("autoconsommation-collective", "scic", "banques-et-territoires"),
    ),
    Term(
        slug="banques-et-territoires",
        theme=THEME,
        name=_("Banques et territoires"),
        meaning=_(
            "Comment l’argent épargné dans un territoire peut y servir : épargne solidaire, prêts entre "
            "habitants, clubs d’investisseurs, monnaies locales. À ne pas confondre avec la Banque des "
            "Territoires, qui est un service de la Caisse des dépôts."
        ),
        synonyms=_("finance solidaire, épargne de proximité"),
        keywords=_("épargne, crédit, investissement, garantie"),
        policies=(
            Policy(2014, "Ordonnance n° 2014-559 du 30 mai 2014 relative au financement participatif"),
            Policy(
                2019,
                "Loi n° 2019-486 du 22 mai 2019 relative à la croissance et la transformation des "
                "entreprises",
            ),
        ),
        sectors=("finance",),
        search={"sector": "finance"},
        related=("monnaie-locale", "cigales", "esus", "sel"),
    ),
    Term(
        slug="economie-circulaire",
        theme=THEME,
        name=_("Économie circulaire"),
        meaning=_(
            "Faire durer les objets et les matières : réparer, réemployer, recycler, plutôt que jeter et "
            "extraire encore."
        ),
        synonyms=_("réemploi, zéro déchet"),
        keywords=_("réparation, recyclage, consigne"),
        policies=(
            Policy(
                2015,
                "Loi n° 2015-992 du 17 août 2015 relative à la transition énergétique pour la croissance "
                "verte",
            ),
            Policy(
                2020,
                "Loi n° 2020-105 du 10 février 2020 relative à la lutte contre le gaspillage et à "
                "l’économie circulaire",
            ),
        ),
        sectors=("reemploi",),
        search={"sector": "reemploi"},
        related=("ressourcerie", "tec"),
    ),
    Term(
        slug="insertion",
        theme=THEME,
        name=_("Insertion par l’activité économique (IAE)"),
        meaning=_(
            "Donner un vrai travail, payé et accompagné, à des personnes qui en sont éloignées, le temps de"
            " retrouver un emploi : dans un jardin, un atelier, une ressourcerie…"
        ),
        synonyms=_("SIAE, chantier d’insertion, entreprise d’insertion"),
        keywords=_("emploi, accompagnement, formation"),
        policies=(
            Policy(
                1998,
                "Loi n° 98-657 du 29 juillet 1998 d’orientation relative à la lutte contre les exclusions",
            ),
        ),
        sectors=("emploi", "reemploi"),
        search={"sector": "emploi--insertion"},
        related=("nfe", "ressourcerie", "ess"),
    ),
)
