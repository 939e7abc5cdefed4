"""allauth, closed: people are registered by an administrator, never by themselves."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """No sign-up page. Multi-factor and single sign-on plug in here later (allauth[mfa], allauth[openid])."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
