"""allauth, closed: people are registered by an administrator, never by themselves."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

NOT_LET_IN = _(
    "Either there is no such user name, or the password is not right. An administrator can tell the name, "
    "and give a new password."
)


class ClosedAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """No sign-up page. Multi-factor and single sign-on plug in here later (allauth[mfa], allauth[openid])."""

    # one sentence for both: who tries names learns nothing
    error_messages = DefaultAccountAdapter.error_messages | {"username_password_mismatch": NOT_LET_IN}

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
