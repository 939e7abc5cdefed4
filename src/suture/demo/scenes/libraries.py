"""Two libraries in many devices: OpenSSL with answers still missing, zlib found not to matter, and closed."""

from __future__ import annotations

from django.db import transaction

from suture.assessment.services import answer_impact
from suture.core.vex import Justification, VexStatus
from suture.demo.scenes.acts import affected, begin, known, not_affected, rest_not_affected, step
from suture.demo.stage import Stage

OPENSSL = "CVE-2024-5535"
ZLIB = "CVE-2022-37434"

USES_ZLIB = (
    "Aria P2 4.0", "Aria P2 4.1", "Aria P2 4.2", "Boreal V20 2.0", "Meridian 7.1", "Halide 10.8", "Halide 11.3",
    "Tern M7 3.0", "Tern M7 3.1",
)  # fmt: skip


@transaction.atomic
def play_openssl(stage: Stage) -> None:
    """Each source scores it differently; some of our releases have an answer, some do not."""
    vulnerability = known(stage, OPENSSL)
    if vulnerability.cases.exists():
        return
    case = begin(
        stage, vulnerability, owner="jana", learned=3, source="first match with the corrected SBOM of Aria P2 4.2",
        because="OpenSSL in four of our devices; each release answers for itself.",
    )  # fmt: skip
    not_affected(
        stage, case, "Aria P2 4.1", justification=Justification.VULNERABLE_CODE_NOT_IN_EXECUTE_PATH,
        evidence="EV-2291 call graph, EV-2292 build flags: the TLS client never calls SSL_select_next_proto.",
        impact="ALPN and NPN are compiled out.",
    )  # fmt: skip
    affected(
        stage, case, "Boreal V20 2.0", action="Keep the ventilator in the isolated network of the ward.",
        evidence="The trend service offers ALPN; reviewed by Y. Marrow.",
    )  # fmt: skip
    answer_impact(
        case_uid=case.uid, release_uids=[r.uid for r in stage.releases("Halide 11.4")], by=stage["jana"],
        status=VexStatus.UNDER_INVESTIGATION, evidence="Call graph of the viewer is being made.",
    )  # fmt: skip
    step(stage, case, "start_analysis", "jana", "First match is the first signal.")


@transaction.atomic
def play_zlib(stage: Stage) -> None:
    """Nine releases carry it, none calls inflateGetHeader(): not affected, signed and closed."""
    vulnerability = known(stage, ZLIB)
    if vulnerability.cases.exists():
        return
    case = begin(
        stage, vulnerability, owner="jana", learned=120, source="weekly review of new findings",
        because="zlib 1.2.12 and older in nine releases.",
    )  # fmt: skip
    not_affected(
        stage, case, *USES_ZLIB, justification=Justification.VULNERABLE_CODE_NOT_IN_EXECUTE_PATH,
        evidence="Source and symbol search over all nine images, EV-1904: no call of inflateGetHeader().",
        impact="inflate() is called without a gzip header structure.",
    )  # fmt: skip
    rest_not_affected(
        stage, case, impact="zlib 1.2.13 or later, or none.",
        evidence="Build manifests and source review of the rest of the portfolio, EV-1905.",
    )  # fmt: skip
    step(stage, case, "start_analysis", "tomas", "The review of findings is the first signal.")
    step(stage, case, "finish_assessment", "tomas", "Every release has its answer.")
    step(stage, case, "find_not_affected", "tomas", "No release reaches the code.")
    step(stage, case, "close", "ruth", "Answers and evidence reviewed.")
