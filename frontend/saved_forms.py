"""The forms of a saved diagnosis: its name, what people write beside the figures, who may read it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from diagnosis.catalogue import Offer
from diagnosis.saved_diagnosis import LONGEST_TITLE, Visibility
from diagnosis.texts import BOXES, LONGEST, MOST_TESTIMONIES, Testimony, Texts
from frontend.guarded import one_line

BLANK = 2  # testimonies that may be added at a time
LONGEST_NAME = 200
LONG = ("reading", *BOXES, "plan")


class NameForm(forms.Form):
    title = forms.CharField(
        label=_("Titre"), max_length=LONGEST_TITLE, validators=[one_line],
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": _("Donnez un titre à ce diagnostic.")},
    )  # fmt: skip
    signature = forms.CharField(
        label=_("Qui le signe (facultatif)"), required=False, max_length=LONGEST_TITLE, validators=[one_line],
        help_text=_("La collectivité et le service. Le nom d’une personne n’est pas nécessaire."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"use_required_attribute": False} | kwargs)


def long_text(label: Any, hint: Any, rows: int = 5) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=hint, required=False, max_length=LONGEST, widget=forms.Textarea({"rows": rows})
    )


class WordsForm(NameForm):
    """The texts. ``offers`` are the levers that may be chosen, and those that were."""

    reading = long_text(
        _("Votre lecture des chiffres"), _("Ce qu’ils disent, ce qu’ils ne disent pas, ce qui vous étonne.")
    )
    plan = long_text(_("Ce que vous proposez"), _("Qui fait quoi, et quand."))
    levers = forms.TypedMultipleChoiceField(
        label=_("Leviers choisis"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Ceux du catalogue. Ils sont gardés tels qu’ils sont à présent."),
    )  # fmt: skip

    def __init__(self, *args: Any, texts: Texts, offers: Sequence[Offer], **kwargs: Any) -> None:
        written = {name: getattr(texts, name) for name in LONG}
        chosen = [each.id for each in texts.levers]
        initial = kwargs.pop("initial", {}) | written | {"levers": chosen}
        super().__init__(*args, initial=initial, **kwargs)
        for name, (title, question) in BOXES.items():
            self.fields[name] = long_text(title, question)
        self.language = texts.language
        self.offers = {each.id: each for each in [*texts.levers, *offers]}  # as it is now, if still there
        named = [(each.id, f"{each.name} ({each.kind_label}, {each.giver})") for each in self.offers.values()]
        self.fields["levers"].choices = named  # type: ignore[attr-defined]  # a choice field

    @property
    def boxes(self) -> list[forms.BoundField]:
        return [self[name] for name in BOXES]

    def texts(self, testimonies: tuple[Testimony, ...]) -> Texts:
        given = self.cleaned_data
        chosen = tuple(self.offers[number] for number in given["levers"])
        written = {name: given[name] for name in LONG}
        return Texts(testimonies=testimonies, levers=chosen, language=self.language, **written)


class TestimonyForm(forms.Form):
    words = forms.CharField(
        label=_("Ce qui a été dit"), required=False, max_length=LONGEST, widget=forms.Textarea({"rows": 4})
    )
    by = forms.CharField(
        label=_("Par qui"), required=False, max_length=LONGEST_NAME, validators=[one_line],
        help_text=_("Comme la personne accepte d’être citée : « une maraîchère », un prénom, un nom."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )  # fmt: skip
    agreed = forms.BooleanField(
        label=_(
            "Cette personne a donné son accord écrit pour être citée ainsi, même publiquement."
        ),
        required=False, label_suffix="",
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """All of it, or nothing: what is emptied is taken away."""
        cleaned = super().clean() or {}
        words, by = cleaned.get("words", ""), cleaned.get("by", "")
        if words and not by:
            self.add_error("by", gettext("Dites comment citer cette personne."))
        if by and not words and "words" not in self.errors:
            self.add_error("words", gettext("Écrivez ce qui a été dit, ou effacez aussi le nom."))
        if words and not cleaned.get("agreed"):
            self.add_error("agreed", gettext("Sans son accord, un témoignage ne s’enregistre pas."))
        return cleaned


BaseTestimonies = forms.formset_factory(TestimonyForm, extra=0, max_num=MOST_TESTIMONIES, validate_max=True)


class Testimonies(BaseTestimonies):  # type: ignore[misc, valid-type]  # made by Django’s factory
    """Those that are there, and room for a few more."""

    def __init__(self, data: Any = None, *, kept: Sequence[Testimony] = ()) -> None:
        initial = [{"words": each.words, "by": each.by, "agreed": True} for each in kept]
        super().__init__(data, prefix="temoignages", initial=initial)
        self.extra = BLANK

    def told(self) -> tuple[Testimony, ...]:
        given = [form.cleaned_data for form in self.forms]
        return tuple(Testimony(each["words"], each["by"]) for each in given if each.get("words"))


READERS = {
    Visibility.PRIVATE: _("Privé : vous, les agents de la même collectivité et l’administration du site."),
    Visibility.LINK: _(
        "Par un lien : quiconque le reçoit peut lire, sans compte. Il n’est dans aucune liste."
    ),
    Visibility.PUBLIC: _("Public : dans la liste des diagnostics publiés, pour tout le monde."),
}


class ShareForm(forms.Form):
    visibility = forms.ChoiceField(label=_("Qui peut le lire ?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, publish: bool, **kwargs: Any) -> None:
        super().__init__(*args, **{"use_required_attribute": False} | kwargs)
        self.fields["visibility"].choices = [  # type: ignore[attr-defined]  # a choice field
            (each.value, READERS[each]) for each in Visibility if publish or each != Visibility.PUBLIC
        ]
