"""What is done in the places of the directory."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from frontend.glossary import Policy, Term

THEME = "pratiques"

TERMS = (
    Term(
        slug="autoconsommation-collective",
        theme=THEME,
        name=_("Autoconsommation collective"),
        meaning=_(
            "Plusieurs voisins se partagent l’électricité que produit un toit ou un champ proche, par le "
            "réseau public."
        ),
        synonyms=_("boucle locale d’énergie"),
        keywords=_("solaire, voisinage, réseau"),
        policies=(
            Policy(
                2016, "Ordonnance n° 2016-1019 du 27 juillet 2016 relative à l’autoconsommation d’électricité"
            ),
        ),
        sectors=("energie",),
        search={"sector": "energie--autoconsommation,energie--production-citoyenne"},
        related=("tec",),
    ),
    Term(
        slug="amap",
        theme=THEME,
        name=_("Association pour le maintien d’une agriculture paysanne (AMAP)"),
        meaning=_(
            "Des habitants s’engagent pour une saison auprès d’une ferme et paient d’avance ; chaque "
            "semaine, ils viennent prendre leur part de la récolte."
        ),
        synonyms=_("paniers paysans"),
        keywords=_("contrat, saison, agriculture paysanne"),
        policies=(
            Policy(
                2014,
                "Loi n° 2014-1170 du 13 octobre 2014 d’avenir pour l’agriculture, l’alimentation et la forêt",
            ),
        ),
        sectors=("alimentation",),
        search={"sector": "alimentation--amap-paniers"},
        related=("circuit-court", "projet-alimentaire-territorial", "cces"),
    ),
    Term(
        slug="monnaie-locale",
        theme=THEME,
        name=_("Monnaie locale complémentaire"),
        meaning=_(
            "Une monnaie qui circule entre des habitants et des commerces d’un même territoire, à parité "
            "avec l’euro, pour que l’argent y reste et y travaille."
        ),
        synonyms=_("MLC, monnaie citoyenne"),
        keywords=_("échange, commerce local, parité"),
        policies=(
            Policy(
                2014,
                "Loi n° 2014-856 du 31 juillet 2014 relative à l’économie sociale et solidaire, article 16",
            ),
        ),
        sectors=("finance", "commerce"),
        search={"sector": "finance--monnaie-locale"},
        related=("banques-et-territoires", "sel", "cces"),
    ),
    Term(
        slug="sel",
        theme=THEME,
        name=_("Système d’échange local (SEL)"),
        meaning=_(
            "Un groupe d’habitants qui s’échangent des services et des objets en comptant le temps passé "
            "plutôt que les euros. Les accorderies et les réseaux d’échange de savoirs font de même à leur "
            "façon."
        ),
        synonyms=_("accorderie, troc, échange de savoirs"),
        keywords=_("temps, entraide, réciprocité"),
        sectors=("finance",),
        search={"sector": "finance--echange-non-monetaire"},
        related=("monnaie-locale", "banques-et-territoires"),
    ),
    Term(
        slug="cigales",
        theme=THEME,
        name=_("Club d’investisseurs solidaires (Cigales)"),
        meaning=_(
            "Une dizaine de voisins qui mettent chaque mois un peu d’argent de côté pour entrer ensemble au"
            " capital de petites entreprises du territoire, et qui les accompagnent."
        ),
        synonyms=_("investissement citoyen, capital-risque solidaire"),
        keywords=_("épargne, capital, accompagnement"),
        sectors=("finance",),
        search={"sector": "finance--investissement-citoyen"},
        related=("banques-et-territoires", "esus"),
    ),
    Term(
        slug="ressourcerie",
        theme=THEME,
        name=_("Ressourcerie"),
        meaning=_(
            "Un lieu qui collecte ce dont on ne veut plus, le répare, le revend à petit prix et apprend à "
            "moins jeter."
        ),
        synonyms=_("recyclerie"),
        keywords=_("réemploi, réparation, seconde main"),
        policies=(
            Policy(
                2020,
                "Loi n° 2020-105 du 10 février 2020 relative à la lutte contre le gaspillage et à "
                "l’économie circulaire",
            ),
        ),
        sectors=("reemploi",),
        search={"sector": "reemploi--ressourcerie"},
        related=("economie-circulaire", "insertion"),
    ),
    Term(
        slug="tiers-lieu",
        theme=THEME,
        name=_("Tiers-lieu"),
        meaning=_(
            "Un lieu qui n’est ni la maison ni le bureau, où l’on travaille, fabrique, apprend et se "
            "retrouve : atelier partagé, café, espace de travail, salle commune."
        ),
        synonyms=_("espace partagé, fabrique de territoire"),
        keywords=_("coworking, fablab, rencontre"),
        policies=(Policy(2019, "Appel à manifestation d’intérêt « Fabriques de territoire », État, 2019"),),
        sectors=("cooperation", "production"),
        search={"sector": "cooperation--tiers-lieu"},
        related=("ptce", "reseau"),
    ),
    Term(
        slug="habitat-participatif",
        theme=THEME,
        name=_("Habitat participatif"),
        meaning=_(
            "Des habitants conçoivent et gèrent ensemble leurs logements et les lieux qu’ils partagent : "
            "une buanderie, un jardin, une salle."
        ),
        synonyms=_("habitat groupé, coopérative d’habitants"),
        keywords=_("logement, partage, autogestion"),
        policies=(
            Policy(
                2014,
                "Loi n° 2014-366 du 24 mars 2014 pour l’accès au logement et un urbanisme rénové, article 47",
            ),
        ),
        sectors=("habitat",),
        search={"sector": "habitat--participatif"},
        related=("cooperative",),
    ),
    Term(
        slug="commerce-equitable",
        theme=THEME,
        name=_("Commerce équitable"),
        meaning=_(
            "Un commerce qui s’engage dans la durée à payer un prix juste à celles et ceux qui produisent, "
            "ici comme au bout du monde."
        ),
        synonyms=_("échange équitable"),
        keywords=_("juste prix, producteurs, contrat durable"),
        policies=(
            Policy(
                2005,
                "Loi n° 2005-882 du 2 août 2005 en faveur des petites et moyennes entreprises, article 60",
            ),
            Policy(
                2014,
                "Loi n° 2014-856 du 31 juillet 2014 relative à l’économie sociale et solidaire, article 94",
            ),
        ),
        sectors=("commerce",),
        search={"sector": "commerce--equitable"},
        related=("cces", "circuit-court"),
    ),
)
