"""The directory in Django's administration: safe defaults, points on a Leaflet map."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from directory import publishing
from directory.history import Hand, noting
from directory.models import (
    Activity,
    Consent,
    Contact,
    Grouping,
    Initiative,
    Link,
    Listing,
    Membership,
    Merge,
    Phrase,
    PtceStatus,
    Report,
    Sector,
    ServedTerritory,
    Source,
    SourceRecord,
    Story,
    StoryState,
)  # fmt: skip
from directory.words import stems_of
from territories.maps import NoncedLeafletAdmin


class ActivitiesField(forms.TypedMultipleChoiceField):
    """The activities of an initiative, the first chosen being the main one."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs = {
            name: kwargs[name] for name in ("required", "label", "help_text", "initial") if name in kwargs
        }
        super().__init__(
            choices=activity_choices, coerce=int, widget=forms.SelectMultiple({"size": 12}), **kwargs
        )


def activity_choices() -> list[tuple[str, list[tuple[int, str]]]]:
    sectors = Sector.objects.prefetch_related("activities")
    return [
        (sector.label, [(sector.pk * 100, str(_("(tout le secteur)")))]
         + [(activity.pk, activity.label) for activity in sector.activities.all()])
        for sector in sectors
    ]  # fmt: skip


class InitiativeForm(forms.ModelForm):
    activities = ActivitiesField(label=_("activités"))

    def clean(self) -> dict[str, Any]:
        """The main activity stays first where it is kept."""
        cleaned = super().clean() or {}
        chosen, before = cleaned.get("activities"), self.instance.activities or []
        if chosen and before and before[0] in chosen:
            cleaned["activities"] = [before[0], *(a for a in chosen if a != before[0])]
        if cleaned.get("location") is None:
            cleaned["precision"] = ""
        elif not cleaned.get("precision"):
            self.add_error("precision", _("Dites à quel point ce point est précis."))
        return cleaned


# An address typed without its scheme is a secure one.
SECURE: dict[type[models.Field[Any, Any]], dict[str, Any]] = {models.URLField: {"assume_scheme": "https"}}


VIA = "administration"


def hand_of(request: HttpRequest) -> dict[str, str]:
    """Who writes here, for the history."""
    return {"by": f"{publishing.ACCOUNT}{request.user.pk}", "hand": Hand.ADMINISTRATION, "via": VIA}


class Noted(admin.ModelAdmin):
    """Whatever is added, changed or removed here bears who did it, inlines and actions included."""

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        with self.noting(request):
            return super().changeform_view(request, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        with self.noting(request):
            return super().changelist_view(request, *args, **kwargs)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        with self.noting(request):
            return super().delete_view(request, *args, **kwargs)

    @staticmethod
    def noting(request: HttpRequest) -> AbstractContextManager[None]:
        return noting(**hand_of(request)) if request.method == "POST" else nullcontext()


class ServedInline(admin.TabularInline):
    model = ServedTerritory
    autocomplete_fields = ["territory"]
    extra = 0


class MembershipInline(admin.TabularInline):
    model = Membership
    autocomplete_fields = ["grouping", "initiative"]
    extra = 0


class SourceRecordInline(admin.TabularInline):
    model = SourceRecord
    extra = 0


@admin.register(Initiative)
class InitiativeAdmin(NoncedLeafletAdmin, Noted):
    form = InitiativeForm
    formfield_overrides = SECURE
    list_display = [
        "name",
        "commune",
        "departement",
        "publication",
        "activity_state",
        "origin",
        "verified_at",
        "updated_at",
    ]
    list_filter = ["publication", "activity_state", "origin", "legal_form", "precision", "accepts_testimony"]
    list_select_related = ["commune", "departement"]
    search_fields = ["name", "slug", "siret"]
    autocomplete_fields = ["commune", "arrondissement", "departement", "parent"]
    readonly_fields = ["slug", "uuid", "provenance", "verified_at", "verified_by", "created_at", "updated_at"]
    show_full_result_count = False
    list_per_page = 50
    inlines = [ServedInline, MembershipInline, SourceRecordInline]
    actions = ["publish", "hide"]

    def save_model(self, request: HttpRequest, obj: Initiative, form: forms.ModelForm, change: bool) -> None:
        publishing.save(obj, form.changed_data, source=VIA, **hand_of(request))

    @admin.action(description=_("Publier la sélection"), permissions=["change"])
    def publish(self, request: HttpRequest, queryset: Any) -> None:
        for each in queryset:
            publishing.publish(each, why=VIA, **hand_of(request))

    @admin.action(description=_("Masquer la sélection"), permissions=["change"])
    def hide(self, request: HttpRequest, queryset: Any) -> None:
        for each in queryset:
            publishing.hide(each, why=VIA, **hand_of(request))


class TermAdmin(admin.ModelAdmin):
    """The taxonomy comes from its fixture: ids and slugs are permanent."""

    list_display = ["slug", "label"]
    search_fields = ["slug", "labels"]
    readonly_fields = ["id", "slug"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


admin.site.register(Sector, TermAdmin)


@admin.register(Activity)
class ActivityAdmin(TermAdmin):
    list_display = ["slug", "label", "sector", "replaced_by"]
    list_filter = ["sector"]
    readonly_fields = ["id", "slug", "sector"]


class PtceStatusInline(admin.TabularInline):
    model = PtceStatus
    extra = 0


@admin.register(Grouping)
class GroupingAdmin(Noted):
    formfield_overrides = SECURE
    list_display = ["name", "kind", "initiative", "published"]
    list_filter = ["kind", "published"]
    list_select_related = ["initiative"]
    search_fields = ["name", "slug"]
    autocomplete_fields = ["initiative", "perimeter"]
    readonly_fields = ["uuid"]
    inlines = [PtceStatusInline, MembershipInline]

    def get_readonly_fields(self, request: HttpRequest, obj: Grouping | None = None) -> list[str]:
        return ["uuid", "slug", "kind"] if obj else ["uuid"]


@admin.register(Link)
class LinkAdmin(Noted):
    list_display = ["origin", "kind", "target", "since", "until"]
    list_filter = ["kind"]
    list_select_related = ["origin", "target"]
    search_fields = ["origin__name", "target__name"]
    autocomplete_fields = ["origin", "target"]


class ReadOnly:
    """Seen here, written by its own verbs: a person is told when she is entered, and answers herself."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ConsentInline(ReadOnly, admin.TabularInline):
    model = Consent
    extra = 0
    readonly_fields = ["at"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # answers go with the person only


@admin.register(Contact)
class ContactAdmin(ReadOnly, admin.ModelAdmin):
    """Entered and changed under « Contacts », in the account; erased here too."""

    list_display = ["name", "role", "initiative"]
    list_select_related = ["initiative"]
    search_fields = ["name", "initiative__name"]
    inlines = [ConsentInline]


@admin.register(Story)
class StoryAdmin(ReadOnly, admin.ModelAdmin):
    """What was given to read: decided of under « Récits à relire », erased here too. Drafts and what was
    taken back are their authors' alone."""

    list_display = ["title", "kind", "initiative", "state", "sent_at", "decided_at", "decided_by"]
    list_filter = ["state", "kind", "language"]
    list_select_related = ["initiative", "decided_by"]
    search_fields = ["title", "text", "initiative__name"]
    date_hierarchy = "sent_at"

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Story]:
        own = (StoryState.DRAFT, StoryState.WITHDRAWN)
        return super().get_queryset(request).exclude(state__in=own)

    def view_on_site(self, story: Story) -> str | None:
        told = story.state in (StoryState.WAITING, StoryState.PUBLISHED)
        return reverse("people:story_review", args=[story.uuid]) if told else None


@admin.register(Listing)
class ListingAdmin(admin.ModelAdmin):
    """What a list holds, thousands perhaps, is changed under « Mes listes », where an administrator opens
    anybody's by its address."""

    readonly_fields = ["frozen_at", "frozen_count", "thawed_criteria"]
    list_display = ["name", "slug", "owner", "frozen_at"]
    search_fields = ["name", "slug"]
    autocomplete_fields = ["owner"]


@admin.register(Phrase)
class PhraseAdmin(admin.ModelAdmin):
    list_display = ["text", "codes", "same_as", "from_taxonomy"]
    list_filter = ["from_taxonomy"]
    search_fields = ["text"]

    def save_model(self, request: HttpRequest, obj: Phrase, form: forms.ModelForm, change: bool) -> None:
        [obj.stems] = stems_of(obj.text)
        obj.same_as = stems_of(*obj.same_as)
        obj.save()


@admin.register(Source)
class SourceAdmin(admin.ModelAdmin):
    formfield_overrides = SECURE
    list_display = ["name", "slug", "licence"]
    search_fields = ["name"]


admin.site.register(Merge)


class ReportForm(forms.ModelForm):
    """Only the answer is written here."""

    class Meta:
        fields = ["answer"]
        widgets = {"answer": forms.Textarea({"rows": 6})}


@admin.register(Report)
class ReportAdmin(admin.ModelAdmin):
    """What readers said; what waits comes first. Saving an answer says that it was handled."""

    form = ReportForm
    list_display = ["reference", "initiative", "reason", "created_at", "waits", "handled_at", "handled_by"]
    list_filter = [("handled_at", admin.EmptyFieldListFilter), "reason"]
    list_select_related = ["initiative", "handled_by"]
    search_fields = ["reference", "name", "message"]
    ordering = [models.F("handled_at").desc(nulls_first=True), "-created_at"]
    readonly_fields = ["reference", "initiative", "name", "reason", "message", "email", "language",
                       "created_at", "handled_at", "handled_by"]  # fmt: skip
    fields = [*readonly_fields, "answer"]
    actions = ["handle"]

    @admin.display(description=_("en attente"), boolean=True)
    def waits(self, report: Report) -> bool:
        return report.handled_at is None

    @admin.action(description=_("Marquer comme traités"), permissions=["change"])
    def handle(self, request: HttpRequest, queryset: Any) -> None:
        for told in queryset.filter(handled_at=None):
            publishing.handle(told, by=self.who(request))

    def save_model(self, request: HttpRequest, obj: Report, form: forms.ModelForm, change: bool) -> None:
        publishing.handle(obj, by=self.who(request), answer=obj.answer)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @staticmethod
    def who(request: HttpRequest) -> User:
        assert isinstance(request.user, User)  # nobody else enters the administration
        return request.user


# The first page of the administration says how many reports wait.
admin.site.index_template = "directory/administration.html"
