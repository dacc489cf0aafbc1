"""The addresses by which administrators write and publish versions of questionnaires (under /compte/)."""

from django.urls import path

from frontend.views import questionnaires

patterns = [
    path("questionnaires/", questionnaires.Versions.as_view(), name="questionnaires"),
    path("questionnaires/<int:pk>/", questionnaires.OneVersion.as_view(), name="questionnaire_version"),
    path("questionnaires/<int:pk>/contenu.json", questionnaires.content, name="questionnaire_content"),
]
