"""Territories, and who cooperates in them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from frontend.glossary import Policy, Term

THEME = "territoires"

TERMS = (
    Term(
        slug="ptce",
        theme=THEME,
        name=_("Pôle territorial de coopération économique (PTCE)"),
        meaning=_(
            "Un groupe de structures d’un même territoire (associations, coopératives, entreprises, "
            "collectivités, écoles…) qui mènent ensemble et dans la durée des projets économiques utiles à "
            "ce territoire."
        ),
        synonyms=_("pôle de coopération"),
        keywords=_("coopération, mutualisation, innovation sociale"),
        policies=(
            Policy(
                2014,
                "Loi n° 2014-856 du 31 juillet 2014 relative à l’économie sociale et solidaire, article 9",
            ),
            Policy(
                2015,
                "Décret n° 2015-431 du 15 avril 2015 relatif à l’appel à projets « pôles territoriaux de "
                "coopération économique »",
            ),
        ),
        sectors=("cooperation",),
        search={"sector": "cooperation--ptce"},
        related=("reseau", "tiers-lieu", "scic", "ess"),
    ),
    Term(
        slug="reseau",
        theme=THEME,
        name=_("Réseau"),
        meaning=_(
            "Un ensemble d’initiatives qui s’entraident parce qu’elles partagent un métier, des valeurs ou "
            "un territoire. Une adhésion n’est montrée qu’avec l’accord des deux côtés."
        ),
        synonyms=_("fédération, collectif"),
        keywords=_("adhésion, entraide, tête de réseau"),
        sectors=("cooperation",),
        search={"sector": "cooperation--reseau"},
        related=("ptce", "cress"),
    ),
    Term(
        slug="cress",
        theme=THEME,
        name=_("Chambre régionale de l’économie sociale et solidaire (Cress)"),
        meaning=_(
            "Dans chaque région, l’association qui représente les structures de l’ESS, les aide à se "
            "développer et tient la liste de ces entreprises."
        ),
        synonyms=_("chambre régionale de l’ESS"),
        keywords=_("représentation, appui, observatoire"),
        policies=(
            Policy(
                2014,
                "Loi n° 2014-856 du 31 juillet 2014 relative à l’économie sociale et solidaire, article 6",
            ),
        ),
        sectors=("cooperation",),
        search={"q": "cress"},
        related=("ess", "reseau"),
    ),
    Term(
        slug="projet-alimentaire-territorial",
        theme=THEME,
        name=_("Projet alimentaire territorial (PAT)"),
        meaning=_(
            "Un plan que des collectivités, des fermes, des cantines et des habitants bâtissent ensemble "
            "pour mieux produire et mieux manger sur un territoire."
        ),
        synonyms=_("plan alimentaire"),
        keywords=_("cantines, agriculture, santé"),
        policies=(
            Policy(
                2014,
                "Loi n° 2014-1170 du 13 octobre 2014 d’avenir pour l’agriculture, l’alimentation et la "
                "forêt, article 39",
            ),
        ),
        sectors=("alimentation",),
        search={"sector": "alimentation--plateforme-locale"},
        related=("circuit-court", "amap", "epci"),
    ),
    Term(
        slug="epci",
        theme=THEME,
        name=_("Intercommunalité (EPCI)"),
        meaning=_(
            "Des communes voisines qui gèrent ensemble ce qui les dépasse : déchets, transports, "
            "développement économique… Communauté de communes, communauté d’agglomération, communauté "
            "urbaine ou métropole. EPCI veut dire établissement public de coopération intercommunale."
        ),
        synonyms=_("communauté de communes, agglomération, métropole"),
        keywords=_("communes, compétences, élus"),
        policies=(
            Policy(
                1999,
                "Loi n° 99-586 du 12 juillet 1999 relative au renforcement et à la simplification de la "
                "coopération intercommunale",
            ),
            Policy(
                2015,
                "Loi n° 2015-991 du 7 août 2015 portant nouvelle organisation territoriale de la République",
            ),
        ),
        related=("pays", "pnr", "qpv"),
    ),
    Term(
        slug="pays",
        theme=THEME,
        name=_("Pays et pôle d’équilibre (PETR)"),
        meaning=_(
            "Un territoire où l’on vit et travaille, plus grand qu’une intercommunalité, dont les élus et "
            "les habitants portent un projet commun. Le pôle d’équilibre territorial et rural (PETR) en est"
            " la forme la plus récente."
        ),
        synonyms=_("bassin de vie"),
        keywords=_("projet de territoire, contrat, conseil de développement"),
        policies=(
            Policy(
                1995,
                "Loi n° 95-115 du 4 février 1995 d’orientation pour l’aménagement et le développement du "
                "territoire",
            ),
            Policy(
                2014,
                "Loi n° 2014-58 du 27 janvier 2014 de modernisation de l’action publique territoriale et "
                "d’affirmation des métropoles",
            ),
        ),
        sectors=("cooperation",),
        search={"sector": "cooperation--ingenierie"},
        related=("epci", "pnr"),
    ),
    Term(
        slug="pnr",
        theme=THEME,
        name=_("Parc naturel régional (PNR)"),
        meaning=_(
            "Un territoire rural habité, au patrimoine riche et fragile, dont les communes suivent une même"
            " charte pour le protéger et le faire vivre."
        ),
        synonyms=_("parc régional"),
        keywords=_("charte, paysage, développement rural"),
        policies=(
            Policy(1967, "Décret n° 67-158 du 1er mars 1967 instituant des parcs naturels régionaux"),
            Policy(
                2016,
                "Loi n° 2016-1087 du 8 août 2016 pour la reconquête de la biodiversité, de la nature et des"
                " paysages",
            ),
        ),
        sectors=("reemploi",),
        related=("pays", "epci"),
    ),
    Term(
        slug="qpv",
        theme=THEME,
        name=_("Quartier prioritaire de la politique de la ville (QPV)"),
        meaning=_(
            "Un quartier où beaucoup d’habitants ont de petits revenus, et auquel l’État et les "
            "collectivités donnent plus de moyens."
        ),
        synonyms=_("quartier prioritaire, politique de la ville"),
        keywords=_("cohésion, contrat de ville, conseil citoyen"),
        policies=(
            Policy(
                2014,
                "Loi n° 2014-173 du 21 février 2014 de programmation pour la ville et la cohésion urbaine",
            ),
        ),
        sectors=("solidarites",),
        related=("epci", "insertion"),
    ),
)
