"""Chapter three: both axes, what has to be approved before, and the signed verdict."""

from __future__ import annotations

from tests.doors.process.installation import PASSWORD
from tests.doors.walk.cast import DEVICE, Cast

FUNCTION = "Show the images of the right patient"
EXPLOITABILITY = {
    "From where can an attacker reach it?": "Network",
    "How hard is it to do?": "Low",
    "Which rights must the attacker have?": "None",
    "Must somebody else do something?": "No",
    "Is there code that exploits it?": "Functional",
    "How sure is it that the vulnerability exists?": "Confirmed",
}

FACTORS = (
    "attack vector", "attack complexity", "privileges required", "user interaction", "exploit code maturity",
    "report confidence",
)  # fmt: skip


def the_statement_is_written(cast: Cast) -> None:
    """Clinical safety writes what the device must do safely; a draft as yet."""
    clara = cast.clara
    clara.follows("Devices")
    clara.follows(DEVICE)
    clara.follows("Write the statement")
    clara.fills({
        "Function": FUNCTION, "Limits within which it must work": "within 5 seconds, without loss of pixels",
        "What happens to the patient if it is compromised": "treated after images of somebody else",
        "Worst harm": "Critical: Permanent impairment or life-threatening injury",
        "Acceptance criteria": "Risk management file RM-7, section 4",
    })  # fmt: skip
    clara.presses("Save the draft")
    assert "not approved" in clara.reads("Safety and essential performance")


def both_axes_are_judged(cast: Cast, case: str) -> str:
    """Product security judges exploitability, clinical safety the harm; gives the assessment's address."""
    ada, clara = cast.ada, cast.clara
    ada.opens(case)
    ada.presses("Start the assessment")
    assessment = ada.page.url.removeprefix(ada.base)
    ada.follows("Judge exploitability")
    for question, answer in EXPLOITABILITY.items():
        ada.chooses(question, answer)
    assert "say why for each factor that is given" in ada.is_refused("Save").lower()
    ada.fills({f"Why: {factor}": "seen in the laboratory" for factor in FACTORS})
    ada.presses_slowly("Save")  # the level is answered anew meanwhile
    assert "seen in the laboratory" in ada.reads("Exploitability")
    clara.opens(assessment)
    clara.follows("Judge the harm")
    clara.fills({
        "Which function of the device would be compromised": FUNCTION, "Hazard": "wrong image",
        "Hazardous situation": "a physician reads the images of somebody else", "Harm": "wrong treatment",
        "Why as severe as that": "The plan of treatment rests on the images.",
        "Could one attack harm several patients?": "yes",
        "Is there a reasonable probability of serious adverse health consequences or death?": "no",
        "May safety or essential performance be affected?": "yes",
        "Are passwords, keys or session data exposed?": "yes",
    })  # fmt: skip
    clara.chooses("How severe", "Critical")
    clara.presses("Save")
    assert "wrong treatment" in clara.reads("Severity of patient harm")
    return assessment


def there_is_no_verdict_before_policy_and_statement(cast: Cast, assessment: str) -> None:
    """Each approval that lacks is named in a sentence; quality and clinical safety give them by signature."""
    ada = cast.ada
    ada.opens(assessment)
    assert "No verdict before the policy is approved" in ada.reads("What the verdict would be")
    for kind in ("Risk matrix", "Exploitability mapping"):
        ada.follows("Hand over to be signed")
        said = ada.is_refused("Hand over")
        assert "no verdict before the policy is approved" in said.lower(), said
        assert kind.lower() in said.lower(), said
        ada.follows("Back")
        approve_policy(cast, kind)
    ada.follows("Hand over to be signed")
    said = ada.is_refused("Hand over")
    assert f"statement of safety and essential performance of {DEVICE} is approved" in said
    approve_statement(cast)


def everything_is_approved(cast: Cast) -> None:
    """Both policies by quality, the statement by clinical safety."""
    for kind in ("Risk matrix", "Exploitability mapping"):
        approve_policy(cast, kind)
    approve_statement(cast)


def approve_policy(cast: Cast, kind: str) -> None:
    """Quality reads the draft, which calls itself an example, and approves it."""
    quinn, days = cast.quinn, cast.days
    quinn.follows("Policy")
    quinn.follows("1", under=kind)
    assert "An example Suture ships, not FDA's" in quinn.reads()
    quinn.follows("Approve by signature")
    quinn.fills({"In force from": days.today, "Why": "Reviewed in the board of 3 November.", "Your password": PASSWORD})
    quinn.presses("Sign")
    assert "approved, in force from" in quinn.reads()
    assert "Quinn Vale" in quinn.reads("Signatures")


def approve_statement(cast: Cast) -> None:
    """Clinical safety signs what the device must do safely; a wrong password signs nothing."""
    clara = cast.clara
    clara.follows("Devices")
    clara.follows(DEVICE)
    clara.follows("Approve by signature")
    clara.fills({"Your password": "not the password"})
    assert "nothing was signed" in clara.is_refused("Sign")
    clara.fills({"Your password": PASSWORD})
    clara.presses("Sign")
    approved = clara.reads("Safety and essential performance")
    assert "not approved" not in approved
    assert "Clara Voss, approval" in approved


def a_control_that_nobody_uses_yet(cast: Cast, case: str, assessment: str) -> None:
    """Proposed, verified, recommended; not in use, so it counts for nothing."""
    ada, clara = cast.ada, cast.clara
    ada.opens(case)
    ada.follows("Propose a control")
    ada.fills({
        "Name": "Block the service port", "Is it external to the device's design?": "yes",
        "Is it configurable in the field?": "yes", "Is it employed by a user?": "yes",
        "Who employs it": "hospital IT", "Where": "firewall of the ward", "Instructions": "Block TCP 5938 inbound.",
        "Skill it needs": "network administration", "Lowers exploitability to": "Low",
    })  # fmt: skip
    ada.presses("Propose it")
    clara.opens(case)
    clara.follows("verify", under="Controls")
    clara.fills({
        "What shows it": "TR-1210: the account cannot be reached.", "Why, or why not": "The images come another way.",
        "Does it add more risk than the vulnerability?": "no",
    })  # fmt: skip
    clara.presses("Record it")
    ada.opens(case)
    ada.follows("recommend", under="Controls")
    ada.presses("Record it")
    assert "Block the service port" in ada.reads("Controls")
    assert "confirm in use" in ada.reads("Controls")
    ada.opens(assessment)
    assert "does not count" in ada.reads("Controls")


def the_verdict_is_signed(cast: Cast, case: str, assessment: str) -> None:
    """Uncontrolled, by the password of product security; a wrong one signs nothing."""
    ada, clara = cast.ada, cast.clara
    ada.opens(assessment)
    ada.follows("Hand over to be signed")
    ada.presses("Hand over")
    would_be = ada.reads("What the verdict would be")
    assert "Residual risk: high exploitability, critical harm, uncontrolled." in would_be
    ada.follows("Sign")
    assert "Printed name\nAda Lind" in ada.reads()
    because = "As both axes say; nothing lowers them yet."
    ada.fills({"Why": because, "Your password": "not the password"})
    assert "the password is not right; nothing was signed" in ada.is_refused("Sign").lower()
    assert ada.field("Why").input_value() == because
    clara.opens(case)
    assert "Not assessed" in clara.verdict()
    ada.fills({"Your password": PASSWORD})
    ada.presses("Sign")
    assert "Uncontrolled" in ada.verdict()
    assert "by Ada Lind" in ada.verdict()
    assert "policy version 1, an example" in ada.reads("Risk of patient harm")
    for somebody, step in ((ada, "Finish assessment"), (clara, "Find uncontrolled")):
        somebody.opens(case)
        somebody.follows(step)
        somebody.fills({"Why": "As signed.", "Your password": PASSWORD})
        somebody.presses("Sign")
    assert "Uncontrolled" in clara.verdict()
