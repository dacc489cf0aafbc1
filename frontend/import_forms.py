"""The forms by which a listing is brought: the file, its columns, its words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from directory.models import ActivityState, Grouping, LegalForm
from exchange.fields import Field
from exchange.models import Profile
from exchange.profiles import LONGEST_NAME, groupings_of, profiles_of
from exchange.recognition import JOINED, Column
from exchange.words import Word
from frontend.guarded import one_line
from frontend.sectors import Taxonomy

MOST_BYTES = 64 * 2**20  # with the rest of the form, what config/uploads.py lets in
# What is opened is decided by what is inside; this only spares an upload to who chose a picture.
READ = (
    ".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods", ".geojson", ".json", ".gpkg", ".zip", ".kml", ".kmz",
)  # fmt: skip
NEW = ""
ENCODINGS = ("utf-8", "windows-1252", "iso-8859-1", "utf-16")
DELIMITERS = {
    ";": gettext_lazy("point-virgule"), ",": gettext_lazy("virgule"), "\t": gettext_lazy("tabulation"),
    "|": gettext_lazy("barre"),
}  # fmt: skip
BY_ITSELF = ("", gettext_lazy("reconnu tout seul"))


class FileForm(forms.Form):
    """A file, and how it is read: as before, or anew for one of one's networks."""

    file = forms.FileField(
        label=gettext_lazy("Le fichier"),
        help_text=gettext_lazy(
            "CSV, Excel (XLSX, XLS), LibreOffice (ODS), GeoJSON, GeoPackage, Shapefile en ZIP, KML, ou"
            " l’export JSON de GoGoCarto et d’OpenFairDB ; 60 Mo au plus."
        ),
        max_length=255,
        error_messages={
            "required": gettext_lazy("Choisissez un fichier."), "empty": gettext_lazy("Ce fichier est vide."),
        },
        widget=forms.FileInput({"accept": ",".join(READ)}),
    )  # fmt: skip
    profile = forms.ChoiceField(label=gettext_lazy("Comment le lire"), required=False)
    name = forms.CharField(
        label=gettext_lazy("Nom de cette liste"),
        help_text=gettext_lazy("Par exemple « Adhérents de la fédération » : d’où viennent les fiches."),
        required=False,
        max_length=LONGEST_NAME,
        validators=[one_line],
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    grouping = forms.ModelChoiceField(
        label=gettext_lazy("Réseau ou PTCE"), queryset=Grouping.objects.none(), required=False
    )
    sheet = forms.CharField(
        label=gettext_lazy("Feuille ou couche à lire (facultatif)"), required=False, max_length=200,
        help_text=gettext_lazy("Sinon, la première qui contient des données."), validators=[one_line],
    )  # fmt: skip
    encoding = forms.ChoiceField(
        label=gettext_lazy("Codage des lettres"), required=False,
        help_text=gettext_lazy("À dire si les accents sont mal lus."),
        choices=[BY_ITSELF, *((each, each) for each in ENCODINGS)],
    )  # fmt: skip
    delimiter = forms.ChoiceField(
        label=gettext_lazy("Séparateur des colonnes"), required=False,
        choices=[BY_ITSELF, *DELIMITERS.items()],
    )  # fmt: skip

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **{"use_required_attribute": False} | kwargs)
        self.profiles = {each.slug: each for each in profiles_of(person)}
        groupings: Any = self.fields["grouping"]
        groupings.queryset = groupings_of(person)
        self.alone = person.is_superuser  # an administrator may bring what is of no network
        groupings.empty_label = gettext_lazy("aucun") if self.alone else None
        if self.profiles:
            chosen: Any = self.fields["profile"]
            known = [
                (slug, _("Comme « {name} »").format(name=each.name)) for slug, each in self.profiles.items()
            ]
            chosen.choices = [*known, (NEW, _("D’une nouvelle façon"))]
        else:
            del self.fields["profile"]

    @property
    def chosen(self) -> Profile | None:
        """The way of reading that was chosen; none where it is a new one."""
        return self.profiles.get(self.cleaned_data.get("profile", NEW))

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(_("Ce fichier est trop lourd : 60 Mo au plus."))
        ending = PurePath(file.name or "").suffix.lower()
        if ending not in READ:
            raise forms.ValidationError(
                _("Nous ne lisons pas les fichiers « {ending} ».").format(ending=ending or "?")
            )
        return file

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("profile", NEW) == NEW and "profile" not in self.errors:
            if not cleaned.get("name") and "name" not in self.errors:
                self.add_error("name", _("Donnez un nom à cette liste."))
            if not cleaned.get("grouping") and "grouping" not in self.errors and not self.alone:
                self.add_error("grouping", _("Dites pour quel réseau."))
        return cleaned


# Fields in the order and the groups in which people look for them.
GROUPS: dict[Any, tuple[Field, ...]] = {
    gettext_lazy("Qui"): (
        Field.NAME, Field.SUMMARY, Field.DESCRIPTION, Field.LEGAL_FORM, Field.SIRET, Field.RNA,
    ),
    gettext_lazy("Ce qu’elle fait"): (
        Field.CATEGORY, Field.ACTIVITIES, Field.ACTIVITY_STATE, Field.FOUNDED, Field.CLOSED,
        Field.OPENING_HOURS,
    ),
    gettext_lazy("Où"): (
        Field.ADDRESS, Field.STREET, Field.POSTCODE, Field.LOCALITY, Field.COMMUNE_CODE,
        Field.DEPARTEMENT_CODE, Field.LATITUDE, Field.LONGITUDE, Field.GEO_POINT, Field.X, Field.Y,
    ),
    gettext_lazy("La joindre"): (Field.WEBSITE, Field.EMAIL, Field.PHONE),
    gettext_lazy("La reconnaître"): (Field.EXTERNAL_ID, Field.MAILLAGE, Field.LANGUAGE),
}  # fmt: skip
FIXED = (Field.ACTIVITIES, Field.LEGAL_FORM, Field.ACTIVITY_STATE)


def field_choices() -> list[Any]:
    groups = [(label, [(each.value, each.label) for each in fields]) for label, fields in GROUPS.items()]
    return [("", _("ne pas prendre")), *groups]


def activity_choices(empty: str) -> list[Any]:
    """Our activities by sector, by slug; a sector by itself where nothing finer is known."""
    taxonomy = Taxonomy()
    of_sector: dict[int, list[tuple[str, str]]] = {
        pk: [(sector.slug, _("{sector} (sans plus de détail)").format(sector=sector.label))]
        for pk, sector in taxonomy.sectors.items()
    }
    for each in taxonomy.activities.values():
        if not each.replaced_by_id:
            of_sector[each.sector_id].append((each.slug, each.label))
    return [("", empty), *((taxonomy.sectors[pk].label, own) for pk, own in of_sector.items())]


class ColumnsForm(forms.Form):
    """Which field of ours each column of theirs is; what holds for all the lines; what is created."""

    publish = forms.BooleanField(
        label=gettext_lazy("Publier les nouvelles fiches"), required=False,
        help_text=gettext_lazy("Sinon elles restent des brouillons, que la modération publie."),
    )  # fmt: skip
    complete = forms.BooleanField(
        label=gettext_lazy("Ce fichier est la liste entière"), required=False,
        help_text=gettext_lazy(
            "Ce qu’il ne contient plus est alors marqué comme disparu de la liste ; rien n’est effacé."
        ),
    )  # fmt: skip

    def __init__(self, *args: Any, columns: Sequence[Column], profile: Profile, **kwargs: Any) -> None:
        initial: dict[str, Any] = {"publish": profile.publish, "complete": profile.complete}
        initial |= {f"fixed_{name}": profile.fixed.get(name, "") for name in FIXED}
        initial |= {f"c{n}": each.mapped or "" for n, each in enumerate(columns)}
        options: dict[str, Any] = {"use_required_attribute": False, "initial": initial}
        super().__init__(*args, **options | kwargs)
        self.header = [each.name for each in columns]
        choices = field_choices()
        for n, name in enumerate(self.header):
            self.fields[f"c{n}"] = forms.ChoiceField(label=name, choices=choices, required=False)
        for ours, (label, values) in fixed_choices().items():
            self.fields[f"fixed_{ours}"] = forms.ChoiceField(label=label, choices=values, required=False)
        self.fields["fixed_activities"].help_text = _(
            "Une ligne dont aucune colonne ne dit l’activité prend celle-ci. Sans elle, elle est refusée."
        )

    @property
    def columns(self) -> dict[str, str]:
        return {name: self.cleaned_data[f"c{n}"] for n, name in enumerate(self.header)}

    @property
    def fixed(self) -> dict[str, str]:
        said = {str(name): self.cleaned_data[f"fixed_{name}"] for name in FIXED}
        return {name: value for name, value in said.items() if value}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        taken: dict[str, str] = {}
        for n, name in enumerate(self.header):
            field = cleaned.get(f"c{n}", "")
            if field in taken and field not in JOINED:
                self.add_error(f"c{n}", _("La colonne « {name} » le dit déjà.").format(name=taken[field]))
            elif field:
                taken[field] = name
        if not self.errors and Field.NAME not in taken:
            self.add_error(None, _("Dites quelle colonne est le nom : une ligne sans nom est refusée."))
        return cleaned


def fixed_choices() -> dict[Field, tuple[str, list[Any]]]:
    empty = ("", _("rien de fixé"))
    return {
        Field.ACTIVITIES: (_("Activité"), activity_choices(empty[1])),
        Field.LEGAL_FORM: (_("Forme juridique"), [empty, *LegalForm.choices]),
        Field.ACTIVITY_STATE: (_("En activité, fermée ou en projet"), [empty, *ActivityState.choices]),
    }


def word_choices(field: Field) -> list[Any]:
    """What a word of theirs may stand for."""
    dropped = _("ne pas prendre")
    if field == Field.CATEGORY:
        return activity_choices(dropped)
    ours = LegalForm.choices if field == Field.LEGAL_FORM else ActivityState.choices
    return [("", dropped), *ours]


class ValuesForm(forms.Form):
    """What each word of theirs stands for; only those of one page."""

    def __init__(self, *args: Any, words: Sequence[Word], **kwargs: Any) -> None:
        self.words = words
        initial = {f"v{n}": word.ours for n, word in enumerate(words)}
        options: dict[str, Any] = {"use_required_attribute": False, "initial": initial}
        super().__init__(*args, **options | kwargs)
        choices = {field: word_choices(field) for field in {word.field for word in words}}
        for n, word in enumerate(words):
            self.fields[f"v{n}"] = forms.ChoiceField(
                label=word.text, choices=choices[word.field], required=False
            )

    def said(self, known: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
        """What is known of words, by field, and what is said here."""
        found = {field: dict(values) for field, values in known.items()}
        for n, word in enumerate(self.words):
            found.setdefault(str(word.field), {})[word.text] = self.cleaned_data[f"v{n}"]
        return found
