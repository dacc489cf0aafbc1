"""What the content of a version must hold, said to who writes it; its shape is in the types."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from questionnaires.content import Content, read
from questionnaires.errors import ContentRefused

PLACE = re.compile(r"`(\$[^`]*)`\Z")
# What JSON may write and PostgreSQL does not keep.
UNKEPT = re.compile("[\\x00\ud800-\udfff]")


def check(content: Any) -> Content:
    """The content, read. ContentRefused says all that is wrong with it, or where its shape is."""
    try:
        found = read(content)
    except msgspec.ValidationError as wrong:
        place = PLACE.search(str(wrong))
        raise ContentRefused([_misshapen(place[1] if place else "$", str(wrong))]) from wrong
    if faults := [*_faults(found)]:
        raise ContentRefused(faults)
    return found


def _misshapen(place: str, wrong: str) -> str:
    said = _("Le contenu n’a pas la forme attendue à cet endroit : {place}.").format(place=place)
    return f"{said} ({wrong})"


def _faults(content: Content) -> Iterator[str]:
    for name, count in Counter(each.slug for each in content.dimensions).items():
        if count > 1:
            yield _("Deux dimensions portent le même nom : {name}.").format(name=name)
    for name, count in Counter(each.id for each in content.questions).items():
        if count > 1:
            yield _("Deux questions portent le même numéro : {name}.").format(name=name)
    known = {each.slug for each in content.dimensions}
    for question in content.questions:
        if question.dimension not in known:
            yield _("La question {name} est d’une dimension qui n’existe pas : {dimension}.").format(
                name=question.id, dimension=question.dimension
            )
    for dimension in content.dimensions:
        if len(content.of(dimension.slug)) < content.min_answers:
            yield _(
                "La dimension {name} compte moins de {least} questions : elle n’aurait jamais de score."
            ).format(name=dimension.slug, least=content.min_answers)
    steps = [each.least for each in content.bands]
    if steps[0] != 0 or any(one >= other for one, other in zip(steps, steps[1:], strict=False)):
        yield _("Les paliers commencent à 0 et vont en montant.")
    if any(UNKEPT.search(each) or not each.strip() for each in _texts(msgspec.to_builtins(content))):
        yield _("Un texte est vide, ou contient un caractère qui ne se garde pas.")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _texts(each)
