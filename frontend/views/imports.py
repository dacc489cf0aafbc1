"""« Imports »: a listing brought as a file, seen before it is written, taken back as a whole.

Each step has its page, and the state of the import says which one is shown at its address.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from directory.permissions import Action, require
from exchange import importing, profiles, tasks, wording
from exchange.models import Import, Outcome, State
from exchange.staging import stage
from formats.reading.table import Unreadable
from frontend.import_forms import FileForm
from frontend.imports_shown import doubtful, lost, others, outcomes, remarks, road
from frontend.views.roles import person_of
from jobs.models import State as WorkState

PER_PAGE = 20
# What is done of the listings that an import creates, as its form says it.
PUBLISHED = {"now": True, "later": False}
# What is said of the file may still change, and nothing is written.
BEGUN = (State.READ, State.PLANNED)


def brought(request: HttpRequest, uuid: UUID) -> Import:
    """This import; 404, or NotAllowed where it is of a network of others."""
    found = Import.objects.filter(uuid=uuid).select_related("profile__grouping", "work", "by").first()
    if found is None:
        raise Http404
    require(person_of(request), Action.IMPORT_LISTINGS, found.profile.grouping)
    return found


@never_cache
@require_safe
@login_required
def own_imports(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    page = Paginator(profiles.imports_of(person), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "profiles": profiles.profiles_of(person).annotate(files=Count("imports")),
        "brings": profiles.brings_listings(person),
    }
    return render(request, "frontend/account/imports/list.html", context)


@method_decorator([never_cache, login_required], name="dispatch")
class Bring(View):
    """A file is sent and read; what it says is not looked at yet."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest) -> HttpResponse:
        person = person_of(request)
        form = FileForm(person=person, initial={"profile": request.GET.get("profile", "")})
        return self.page(request, form)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = FileForm(request.POST, request.FILES, person=person_of(request))
        if not form.is_valid():
            return self.page(request, form)
        try:
            batch = self.read(request, form)
        except Unreadable as refused:
            said = wording.refusal(refused.code, refused.said, refused.line, refused.column)
            form.add_error("file", said)
            return self.page(request, form)
        return redirect("people:import_columns", batch.uuid)

    def read(self, request: HttpRequest, form: FileForm) -> Import:
        """Nothing is kept of a new way of reading where its first file cannot be read."""
        person, given = person_of(request), form.cleaned_data
        options = {name: given[name] for name in ("sheet", "encoding", "delimiter") if given[name]}
        with on_disk(given["file"]) as path, transaction.atomic():
            profile = form.chosen or profiles.create(person, given["name"], given["grouping"])
            return stage(path, given["file"].name, profile, person, **options)

    def page(self, request: HttpRequest, form: FileForm) -> HttpResponse:
        person = person_of(request)
        if not profiles.brings_listings(person):
            require(person, Action.IMPORT_LISTINGS)
        return render(
            request, "frontend/account/imports/new.html", {"form": form, "road": road(), "step": "file"}
        )


@contextmanager
def on_disk(sent: UploadedFile) -> Iterator[Path]:
    """The path of a file that was sent: a small one is written, a large one is on the disk already."""
    if isinstance(sent, TemporaryUploadedFile):
        yield Path(sent.temporary_file_path())
        return
    with NamedTemporaryFile(suffix=Path(sent.name or "").suffix) as kept:
        for chunk in sent.chunks():
            kept.write(chunk)
        kept.flush()
        yield Path(kept.name)


@never_cache
@require_safe
@login_required
def one(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Where the import is: at work, to be confirmed, done, stopped."""
    batch = brought(request, uuid)
    if at_work(batch):
        return working(request, batch)
    if batch.state == State.READ and not (batch.work and batch.work.state == WorkState.FAILED):
        return redirect("people:import_columns", batch.uuid)
    if batch.state in (State.PLANNED, State.DONE, State.UNDONE):
        return told(request, batch)
    return stopped(request, batch)


def told(request: HttpRequest, batch: Import) -> HttpResponse:
    """What will come of the lines, or what came."""
    planned = batch.state == State.PLANNED
    figures = outcomes(batch)
    counts = {each.outcome: each.count for each in figures}
    context = {
        "batch": batch, "figures": figures, "others": others(batch), "remarks": remarks(batch),
        "lost": lost(batch), "road": road(batch), "step": "plan" if planned else "done",
        "writes": counts[Outcome.CREATE] + counts[Outcome.UPDATE], "waiting": counts[Outcome.TO_REVIEW],
        "doubtful": doubtful(batch).count() if planned else 0, "undone": batch.report.get("undone"),
        "vanished": batch.report.get("vanished", 0),
        "vanishing": batch.counts.get("vanishing", 0) if planned else 0,
        "created": counts[Outcome.CREATE],
        "drafts": importing.drafts(batch).count() if may_be_undone(batch) else 0,
    }  # fmt: skip
    name = "plan" if planned else "report"
    return render(request, f"frontend/account/imports/{name}.html", context)


def stopped(request: HttpRequest, batch: Import) -> HttpResponse:
    """A work that failed, an import that was abandoned."""
    again = "people:import_apply" if batch.state == State.APPLYING else "people:import_prepare"
    context = {"batch": batch, "again": again, "reason": batch.work.error if batch.work else ""}
    return render(request, "frontend/account/imports/stopped.html", context)


def at_work(batch: Import) -> bool:
    return bool(batch.work and batch.work.live)


def may_be_undone(batch: Import) -> bool:
    """As long as its lines are kept."""
    return batch.state == State.DONE and not batch.forgotten_at and not at_work(batch)


def working(request: HttpRequest, batch: Import) -> HttpResponse:
    work = batch.work
    assert work is not None
    context = {
        "batch": batch, "work": work, "percent": round(100 * work.done / work.total) if work.total else 0,
        "work_address": reverse("people:import_progress", args=[batch.uuid]),
        "road": road(batch), "step": "plan" if batch.state == State.READ else "done",
    }  # fmt: skip
    return render(request, "frontend/account/imports/working.html", context)


@never_cache
@require_safe
@login_required
def progress(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """How far the work is, which htmx asks for; once it has ended, the page of the import is shown anew."""
    batch = brought(request, uuid)
    if not request.headers.get("HX-Request"):
        return redirect("people:import", batch.uuid)
    work = batch.work
    if work is None or not work.live:
        return HttpResponse(headers={"HX-Refresh": "true"})
    context = {
        "work": work, "percent": round(100 * work.done / work.total) if work.total else 0,
        "work_address": reverse("people:import_progress", args=[batch.uuid]),
        "announce": request.GET.get("vu") != f"{work.state}-{work.done}",
    }  # fmt: skip
    return render(request, "frontend/account/_work.html", context)


@never_cache
@require_POST
@login_required
def prepare(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Say what would come of each line, once more."""
    batch = brought(request, uuid)
    if batch.state in BEGUN:
        tasks.ask_to_prepare(batch, person_of(request))
    return redirect("people:import", batch.uuid)


@never_cache
@require_POST
@login_required
def carry_out(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What was seen is confirmed, and whether new listings are published: the worker writes it."""
    batch = brought(request, uuid)
    if batch.state in (State.PLANNED, State.APPLYING) and not at_work(batch):
        published = PUBLISHED.get(request.POST.get("publish", ""), batch.profile.publish)
        if published != batch.profile.publish:
            profiles.keep(batch.profile, person_of(request), publish=published)
        tasks.ask_to_apply(batch, person_of(request))
    return redirect("people:import", batch.uuid)


@never_cache
@require_POST
@login_required
def publish(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What it created and left as drafts is put on the site by the worker."""
    batch = brought(request, uuid)
    if may_be_undone(batch):
        tasks.ask_to_publish(batch, person_of(request))
    return redirect("people:import", batch.uuid)


@method_decorator([never_cache, login_required], name="dispatch")
class Abandon(View):
    """A page that asks, then forgets the file."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        batch = brought(request, uuid)
        if batch.state not in BEGUN:
            return redirect("people:import", batch.uuid)
        return render(request, "frontend/account/imports/abandon.html", {"batch": batch})

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        batch = brought(request, uuid)
        if batch.state in BEGUN and not at_work(batch):
            importing.abandon(batch, person_of(request))
            messages.success(request, _("« {name} » est oublié.").format(name=batch.file_name))
        return redirect("people:imports")


@method_decorator([never_cache, login_required], name="dispatch")
class Undo(View):
    """A page that asks, then takes the whole import back."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        batch = brought(request, uuid)
        if not may_be_undone(batch):
            return redirect("people:import", batch.uuid)
        counts = {"created": batch.report.get("created", 0), "updated": batch.report.get("updated", 0)}
        return render(request, "frontend/account/imports/undo.html", {"batch": batch} | counts)

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        batch = brought(request, uuid)
        if may_be_undone(batch):
            tasks.ask_to_undo(batch, person_of(request))
        return redirect("people:import", batch.uuid)
