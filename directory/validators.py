"""Checks of identifiers and numbers, shared by forms, the API and imports."""

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from stdnum.fr import siret

# Those of French typography, which word processors and keyboards put before « : », « ; », « ! » and « ? ».
NO_BREAK = str.maketrans("\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}", "  ")

slug_name = RegexValidator(
    r"\A[a-z0-9]+(-[a-z0-9]+)*\Z", _("Lettres minuscules sans accent, chiffres et tirets simples.")
)
rna_number = RegexValidator(
    r"\AW[0-9A-Z][0-9]{8}\Z", _("Un numéro RNA est la lettre W suivie de neuf signes.")
)


def is_in_sight(text: str) -> bool:
    """Whether a line holds nothing that is not seen: no line break, no mark that turns the direction."""
    return text.translate(NO_BREAK).isprintable()


def siret_number(value: str) -> None:
    """Fourteen digits with a right check digit (La Poste's exception included)."""
    if not (value.isdigit() and siret.is_valid(value)):
        raise ValidationError(_("Un SIRET compte quatorze chiffres, clé de contrôle comprise."))


def phone_number(value: str) -> None:
    """A number that can be dialled; without a country code it is read as French."""
    try:
        number = phonenumbers.parse(value, "FR")
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise ValidationError(_("Ce numéro de téléphone ne peut pas être composé."))


def plain_address(value: str) -> None:
    """An address is compared with others whatever its case, where a dotless « ı » would pass for an « i ».

    ``EmailField`` lets through the few letters of other alphabets that have an ASCII capital.
    """
    if not (value.isascii() and value.isprintable()):
        raise ValidationError(
            _("Écrivez cette adresse en lettres simples : sans accent, ni lettre d’un autre alphabet.")
        )
