"""By the names of allauth's own provider, which this one takes the place of."""

from django.urls import include, path

from accounts.openid import views

urlpatterns = [
    path(
        "oidc/<slug:provider_id>/",
        include(
            [
                path("login/", views.login, name="openid_connect_login"),
                path("login/callback/", views.callback, name="openid_connect_callback"),
            ]
        ),
    )
]
