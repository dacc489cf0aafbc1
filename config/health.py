"""Whether the process lives, whether it can serve, whether the queue moves. Answers 200 or 503, in JSON.

A queue that stands still is told by ``ready`` but does not make it 503: pages and API answer all the same,
and a balancer that sent visitors away would make of late mail a closed site. ``queue`` is what a watch asks.
"""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from jobs.upkeep import standing
from territories.models import Kind, Territory

# What was seen to hold once holds until the process ends: not asked again at each probe.
_seen: dict[str, dict[str, object]] = {}


@never_cache
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Database reached, migrations applied, territories loaded."""
    found: dict[str, object] = {"database": False, "migrations": False, "territories": False}
    try:
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        found["database"] = True
        found["migrations"] = migrated()
        if found["migrations"]:
            found |= territories()
            found["queue"] = work()
    except DatabaseError as error:
        found["error"] = type(error).__name__  # its text may hold the address of the database
    fit = bool(found["database"] and found["migrations"] and found["territories"])
    return JsonResponse({"status": "ok" if fit else "unavailable", **found}, status=200 if fit else 503)


@never_cache
@require_safe
def queue(request: HttpRequest) -> JsonResponse:
    """Work in the background gets done: 503 where it does not."""
    try:
        found = work()
    except DatabaseError as error:
        return JsonResponse({"status": "unavailable", "error": type(error).__name__}, status=503)
    return JsonResponse(found, status=200 if found["status"] == "moves" else 503)


def work() -> dict[str, object]:
    """How the queue stands: see :mod:`jobs.upkeep`."""
    now = standing()
    return {
        "status": "moves" if now.moves else "stands still",
        "oldest_due_seconds": None if now.waiting is None else round(now.waiting.total_seconds()),
        "worker_seen_seconds": None if now.worker is None else round(now.worker.total_seconds()),
        "failed": now.failed,
    }


def migrated() -> bool:
    """Whether every migration of the code is applied."""
    if "migrations" not in _seen:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return False
        _seen["migrations"] = {}
    return True


def territories() -> dict[str, object]:
    """Whether there are communes, how many, and how many have an outline."""
    if "territories" not in _seen:
        communes = Territory.objects.filter(kind=Kind.COMMUNE)
        count = communes.count()
        outlined = communes.exclude(geometry=None).count()
        found: dict[str, object] = {
            "territories": count > 0,
            "communes": count,
            "communes_with_outline": outlined,
        }
        if not count:
            return found
        _seen["territories"] = found
    return _seen["territories"]
