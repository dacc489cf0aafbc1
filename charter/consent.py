"""What a person who signs is told and agrees to, by version. A version is never edited: another is added.

As in :mod:`accounts.consent`: each signature keeps the version that was shown, and both languages of a
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
                "Votre nom et votre courriel servent à tenir la liste des signataires : vérifier que"
                " c’est bien vous, vous écrire quand une nouvelle version de la charte paraît, vous"
                " laisser retirer votre signature. Le courriel n’est jamais montré. Votre signature"
                " est gardée tant que vous ne la retirez pas ; retirée, il n’en reste que les dates."
                " Une signature que personne ne confirme est effacée au bout de sept jours."
            ),
            "en": (
                "Your name and e-mail address serve to keep the list of signatories: to check that it"
                " is you, to write to you when a new version of the charter is published, to let you"
                " withdraw your signature. The address is never shown. Your signature is kept until"
                " you withdraw it; once withdrawn, only its dates remain. A signature that nobody"
                " confirms is erased after seven days."
            ),
        },
        "listed": {
            "fr": (
                "J’accepte que mon nom, le titre auquel je signe et ma commune, si je la donne,"
                " figurent dans la liste publique des signataires. Sinon, ma signature est comptée"
                " sans être nommée."
            ),
            "en": (
                "I agree that my name, the capacity in which I sign and my municipality, if I give"
                " it, appear in the public list of signatories. Otherwise my signature is counted"
                " without being named."
            ),
        },
        "structure_listed": {
            "fr": (
                "Le nom de la structure peut figurer dans la liste publique des signataires, sur sa"
                " page, sur la carte et dans les données ouvertes. Sinon, sa signature est comptée"
                " sans être nommée. Mon nom et ma fonction n’y figurent pas."
            ),
            "en": (
                "The name of the organisation may appear in the public list of signatories, on its"
                " page, on the map and in the open data. Otherwise its signature is counted without"
                " being named. My name and my position do not appear there."
            ),
        },
    },
}
CURRENT = "2026-11"


def wording(what: str, version: str = CURRENT, language: str = "") -> str:
    """The text of this version, in the language of the reader where none is named. KeyError."""
    texts = WORDINGS[version][what]
    return texts.get((language or get_language() or "fr")[:2]) or texts["fr"]
