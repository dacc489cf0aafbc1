"""The addresses of one's own pages, all under /compte/: never cached, never indexed."""

from django.urls import path

from frontend.views import roles
from frontend.views.account import account

app_name = "people"

urlpatterns = [
    path("", account, name="account"),
    path("roles/", roles.roles, name="roles"),
    path("roles/demander/", roles.ask_role, name="role_ask"),
    path("roles/demander/<slug:kind>/", roles.find_role_target, name="role_target"),
    path("roles/demander/<slug:kind>/<str:key>/", roles.RoleReason.as_view(), name="role_reason"),
    path("roles/demandes/", roles.role_requests, name="role_requests"),
    path("roles/demandes/<int:pk>/", roles.RoleRequest.as_view(), name="role_request"),
    path("roles/des-autres/", roles.governed_roles, name="role_governed"),
    path("roles/<int:pk>/fin/", roles.EndRole.as_view(), name="role_end"),
]
