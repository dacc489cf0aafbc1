"""The questions of one dimension as a form, and where to send the link of one's answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from frontend.event_forms import CommuneField
from frontend.guarded import GuardedForm
from questionnaires.content import NOT_APPLICABLE, Answer, Content, Quote


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it is shown: its field, its place among those of its dimension, what helps to answer."""

    number: int
    field: forms.BoundField
    help: str
    evidence: str
    quote: Quote | None


class QuestionsForm(forms.Form):
    """An answer is chosen in the words of the scale, or « non concerné », or left blank."""

    def __init__(
        self, data: Any, content: Content, dimension: str, answers: Mapping[str, Answer] | None = None
    ) -> None:
        super().__init__(data, use_required_attribute=False)
        self.language = get_language() or "fr"
        self.questions = content.of(dimension)
        choices = choices_of(content, self.language)
        for each in self.questions:
            given = (answers or {}).get(each.id)
            self.fields[each.id] = forms.ChoiceField(
                label=each.text.say(self.language),
                choices=choices,
                required=False,
                initial="" if given is None else str(given),
                widget=forms.RadioSelect,
                error_messages={"invalid_choice": gettext_lazy("Choisissez une des réponses proposées.")},
            )

    def asked(self) -> list[Asked]:
        return [
            Asked(
                number=number,
                field=self[each.id],
                help=each.help.say(self.language) if each.help else "",
                evidence=each.evidence.say(self.language) if each.evidence else "",
                quote=each.quote,
            )
            for number, each in enumerate(self.questions, 1)
        ]

    def given(self) -> dict[str, Answer | None]:
        """The answers that were sent; a blank erases one. A question that was not sent stays as it is."""
        return {each.id: read(self.cleaned_data[each.id]) for each in self.questions if each.id in self.data}


def choices_of(content: Content, language: str) -> list[tuple[str, str]]:
    steps = [(str(step), text.say(language)) for step, text in enumerate(content.scale)]
    return [*steps, (NOT_APPLICABLE, content.not_applicable.say(language)), ("", _("je passe"))]


def read(value: str) -> Answer | None:
    return int(value) if value.isdigit() else value or None


class LinkForm(GuardedForm):
    """``slug`` is the key of the answers: a form opened for some cannot be sent for others."""

    SALT = "frontend.assessment"
    TOLD = ("email",)

    email = forms.EmailField(
        label=gettext_lazy("Votre courriel"),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email", "aria-describedby": "aide-email"}),
        error_messages={
            "required": gettext_lazy("Donnez l’adresse où envoyer le lien."),
            "invalid": gettext_lazy("Cette adresse n’est pas celle d’un courriel. Exemple : nom@exemple.fr"),
        },
    )


class NearForm(forms.Form):
    """Around which commune to look for examples."""

    place = CommuneField(label=gettext_lazy("Près de quelle commune ?"), required=False)

    def __init__(self, data: Any = None, initial: Any = None) -> None:
        super().__init__(data, initial=initial, use_required_attribute=False)
