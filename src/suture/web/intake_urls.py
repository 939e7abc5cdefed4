"""Addresses of intake."""

from __future__ import annotations

from django.urls import path

from suture.web import coordination, intake, intake_quality

urlpatterns = [
    path("intake/", intake.intake, name="intake"),
    path("intake/new", intake_quality.take_in, name="intake-new"),
    path("intake/<uuid:uid>/", intake.report, name="intake-report"),
    path("intake/<uuid:uid>/acknowledge", intake.acknowledge, name="intake-acknowledge"),
    path("intake/<uuid:uid>/answer", intake.answer, name="intake-answer"),
    path("intake/<uuid:uid>/steps/<str:verb>", intake.step, name="intake-step"),
    path("intake/<uuid:uid>/duplicate", intake.duplicate, name="intake-duplicate"),
    path("intake/<uuid:uid>/link", intake.link, name="intake-link"),
    path("intake/<uuid:uid>/case", intake.own_case, name="intake-case"),
    path("intake/<uuid:uid>/admit", intake.let_in, name="intake-admit"),
    path("intake/<uuid:uid>/complaint", intake_quality.complaint, name="intake-complaint"),
    path("intake/<uuid:uid>/mdr", intake_quality.mdr, name="intake-mdr"),
    path("intake/<uuid:uid>/service", intake_quality.service, name="intake-service"),
    path("intake/<uuid:uid>/references", intake_quality.references, name="intake-references"),
    path("watched-sources/new", intake_quality.watch, name="source-watch"),
    path("watched-sources/<uuid:uid>/look", intake_quality.look, name="source-look"),
    path("cases/<uuid:uid>/coordination", coordination.coordination, name="coordination"),
    path("cases/<uuid:uid>/coordination/parties/new", coordination.add, name="party-new"),
    path("cases/<uuid:uid>/coordination/parties/<uuid:party>/<str:verb>", coordination.party_step, name="party-step"),
    path("cases/<uuid:uid>/coordination/embargo/<str:verb>", coordination.embargo, name="embargo-step"),
    path("cases/<uuid:uid>/coordination/advisory", coordination.advisory, name="advisory-write"),
    path("cases/<uuid:uid>/coordination/advisory/approve", coordination.approve, name="advisory-approve"),
    path("cases/<uuid:uid>/coordination/cve", coordination.cve, name="cve-draft"),
    path("intake/attachments/<uuid:uid>", intake.attachment, name="intake-attachment"),
]
