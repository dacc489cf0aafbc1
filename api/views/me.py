"""Whoever asks: what the site calls them, what their token may do, which roles they hold."""

from __future__ import annotations

from django.http import HttpRequest
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiToken, Scope, User
from api.authentication import Personal
from api.forms import JsonForm, read
from api.parameters import parameters_of
from api.serializers import MeSerializer
from api.views.reading import Reading
from directory.models import Role


class Me(Personal, Reading):
    @classmethod
    def rests_on_data_alone(cls, request: HttpRequest) -> bool:
        return False

    @extend_schema(
        operation_id="readMe",
        summary="Whoever asks",
        description="The person whose token or session this is, what the token may do, and the roles held.",
        parameters=parameters_of(JsonForm),
        responses={(200, "application/json"): MeSerializer},
    )
    def get(self, request: Request) -> Response:
        read(JsonForm, request)
        token = request.auth if isinstance(request.auth, ApiToken) else None
        person = request.user
        assert isinstance(person, User)  # Scoped lets nobody else in
        held = Role.objects.held().filter(person=person).order_by("kind", "pk")
        body = {
            "name": person.name or None,
            "email": person.email,
            "language": person.language,
            "scopes": list(token.scopes) if token else Scope.values,
            "expires_at": token.expires_at if token else None,
            "roles": [told(role) for role in held.select_related("initiative", "grouping", "territory")],
        }
        return Response(MeSerializer(body).data)


def told(role: Role) -> dict[str, object]:
    """A role: what it is called and what it holds for, None for the whole site."""
    target = role.target
    kind = "initiative" if role.initiative else role.grouping.kind if role.grouping else "territory"
    key = getattr(target, "slug", None) if kind != "territory" else getattr(target, "pk", None)
    held_for = {"type": kind, "id": key, "name": getattr(target, "name", "")} if target else None
    return {"kind": role.kind, "for": held_for, "since": role.decided_at}
