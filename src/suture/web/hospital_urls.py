"""Addresses of the hospital portal."""

from __future__ import annotations

from django.urls import path

from suture.web import hospital, hospital_questions

urlpatterns = [
    path("questions/<uuid:uid>/", hospital_questions.question, name="question"),
    path("hospital/n/<str:token>/", hospital.notice, name="hospital-notice"),
    path("hospital/n/<str:token>/code", hospital.code, name="hospital-code"),
    path("hospital/n/<str:token>/enter", hospital.enter, name="hospital-enter"),
    path("hospital/n/<str:token>/leave", hospital.leave, name="hospital-leave"),
    path("hospital/n/<str:token>/units", hospital.units, name="hospital-units"),
    path("hospital/n/<str:token>/ask", hospital.ask, name="hospital-ask"),
    path("hospital/n/<str:token>/units.json", hospital.as_json, name="hospital-json"),
    path("hospital/n/<str:token>/vex/<uuid:release>.json", hospital.vex, name="hospital-vex"),
    path("hospital/n/<str:token>/sbom/<uuid:release>.json", hospital.sbom, name="hospital-sbom"),
]
