"""The addresses of one's own pages, all under /compte/: never cached, never indexed."""

from django.urls import path

from frontend.views.account import account

app_name = "people"

urlpatterns = [
    path("", account, name="account"),
]
