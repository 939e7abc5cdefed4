"""Addresses of intake."""

from __future__ import annotations

from django.urls import path

from suture.web import intake

urlpatterns = [
    path("intake/", intake.intake, name="intake"),
    path("intake/<uuid:uid>/", intake.report, name="intake-report"),
    path("intake/<uuid:uid>/acknowledge", intake.acknowledge, name="intake-acknowledge"),
    path("intake/<uuid:uid>/answer", intake.answer, name="intake-answer"),
    path("intake/<uuid:uid>/steps/<str:verb>", intake.step, name="intake-step"),
    path("intake/<uuid:uid>/duplicate", intake.duplicate, name="intake-duplicate"),
    path("intake/<uuid:uid>/link", intake.link, name="intake-link"),
    path("intake/<uuid:uid>/case", intake.own_case, name="intake-case"),
    path("intake/attachments/<uuid:uid>", intake.attachment, name="intake-attachment"),
]
