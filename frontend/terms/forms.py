"""Forms and statuses that initiatives take."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from frontend.glossary import Policy, Term

THEME = "formes"

TERMS = (
    Term(
        slug="scop",
        theme=THEME,
        name=_("Société coopérative et participative (Scop)"),
        meaning=_(
            "Une entreprise dont les salariés sont les associés majoritaires : une personne, une voix, et "
            "une part des gains leur revient."
        ),
        synonyms=_("coopérative de travail, coopérative ouvrière de production"),
        keywords=_("salariés associés, une personne une voix, reprise"),
        policies=(
            Policy(
                1978,
                "Loi n° 78-763 du 19 juillet 1978 portant statut des sociétés coopératives ouvrières de "
                "production",
            ),
        ),
        sectors=("production", "emploi"),
        search={"legal_form": "scop"},
        related=("scic", "cooperative", "cae", "ess"),
    ),
    Term(
        slug="scic",
        theme=THEME,
        name=_("Société coopérative d’intérêt collectif (Scic)"),
        meaning=_(
            "Une coopérative qui réunit des salariés, des usagers et d’autres encore, comme des habitants "
            "ou des collectivités, autour d’un service utile à tous."
        ),
        synonyms=_("coopérative multi-sociétaire"),
        keywords=_("intérêt collectif, usagers, collectivités associées"),
        policies=(
            Policy(
                2001,
                "Loi n° 2001-624 du 17 juillet 2001 portant diverses dispositions d’ordre social, éducatif "
                "et culturel, article 36",
            ),
        ),
        sectors=("cooperation", "energie"),
        search={"legal_form": "scic"},
        related=("scop", "cooperative", "ptce", "ess"),
    ),
    Term(
        slug="cooperative",
        theme=THEME,
        name=_("Coopérative"),
        meaning=_(
            "Une entreprise qui appartient à celles et ceux qui s’en servent ou qui y travaillent, et où "
            "chacun a une voix, quelle que soit sa part."
        ),
        synonyms=_("société coopérative"),
        keywords=_("sociétariat, réserves impartageables, démocratie"),
        policies=(Policy(1947, "Loi n° 47-1775 du 10 septembre 1947 portant statut de la coopération"),),
        sectors=("alimentation", "production"),
        search={"legal_form": "cooperative,scic,scop"},
        related=("scop", "scic", "cae", "ess"),
    ),
    Term(
        slug="cae",
        theme=THEME,
        name=_("Coopérative d’activité et d’emploi (CAE)"),
        meaning=_(
            "Une coopérative où l’on essaie puis exerce son métier en restant salarié : on est autonome "
            "sans être seul."
        ),
        synonyms=_("entrepreneuriat salarié"),
        keywords=_("entrepreneur salarié, mutualisation, accompagnement"),
        policies=(
            Policy(
                2014,
                "Loi n° 2014-856 du 31 juillet 2014 relative à l’économie sociale et solidaire, article 47",
            ),
        ),
        sectors=("emploi",),
        search={"sector": "emploi--cae"},
        related=("nfe", "scop", "cooperative"),
    ),
    Term(
        slug="esus",
        theme=THEME,
        name=_("Entreprise solidaire d’utilité sociale (Esus)"),
        meaning=_(
            "Un agrément donné par l’État à des entreprises de l’ESS dont l’utilité sociale est le but "
            "premier. Il leur ouvre l’épargne solidaire."
        ),
        synonyms=_("agrément Esus, entreprise solidaire"),
        keywords=_("agrément, épargne solidaire, écarts de salaires"),
        policies=(
            Policy(
                2014,
                "Loi n° 2014-856 du 31 juillet 2014 relative à l’économie sociale et solidaire, article 11",
            ),
        ),
        sectors=("finance", "solidarites"),
        related=("ess", "utilite-sociale", "banques-et-territoires"),
    ),
)
