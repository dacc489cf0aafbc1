"""The forms of links and memberships."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from directory.models import LONGEST_TIE_SOURCE, MUTUAL, LinkKind
from frontend.guarded import one_line
from frontend.sentences import FROM_THE_OTHER_END


class JoinForm(forms.Form):
    """Since when, and where it is said."""

    since = forms.DateField(
        label=_("Depuis le (facultatif)"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Écrivez une date, par exemple 2024-09-01.")},
    )
    source = forms.CharField(
        label=_("Où c’est dit (facultatif)"),
        help_text=_("Une page web, un rapport, un bail : ce qui aide l’autre à répondre. Il est public."),
        required=False,
        max_length=LONGEST_TIE_SOURCE,
        validators=[one_line],
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"use_required_attribute": False} | kwargs)

    def told(self) -> dict[str, Any]:
        """What the verbs take."""
        return {"since": self.cleaned_data["since"], "source": self.cleaned_data["source"]}


def relations(here: str, other: str) -> list[tuple[str, str]]:
    """Each relation as a whole sentence, from this end then from the other; those without direction once."""
    found = []
    for kind in LinkKind:
        found.append((f"{kind}:out", f"{here} {kind.label} {other}"))
        if kind not in MUTUAL:
            found.append((f"{kind}:in", f"{here} {FROM_THE_OTHER_END[kind]} {other}"))
    return found


class LinkForm(JoinForm):
    """One sentence among those that two initiatives can say of each other."""

    relation = forms.ChoiceField(
        label=_("Quelle phrase est vraie ?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choisissez une phrase."),
            "invalid_choice": _("Choisissez une des phrases proposées."),
        },
    )
    field_order = ("relation", "since", "source")

    def __init__(self, *args: Any, here: str, other: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["relation"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = relations(here, other)

    def told(self) -> dict[str, Any]:
        kind, _between, way = self.cleaned_data["relation"].partition(":")
        return {**super().told(), "kind": kind, "outward": way == "out"}


class TieAnswerForm(forms.Form):
    reason = forms.CharField(
        label=_("Une raison (facultatif)"),
        help_text=_("Elle est envoyée à l’autre côté si vous refusez ou mettez fin."),
        required=False,
        max_length=LONGEST_TIE_SOURCE,
        widget=forms.Textarea({"rows": 2}),
    )
