"""What a person who registers is told and agrees to, by version. A version is never edited: another is added.

As in :mod:`accounts.consent`: each registration keeps the version that was shown, and both languages of a
version stand here, so that what was agreed to can always be read again.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import get_language

# version → what → language → text.
WORDINGS: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "2026-11": {
        "information": {
            "fr": (
                "Ce que vous écrivez ici sert à préparer la rencontre : vous confirmer votre place, composer"
                " les ateliers, imprimer votre badge et la feuille d’émargement. Seule l’équipe qui organise"
                " le lit. Tout est effacé douze mois après la rencontre ; il n’en reste que des comptes. Le"
                " lien de votre courriel de confirmation permet de corriger ou d’annuler à tout moment."
            ),
            "en": (
                "What you write here serves to prepare the gathering: to confirm your place, make up the"
                " workshops, print your badge and the sign-in sheet. Only the team that organises it reads"
                " it. All of it is erased twelve months after the gathering; only counts remain. The link in"
                " your confirmation e-mail lets you correct or cancel at any time."
            ),
        },
        "image": {
            "fr": (
                "J’accepte d’être photographié ou filmé pendant la rencontre, et que ces images servent à en"
                " rendre compte (site, presse, bilan), sans contrepartie. Je peux changer d’avis, y compris"
                " sur place."
            ),
            "en": (
                "I agree to be photographed or filmed during the gathering, and to these images being used"
                " to report on it (website, press, review), free of charge. I can change my mind, on the day"
                " too."
            ),
        },
        "listed": {
            "fr": (
                "J’accepte que mon nom, ma fonction, ma structure et ma commune figurent dans l’annuaire"
                " remis aux participants. Mon courriel n’y figure pas."
            ),
            "en": (
                "I agree that my name, my position, my organisation and my municipality appear in the"
                " directory handed to participants. My e-mail address does not."
            ),
        },
    },
}
CURRENT = "2026-11"


def wording(what: str, version: str = CURRENT, language: str = "") -> str:
    """The text of this version, in the language of the reader where none is named. KeyError."""
    texts = WORDINGS[version][what]
    return texts.get((language or get_language() or "fr")[:2]) or texts["fr"]
