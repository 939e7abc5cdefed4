"""The few pages of allauth that Suture opens: sign in, sign out, change the password, the password again.

No sign-up, no e-mail management, no reset by mail: an administrator adds people. The names that allauth itself wants to
reverse lead to a page that says so. Second factors and single sign-on add their addresses here.
"""

from __future__ import annotations

from allauth.account import views
from django.urls import path

from suture.web.account import by_administrator

urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("signup/", by_administrator, name="account_signup"),
    path("email/", by_administrator, name="account_email"),
    path("password/set/", by_administrator, name="account_set_password"),
]
