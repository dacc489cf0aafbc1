"""The idea itself, and the words around it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from frontend.glossary import Policy, Term

THEME = "idee"

TERMS = (
    Term(
        slug="cces",
        theme=THEME,
        name=_("Circuit court économique et solidaire (CCES)"),
        meaning=_(
            "Ce qui compte est le lien entre celles et ceux qui produisent, échangent et utilisent : le "
            "nombre d’intermédiaires n’est jamais le critère principal."
        ),
        synonyms=_("circuit de proximité, circuit local, circuit court"),
        keywords=_("lien social, coopération, transparence, équité"),
        policies=(
            Policy(2014, "Loi n° 2014-856 du 31 juillet 2014 relative à l’économie sociale et solidaire"),
        ),
        sectors=("alimentation", "energie", "finance", "habitat", "culture", "commerce"),
        search={"sector": "alimentation,energie,finance,habitat,culture,commerce"},
        related=("circuit-court", "circuit-de-proximite", "quatre-dimensions", "ess", "ptce"),
        quoted=_(
            "« Un Circuit court économique et solidaire (CCES) est une forme d'échange économique valorisant"
            " le lien social, la coopération, la transparence et l'équité entre les acteurs de l'échange. »"
        ),
    ),
    Term(
        slug="circuit-court",
        theme=THEME,
        name=_("Circuit court"),
        meaning=_(
            "Pour le ministère de l’Agriculture, une vente de produits agricoles avec un intermédiaire au "
            "plus. Un circuit court économique et solidaire regarde plus large : tous les secteurs, et "
            "d’abord la qualité du lien."
        ),
        synonyms=_("vente directe, vente à la ferme"),
        keywords=_("producteurs, intermédiaires, juste prix"),
        policies=(
            Policy(
                2009,
                "Plan d’action pour développer les circuits courts, ministère de l’Agriculture, 14 avril "
                "2009",
            ),
            Policy(
                2018,
                "Loi n° 2018-938 du 30 octobre 2018 pour l’équilibre des relations commerciales dans le "
                "secteur agricole et alimentaire et une alimentation saine, durable et accessible à tous",
            ),
        ),
        sectors=("alimentation", "commerce"),
        search={"sector": "alimentation--vente-directe"},
        related=("cces", "circuit-de-proximite", "amap", "projet-alimentaire-territorial"),
    ),
    Term(
        slug="circuit-de-proximite",
        theme=THEME,
        name=_("Circuit de proximité"),
        meaning=_(
            "Un échange où la distance est courte entre le lieu où l’on produit et celui où l’on consomme. "
            "Proche ne veut pas toujours dire solidaire : la façon d’échanger compte autant que les "
            "kilomètres."
        ),
        synonyms=_("circuit local"),
        keywords=_("distance, relocalisation, territoire"),
        sectors=("alimentation", "production", "commerce"),
        search={"q": "circuit de proximité"},
        related=("cces", "circuit-court", "projet-alimentaire-territorial"),
    ),
    Term(
        slug="ess",
        theme=THEME,
        name=_("Économie sociale et solidaire (ESS)"),
        meaning=_(
            "Les associations, coopératives, mutuelles, fondations et certaines entreprises qui mettent "
            "leur utilité avant le profit, décident à plusieurs et gardent l’essentiel de leurs gains pour "
            "leur activité."
        ),
        synonyms=_("économie solidaire, économie sociale"),
        keywords=_("coopération, démocratie, lucrativité limitée"),
        policies=(
            Policy(
                2014,
                "Loi n° 2014-856 du 31 juillet 2014 relative à l’économie sociale et solidaire, article 1er",
            ),
        ),
        sectors=("solidarites", "emploi", "cooperation"),
        search={"legal_form": "association,cooperative,scic,scop,mutual,foundation"},
        related=("utilite-sociale", "esus", "scop", "scic", "cress", "cces"),
    ),
    Term(
        slug="quatre-dimensions",
        theme=THEME,
        name=_("Les quatre dimensions"),
        meaning=_(
            "Quatre façons de regarder une initiative, sans note d’ensemble. Économique : un prix juste et "
            "des comptes clairs. Sociale : des liens, de la place pour chacun. Environnementale : moins de "
            "ressources et de déchets. Territoriale : ce qu’elle apporte au lieu où elle vit."
        ),
        synonyms=_("dimensions économique, sociale, environnementale et territoriale"),
        keywords=_("évaluation, profil, utilité"),
        related=("cces", "utilite-sociale"),
    ),
    Term(
        slug="utilite-sociale",
        theme=THEME,
        name=_("Utilité sociale"),
        meaning=_(
            "Ce qu’une activité apporte au-delà de ce qu’elle vend : aider des personnes fragiles, recréer "
            "des liens, éduquer à la citoyenneté, participer à la transition écologique. La loi en donne "
            "les critères."
        ),
        synonyms=_("intérêt collectif"),
        keywords=_("solidarité, cohésion, développement durable"),
        policies=(
            Policy(
                2014,
                "Loi n° 2014-856 du 31 juillet 2014 relative à l’économie sociale et solidaire, article 2",
            ),
        ),
        sectors=("solidarites", "education"),
        search={"sector": "solidarites,education"},
        related=("ess", "esus", "quatre-dimensions"),
    ),
)
