"""Addresses under /compte/ of contacts, messages passed on, notices, reports and exports of persons."""

from django.urls import path

from frontend.views import contacts, exports, relay, reports
from frontend.views.notice import notice

KEPT = "initiatives/<str:slug>/contacts/"

patterns = [
    path("contacts/", contacts.mine, name="contacts"),
    path(KEPT, contacts.of_initiative, name="initiative_contacts"),
    path(f"{KEPT}inscrire/", contacts.EditContact.as_view(), name="contact_add"),
    path(f"{KEPT}<int:pk>/", contacts.EditContact.as_view(), name="contact_edit"),
    path(f"{KEPT}<int:pk>/effacer/", contacts.EraseContact.as_view(), name="contact_erase"),
    path("initiatives/<str:slug>/messages/rouvrir/", contacts.resume_messages, name="contact_resume"),
    path("coordonnees/", contacts.details, name="details"),
    path("coordonnees/<str:token>/", contacts.own_details, name="own_details"),
    path("coordonnees/<str:token>/effacer/", contacts.own_erase, name="own_erase"),
    path("messages/arreter/<str:token>/", relay.stop, name="relay_stop"),
    path("fiche/<str:token>/", notice, name="notice"),
    path("signalements/", reports.reports, name="reports"),
    path("signalements/<str:reference>/", reports.SeeToReport.as_view(), name="report"),
    path(
        "groupements/<slug:kind>/<str:slug>/contacts/",
        exports.ExportContacts.as_view(),
        name="export_contacts",
    ),
    path("exports/", exports.log, name="exports"),
]
