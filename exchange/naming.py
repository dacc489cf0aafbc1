"""Names and addresses of sites as they are compared: what says nothing of whom they name is set aside.

Pure: no database. ``directory_website_key`` says the same as ``website_key`` in PostgreSQL; a test holds them
together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from territories.names import WORD, fold

ACRONYM = re.compile(r"\b(?:[a-z0-9]\.){2,}(?:[a-z0-9]\b)?")
ELISION = re.compile(r"\b(?:[cdjlmnst]|qu)['’]")
YOUNG = re.compile(r"\bp['’`´]tit")
OF_1901 = re.compile(r"\(?\b(?:association|asso)?\s*(?:de la )?loi (?:de )?(?:19)?01\b\)?")

STOP_WORDS = frozenset(
    WORD.findall("""
    a au aux avec ce ces chez dans de des du d en et la le les l leur leurs n no nos notre numero ou par pour
    s sous sur un une the of and
    """)
)
# What a name holds of the form of its bearer: as one listing says it, another does not.
LEGAL_PHRASES = re.compile(
    r"\b(?:societe cooperative (?:d )?interet collectif|societe cooperative (?:de production|(?:ouvriere )?et"
    r" participative)|societe cooperative|societe par actions simplifiee|societe a responsabilite limitee"
    r"|societe civile|entreprise individuelle|entrepreneur individuel|auto ?entrepreneu[rs]e?"
    r"|micro ?entreprise|association de fait|exploitation agricole)\b"
)
LEGAL_FORMS = frozenset(
    WORD.findall("""
    ass asso assoc association earl ei eirl ets eurl gaec gie sa sarl sas sasu sca scea sci scic scop snc
    societe ste
    """)
)
# Written short or long; of two words for one thing, one.
WRITTEN_OUT = {
    "st": "saint", "ste": "sainte", "sts": "saints", "nd": "notre dame", "cie": "compagnie", "ctre": "centre",
    "bm": "bibliotheque municipale", "biblio": "bibliotheque", "mun": "municipale",
    "mjc": "maison jeunes culture",
    "csc": "centre socioculturel", "fed": "federation", "coop": "cooperative", "coll": "collectif",
    "assos": "associations", "recyclerie": "ressourcerie", "restos": "restaurants", "resto": "restaurant",
    "epn": "espace public numerique", "adm": "artisans monde", "sel": "systeme echange local",
    "cpie": "centre permanent initiatives environnement", "ptce": "pole territorial cooperation economique",
    "fjt": "foyer jeunes travailleurs", "ludo": "ludotheque",
}  # fmt: skip
SHORT = WRITTEN_OUT.keys()
# Its elisions gone.
AMAP = re.compile(r"\bassociation pour le maintien (?:de |une )?agriculture (?:paysanne|de proximite)\b")

# One of them is in whatever these two find.
LONG = frozenset(
    WORD.findall("""
    agriculture auto autoentrepreneur autoentrepreneuse entrepreneur entreprise exploitation fait micro
    microentreprise societe
    """)
)

# Words that say what kind of thing it is, not which one; singular, and the masculine of those that take a
# plain « e ».
KINDS = WORD.findall("""
abattoir accorderie accueil actif action active activite adherent agence agricole agriculteur agriculture
aide alimentaire alimentation amap amicale ancien ancienne animation annexe antenne artisan artisanal
artisanat associatif association associative atelier autopartage bagagerie banque bar bibliotheque bio
biologique boite boucherie boulangerie boutique brasserie bricotheque brocante buanderie bureau cafe caisse
cantine cave centre cercle chantier cinema citoyen club collectif comite commerce commun communal
communautaire communaute commune compagnie compost compostage conciergerie conserverie cooperateur
cooperatif cooperation cooperative couture covoiturage coworking creche culture culturel culturelle cycle
cyclerie dechet departemental depot developpement direct distribution domicile drive durable echange ecole
ecolieu ecologie ecologique ecomusee economie economique education electrique emploi enfance enfant entraide
entreprise environnement epicerie equitable espace fab fablab familial famille federation ferme fermier
fermiere fournil foyer francais francaise france friperie fromagerie garage garderie general gestion gite
grand grande groupe groupement habitant habitat halle halte handicap hebergement inclusif inclusive
insertion intercommunal intergenerationnel intergenerationnelle itinerant itinerante jardin jardinage jeune
jeunesse lab local location logement loisir ludotheque magasin maison maraichage maraicher maraichere marche
mediatheque mercerie micro mini mobile mobilite monnaie multiaccueil multimedia multiservice municipal
musique mutuelle national nature nouveau nouvelle numerique numero objet office ouvert ouverte pain panier
parent parentalite partage participatif participative patrimoine pays paysan paysanne pedagogique
permaculture petit petite place plateforme point pole populaire potager principal producteur production
produit programme projet public quartier radio recyclage reemploi regie region regional relais renouvelable
repair reparation reseau ressource ressourcerie ressourcier restaurant restauration rural salle sante
scolaire section service social socioculturel solidaire solidarite sport sportif sportive structure
supermarche systeme territoire territorial theatre tiers tou traiteur transition transport travail
travailleur union universite urbain usager vegetal velo vente verger vestiaire vestiboutique vetement
village ville vrac zero
""")
# Of régions and départements: where, but hardly which one.
REGIONS = WORD.findall("""
alpes alsace aquitaine ardenne auvergne azur bearn berry bourgogne bretagne calais calvados centre champagne
charente comte corse cote creuse dordogne drome essonne est finistere gironde grand haute hautes herault ile
isere jura landes languedoc limousin loire lorraine lot lozere maine manche marne mayenne meuse midi
morbihan moselle nievre nord normandie occidentale occitanie oise orientale orne ouest pas perche perigord
picardie poitou provence pyrenees quercy rhone roussillon sarthe savoie somme sud tarn touraine var vaucluse
vendee vienne vosges yonne
""")
# Of the names that stand over many doors: they tell who, not where.
CHAINS = WORD.findall("""
action artisan biocoop caritas catholique cigale citiz coallia cocagne coeur comptoir croix emmaus enercoop
envie equitable franca gamm humanisme lien logement monde mondial naturalia populaire rouge rurale satoriz
secours vert
""")

TRACKING = r"[?&](?:utm_|fbclid|gclid).*"
LAST_PAGE = r"(?:/(?:index|accueil)[.](?:html?|php))?/*"


def name_key(name: str) -> str:
    """The words of a name that tell whom it names: folded, singular, in their order.

    Legal forms, stop words and elisions are out, common abbreviations written out. Where nothing else is
    left (« L’Association »), those words stay.
    """
    text = fold(name)
    if "." in text:
        text = ACRONYM.sub(lambda found: found.group().replace(".", ""), text)
    if "loi" in text:
        text = OF_1901.sub(" ", text)
    if "'" in text or "’" in text:
        text = ELISION.sub("", YOUNG.sub("petit", text))
    plain = WORD.findall(text)
    words = plain
    if not LONG.isdisjoint(plain):
        words = LEGAL_PHRASES.sub(" ", AMAP.sub("amap", " ".join(plain))).split()
    if not SHORT.isdisjoint(words):
        words = " ".join([WRITTEN_OUT.get(word, word) for word in words]).split()
    said = [word for word in words if word not in STOP_WORDS]
    telling = [word for word in said if word not in LEGAL_FORMS]
    return " ".join([singular(word) for word in telling or said or plain])


def singular(word: str) -> str:
    """A French word without the mark of its plural, roughly: both sides of a comparison meet it."""
    if word[-1] not in "sx" or len(word) < 4 or word.endswith("ss"):
        return word
    return word[:-1]


GENERIC = frozenset(map(singular, [*KINDS, *(word + "e" for word in KINDS if word[-1] in "dlnt")]))
WIDE = frozenset(map(singular, REGIONS))
COMMON = frozenset(map(singular, CHAINS))


@lru_cache(maxsize=4096)
def place_words(place: str) -> frozenset[str]:
    """The words of the name of a place, as ``name_key`` writes them."""
    return frozenset(name_key(place).split())


def is_generic(key: str, place: str = "") -> bool:
    """Whether the words of a ``name_key`` are those of any other of its kind: « bibliothèque municipale ».

    With the name of its commune, « médiathèque de Felletin » is one too.
    """
    return not own_words(key.split(), place_words(place) if place else frozenset())


def own_words(words: Iterable[str], place: frozenset[str]) -> tuple[str, ...]:
    """The words that are of no kind nor of the place. Short numbers are none: « crèche nº 2 ».

    Those of a région count where there is no other: « PTCE Sud Creuse ».
    """
    own = [word for word in words if word not in GENERIC and word not in place]
    own = [word for word in own if len(word) > 2 or not word.isdigit()]
    return tuple([word for word in own if word not in WIDE] or own)


WAYS = {
    "av": "avenue", "ave": "avenue", "bd": "boulevard", "bld": "boulevard", "blvd": "boulevard", "r": "rue",
    "pl": "place", "ch": "chemin", "che": "chemin", "chem": "chemin", "imp": "impasse", "rte": "route",
    "all": "allee", "fg": "faubourg", "fbg": "faubourg", "sq": "square", "zi": "zone industrielle",
    "za": "zone artisanale", "st": "saint", "ste": "sainte", "dr": "docteur", "gal": "general",
    "mal": "marechal",
}  # fmt: skip


def street_key(street: str) -> str:
    """Number and way as they are compared; empty where no number is said, for a way is no address."""
    words = [WAYS.get(word, word) for word in WORD.findall(ELISION.sub("", fold(street)))]
    if not any(word[0].isdigit() for word in words):
        return ""
    return " ".join(word for word in words if word not in STOP_WORDS)


def website_key(url: str) -> str:
    """Host and path of an address, in small letters: what all addresses share, and tracking, is out.

    >>> website_key("https://www.exemple.org/Membres/Atelier/?utm_source=lettre")
    'exemple.org/membres/atelier'
    """
    text = "".join(sign.lower() if sign.isascii() else sign for sign in url)
    text = re.sub(r"\A[a-z]+://(?:www[0-9]?[.])?", "", text).partition("#")[0]
    text = re.sub(TRACKING + r"\Z", "", text, count=1, flags=re.DOTALL)
    return re.sub(LAST_PAGE + r"\Z", "", text, count=1)
