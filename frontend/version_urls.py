"""The addresses of the versions of an initiative, for those who look after it."""

from django.urls import path

from frontend.views import history

patterns = [
    path("initiatives/<str:slug>/historique/", history.whole_history, name="history"),
    path(
        "initiatives/<str:slug>/historique/<int:event>/retablir/", history.Restore.as_view(), name="restore"
    ),
]
