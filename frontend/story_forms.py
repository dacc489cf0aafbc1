"""The forms of experience sheets and testimonies: plain text, in parts or in one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from directory.models import (
    LONGEST_SIGNATURE,
    LONGEST_STORY_REASON,
    LONGEST_STORY_TEXT,
    LONGEST_STORY_TITLE,
    SHEET_PARTS,
    Story,
    StoryKind,
)
from frontend.guarded import one_line

NAMES = _("Ne nommez personne d’autre sans son accord.")


def long_text(label: Any, help_text: Any, *, required: bool = False, rows: int = 6) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=LONGEST_STORY_TEXT,
        widget=forms.Textarea({"rows": rows}),
        error_messages={"required": _("Écrivez au moins quelques mots.")},
    )


class StoryForm(forms.Form):
    """``kind`` says which parts there are: a testimony has one text."""

    title = forms.CharField(
        label=_("Titre"),
        max_length=LONGEST_STORY_TITLE,
        validators=[one_line],
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": _("Donnez un titre.")},
    )
    context = long_text(
        _("Le contexte (facultatif)"), _("D’où l’on est parti : le lieu, le besoin, les personnes.")
    )
    text = long_text(_("Ce qui a été fait"), NAMES, required=True, rows=8)
    difficulties = long_text(
        _("Les difficultés (facultatif)"), _("Ce qui a coincé, et comment cela s’est dénoué ou non.")
    )
    advice = long_text(
        _("Ce que l’on conseille à d’autres (facultatif)"),
        _("Ce que l’on referait, ce que l’on ferait autrement."),
    )
    signature = forms.CharField(
        label=_("Signature (facultatif)"),
        help_text=_("Tel que vous l’écrivez, ce nom est public. Sans signature, personne n’est nommé."),
        required=False,
        max_length=LONGEST_SIGNATURE,
        validators=[one_line],
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    language = forms.ChoiceField(label=_("Langue du texte"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, kind: str, story: Story | None = None, **kwargs: Any) -> None:
        before = {name: getattr(story, name) for name in self.base_fields} if story else {}
        options: dict[str, Any] = {"use_required_attribute": False, "initial": before}
        super().__init__(*args, **options | kwargs)
        if kind == StoryKind.TESTIMONY:
            for part in SHEET_PARTS:
                del self.fields[part]
            self.fields["text"].label = _("Votre témoignage")

    def said(self) -> dict[str, str]:
        return dict(self.cleaned_data)


class StoryAnswerForm(forms.Form):
    """``sent_at``, which the page writes out of sight, says which text was read: its author may have taken it
    back and changed it meanwhile."""

    sent_at = forms.DateTimeField(required=False)
    reason = forms.CharField(
        label=_("Votre réponse"),
        help_text=_("Nécessaire pour refuser ou retirer : elle est envoyée à la personne."),
        required=False,
        max_length=LONGEST_STORY_REASON,
        widget=forms.Textarea({"rows": 3}),
    )
