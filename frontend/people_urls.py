"""The addresses of one's own pages, all under /compte/: never cached, never indexed."""

from django.urls import path

from frontend import composing_urls, consent_urls, diagnosis_urls, import_urls, version_urls, work_urls
from frontend.views import account, entering, roles

app_name = "people"

urlpatterns = [
    path("", account.account, name="account"),
    path("sessions/", account.sessions, name="sessions"),
    path("donnees/", account.data, name="data"),
    path("donnees/maillage.json", account.data_file, name="data_file"),
    path("effacer/", account.leave, name="leave"),
    path("efface/", account.left, name="left"),
    path("lien/", entering.link, name="link"),
    path("lien/envoye/", entering.link_sent, name="link_sent"),
    path("lien/entrer/", entering.enter, name="enter"),
    path("lien/<slug:key>/<slug:token>/", entering.open_link, name="open_link"),
    path("roles/", roles.roles, name="roles"),
    path("roles/demander/", roles.ask_role, name="role_ask"),
    path("roles/demander/<slug:kind>/", roles.find_role_target, name="role_target"),
    path("roles/demander/<slug:kind>/<str:key>/", roles.RoleReason.as_view(), name="role_reason"),
    path("roles/demandes/", roles.role_requests, name="role_requests"),
    path("roles/demandes/<int:pk>/", roles.RoleRequest.as_view(), name="role_request"),
    path("roles/des-autres/", roles.governed_roles, name="role_governed"),
    path("roles/<int:pk>/fin/", roles.EndRole.as_view(), name="role_end"),
    *composing_urls.patterns,
    *consent_urls.patterns,
    *diagnosis_urls.patterns,
    *import_urls.patterns,
    *work_urls.patterns,
    *version_urls.patterns,
]
