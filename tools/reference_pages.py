"""Write the reference pages that are drawn from the rules and tables in core, so that they cannot disagree.

`python -m tools.reference_pages` writes docs/reference/rules.md, workflows.md and embedded.md; a test compares them.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from suture.core.authority import Authority
from suture.core.cases import WORKFLOWS
from suture.core.disclosure import DISCLOSURE_WORKFLOWS
from suture.core.embedded import PLATFORMS, Platform
from suture.core.report_facts import SAYS
from suture.core.roles import Role
from suture.core.rules import RULES, Rule
from suture.core.workflow import Workflow

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "reference"

RULES_HEAD = """# Reporting rules

What Suture derives about a duty to FDA, rule by rule. Drawn from `suture.core.rules` by
`python -m tools.reference_pages`; do not edit by hand.

* The rules are independent; several may fire for one case and one device.
* An input is *yes*, *no*, *unknown*, or (for a condition with a deadline) *not yet due*. Unknown is never read as no:
  a rule that hangs on an unknown input is **open** and asks its question.
* A rule that releases from a duty fires only on recorded answers. A duty is not held back by an unknown release: R2, R3
  and R4 stand until a qualified person's conclusion (R5) is recorded.
* R8 beats R7: a verdict *controlled* beside a reasonable probability of serious consequences is refused as a
  contradiction until one of the two is corrected. So is a privacy-only finding (R6) beside uncontrolled risk.
* *Uncontrolled* in R9 to R16 is the risk for which the action was taken. That a control or a fix brings it down again
  does not undo the duty.
* R10 never says that no report is required: FDA does not intend to enforce while all four conditions hold; the duty
  itself stays.
* Guidance does not bind; where a rule rests on Suture's own reading, its text says so.

"""

WORKFLOWS_HEAD = """# Life cycles

Every kind of record moves through a table; buttons, errors and permissions are drawn from it. Drawn from
`suture.core.cases` and `suture.core.disclosure` by `python -m tools.reference_pages`; do not edit by hand. **†** marks
steps that need a signature (21 CFR 11.50). *Needs* lists the facts that must be a recorded yes; unknown
does not open a step.

"""


EMBEDDED_HEAD = """# Embedded platforms and Windows: which identifiers are understood

How the generators of each platform name components, under which name that is looked up, and what is not understood: it
shows as *not assessed* with the sentence below, never as a guess. Drawn from `suture.core.embedded` by
`python -m tools.reference_pages`; do not edit by hand. Every example is tested.

* A CPE whose part is ANY (`cpe:2.3:*:…`, as OpenEmbedded writes it) stands for the application and the operating system
  of that vendor and product. A vendor that is ANY stands for nothing: products of several makers share a name.
* Packages of a distribution (`pkg:rpm`, `pkg:deb`, `pkg:apk`) are judged by that distribution's data alone; an image
  that Yocto or Buildroot made is no distribution, even where it uses such packages.

"""


def embedded_page() -> str:
    """The page of embedded platforms."""
    return EMBEDDED_HEAD + "\n".join(_platform(platform) for platform in PLATFORMS)


def _platform(platform: Platform) -> str:
    rows = ["| written | looked up as |", "| --- | --- |"]
    rows += [f"| `{written}` | `{package}` |" for written, package in platform.understood]
    rows += [f"| `{written}` | *not understood*: {why} |" for written, why in platform.not_understood]
    advice = platform.says[0].upper() + platform.says[1:]
    return f"## {platform.name}\n\n" + "\n".join(rows) + f"\n\n{advice}.\n"


def rules_page() -> str:
    """The page of R1 to R25, with a table of what kind each is."""
    kinds = [
        f"| {kind.label} | {', '.join(rule.id for rule in RULES if rule.kind is kind)} |"
        for kind in Authority
        if any(rule.kind is kind for rule in RULES)
    ]
    overview = "\n".join(["| Kind | Rules |", "| --- | --- |", *kinds])
    return RULES_HEAD + overview + "\n\n" + "\n".join(_rule(rule) for rule in RULES)


def _rule(rule: Rule) -> str:
    questions = "\n".join(f"* {SAYS[name]} (`{name}`)" for name in rule.inputs)
    return (
        f"## {rule.id}\n\n"
        f"**If** {rule.if_},\n**then** {rule.then}.\n\n"
        f"Kind: {rule.kind.label}. Citation: {rule.citation}.\n\n"
        f"Reads:\n\n{questions}\n"
    )


def workflows_page() -> str:
    """The page of all life cycles: one diagram and one table each."""
    return WORKFLOWS_HEAD + "\n".join(_workflow(workflow) for workflow in (*WORKFLOWS, *DISCLOSURE_WORKFLOWS))


def _workflow(workflow: Workflow[Any]) -> str:
    rows = ["| Step | From | To | Who | † | Needs |", "| --- | --- | --- | --- | --- | --- |"]
    for step in workflow.steps:
        states = [state.value for state in workflow.states if state in step.from_states]
        begin = "any other" if len(states) == len(workflow.reachable()) - 1 else ", ".join(states)
        who = ", ".join(role.label for role in Role if role in step.who)
        needs = "; ".join(guard.says for guard in step.guard)
        sign = "†" if step.signature else ""
        rows.append(f"| {step.label} | {begin} | {step.to.value} | {who} | {sign} | {needs} |".replace("_", " "))
    title = workflow.name[0].upper() + workflow.name[1:]
    return f"## {title}\n\n```mermaid\n{workflow.diagram()}```\n\n" + "\n".join(rows) + "\n"


PAGES: dict[str, Callable[[], str]] = {
    "rules.md": rules_page, "workflows.md": workflows_page, "embedded.md": embedded_page,
}  # fmt: skip


if __name__ == "__main__":
    for name, page in PAGES.items():
        (FOLDER / name).write_text(page(), encoding="utf-8")
