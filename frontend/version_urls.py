"""The addresses under /compte/ of the versions of an initiative, and of the keys of the API."""

from django.urls import path

from frontend.views import history, tokens

VERSIONS = "initiatives/<str:slug>/historique/"

patterns = [
    path(VERSIONS, history.whole_history, name="history"),
    path(f"{VERSIONS}<int:event>/retablir/", history.Restore.as_view(), name="restore"),
    path("jetons/", tokens.tokens, name="tokens"),
    path("jetons/nouveau/", tokens.new, name="token_new"),
    path("jetons/<int:pk>/revoquer/", tokens.revoke, name="token_revoke"),
]
