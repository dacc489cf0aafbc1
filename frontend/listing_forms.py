"""The forms of lists: their name, what is added by hand, where a search is kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from directory.filters import named
from directory.listings import MOST_PICKS
from directory.models import LONGEST_LISTING_NAME, LONGEST_LISTING_NOTE, Listing
from frontend.addresses import SLUG
from frontend.guarded import one_line

LONGEST_TYPED = 600_000  # as many addresses as a list takes
SHOWN = 5
PAGE = re.compile(r"^https?://[^/]+(?:/en)?/initiatives/([^/]+)/?$")


@dataclass(frozen=True, slots=True)
class Typed:
    """Initiatives found (keys) in what was typed, and the words that name none."""

    found: list[int]
    unknown: list[str]

    def lost(self) -> str:
        """What was not found, in one sentence; nothing where all was."""
        if not self.unknown:
            return ""
        shown = ", ".join(each[:60] for each in self.unknown[:SHOWN])
        return gettext("Pas dans l’annuaire, ou plus : {words}{more}.").format(
            words=shown, more="…" if len(self.unknown) > SHOWN else ""
        )


class PicksField(forms.CharField):
    """Initiatives, each by the address of its page or by its end."""

    widget = forms.Textarea

    def __init__(self, **kwargs: Any) -> None:
        options: dict[str, Any] = {
            "label": _("Initiatives à ajouter"),
            "help_text": _("L’adresse de leur page, ou la fin de cette adresse, une par ligne."),
            "required": False, "max_length": LONGEST_TYPED,
            "widget": forms.Textarea({"rows": 5, "spellcheck": "false", "autocomplete": "off"}),
        }  # fmt: skip
        super().__init__(**options | kwargs)

    def clean(self, value: Any) -> Typed:
        words = dict.fromkeys(re.split(r"[\s,;]+", super().clean(value).strip()))
        slugs = {word: self.slug(word) for word in words if word}
        if len(slugs) > MOST_PICKS:
            refusal = gettext("{most} initiatives au plus à la fois.")
            raise forms.ValidationError(refusal.format(most=MOST_PICKS))
        keys = named(filter(None, slugs.values()))
        found = [keys[slug] for slug in slugs.values() if slug in keys]
        unknown = [word for word, slug in slugs.items() if slug not in keys]
        if unknown and not found:
            raise forms.ValidationError(Typed(found, unknown).lost())
        return Typed(found, unknown)

    @staticmethod
    def slug(word: str) -> str:
        page = PAGE.match(word)
        said = page[1] if page else word
        return said if SLUG.fullmatch(said) else ""


class NameForm(forms.Form):
    name = forms.CharField(
        label=_("Nom de la liste"), max_length=LONGEST_LISTING_NAME, validators=[one_line],
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": _("Donnez un nom à cette liste.")},
    )  # fmt: skip
    note = forms.CharField(
        label=_("Présentation (facultatif)"), required=False, max_length=LONGEST_LISTING_NOTE,
        help_text=_("À quoi elle sert, pour qui. Quiconque a le lien la lit."),
        widget=forms.Textarea({"rows": 3}),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"use_required_attribute": False} | kwargs)


class KeepForm(NameForm):
    """A new list, or one of those that one has (``own``, live) which takes what was found."""

    into = forms.ChoiceField(
        label=_("Où la garder"), required=False,
        help_text=_(
            "Dans une liste que vous avez, ces critères remplacent les siens ; des initiatives choisies une à"
            " une s’y ajoutent."
        ),
    )  # fmt: skip
    picks = PicksField()

    field_order = ["into", "name", "note", "picks"]

    def __init__(self, *args: Any, own: list[Listing], criteria: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = criteria
        self.own = {each.slug: each for each in own}
        offered = [(each.slug, each.name) for each in own]
        self.fields["into"].choices = [("", gettext("Dans une nouvelle liste")), *offered]  # type: ignore[attr-defined]
        self.fields["name"].required = False
        if not own:
            del self.fields["into"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("into") and not cleaned.get("name") and "name" not in self.errors:
            self.add_error("name", gettext("Donnez un nom à cette liste."))
        return cleaned

    @property
    def target(self) -> Listing | None:
        return self.own.get(self.cleaned_data.get("into", ""))


class PicksForm(forms.Form):
    picks = PicksField(required=True, error_messages={"required": _("Donnez au moins une adresse.")})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"use_required_attribute": False} | kwargs)


class AddForm(forms.Form):
    """To which of one’s lists an initiative is added."""

    into = forms.ChoiceField(label=_("Dans quelle liste ?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, own: list[Listing], **kwargs: Any) -> None:
        super().__init__(*args, **{"use_required_attribute": False} | kwargs)
        self.own = {each.slug: each for each in own}
        self.fields["into"].choices = [(each.slug, each.name) for each in own]  # type: ignore[attr-defined]
