"""The texts that contact persons agree to, by version. A version is never edited: another one is added.

Each answer is stored with the version that was shown, so that what somebody agreed to can always be read
again. Not through gettext, whose texts change with the code: both languages of a version stand here.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import get_language

# version → purpose → language → text. Purposes are those of directory.models.ConsentPurpose.
WORDINGS: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "2026-11": {
        "public": {
            "fr": (
                "J’accepte que mon nom, ma fonction et mon numéro de téléphone, s’ils sont donnés, soient"
                " affichés sur la page publique de l’initiative. Mon courriel n’y figure jamais : les"
                " messages me parviennent par un formulaire. Je peux changer d’avis à tout moment."
            ),
            "en": (
                "I agree that my name, my position and my phone number, where given, are shown on the public"
                " page of the initiative. My e-mail address is never shown there: messages reach me through"
                " a form. I can change my mind at any time."
            ),
        },
        "networks": {
            "fr": (
                "J’accepte que les réseaux et les PTCE dont l’initiative est membre voient mon nom, ma"
                " fonction, mon courriel et mon téléphone, et les exportent pour leurs échanges avec elle."
                " Chaque export est inscrit dans un registre que je peux consulter. Je peux changer d’avis à"
                " tout moment."
            ),
            "en": (
                "I agree that the networks and PTCE which the initiative belongs to see my name, position,"
                " e-mail address and phone number, and export them for their dealings with it. Every export"
                " is written in a log that I can read. I can change my mind at any time."
            ),
        },
        "events": {
            "fr": (
                "J’accepte que mon nom, ma fonction et mon courriel servent à m’inviter à des rencontres qui"
                " concernent l’initiative ou son territoire. Je peux changer d’avis à tout moment."
            ),
            "en": (
                "I agree that my name, position and e-mail address are used to invite me to events that"
                " concern the initiative or its territory. I can change my mind at any time."
            ),
        },
    },
}
CURRENT = "2026-11"


class UnknownWording(LookupError):
    """No text of this version and purpose was ever shown."""


def wording(purpose: str, version: str = CURRENT, language: str = "") -> str:
    """The text of a purpose in this version; in the language of the reader where none is named."""
    try:
        texts = WORDINGS[version][purpose]
    except KeyError:
        raise UnknownWording(f"No text of version {version!r} for {purpose!r}.") from None
    return texts.get((language or get_language() or "fr")[:2]) or texts["fr"]
