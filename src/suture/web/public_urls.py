"""Addresses that anybody may open without an account. The middleware lets these names in, and no others."""

from __future__ import annotations

from django.urls import path

from suture.web import public

urlpatterns = [
    path(".well-known/security.txt", public.security_txt, name="security-txt"),
    path("security/", public.policy, name="public-policy"),
    path("security/report", public.report, name="public-report"),
    path("security/openpgp-key.asc", public.openpgp, name="public-openpgp"),
    path("security/receipt-key.pem", public.receipt_key, name="public-receipt-key"),
    path("security/follow/<str:token>/", public.follow, name="public-follow"),
    path("security/follow/<str:token>/receipt.<str:form>", public.receipt, name="public-receipt"),
    path("security/advisories/", public.advisories, name="public-advisories"),
    path("security/advisories/<str:number>/", public.advisory, name="public-advisory"),
]
