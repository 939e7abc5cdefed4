"""Somebody at a browser: finds things by label, role or text, as a person would, and hears what the browser says."""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from tests.doors.process.installation import PASSWORD

REFUSED = 422  # a form that comes back with what was typed
LOADED_WITH = "Failed to load resource: the server responded with a status of"  # the browser's own word for >= 400
PATIENCE = 60_000  # milliseconds: two cores may be busy


class Somebody:
    """One person in a browser profile of their own. `wrong` collects whatever nobody asked for."""

    def __init__(self, browser: Any, base: str, username: str, name: str) -> None:
        self.base, self.username, self.name = base, username, name
        self.wrong: list[str] = []
        self._expected = 0  # the status of the refusal that is looked for
        self._owed = 0  # lines on the console that the browser owes for refusals that came
        self.context = browser.new_context(
            viewport={"width": 1440, "height": 900}, accept_downloads=True, reduced_motion="reduce"
        )
        self.context.set_default_timeout(PATIENCE)
        self.page = self.context.new_page()
        self.page.on("console", lambda message: self._hear(f"console {message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self._hear(f"script error: {error}"))
        self.page.on("response", self._answered)
        self._went_by: deque[str] = deque(maxlen=40)  # what browser and server last said to each other
        self.page.on("request", lambda asked: self._note(f"→ {asked.method} {asked.url}"))
        self.page.on("response", lambda answer: self._note(f"← {answer.status} {answer.url}"))
        self.page.on("requestfailed", lambda asked: self._note(f"✗ {asked.method} {asked.url}: {asked.failure}"))

    def _hear(self, line: str) -> None:
        if f"{LOADED_WITH} 4" in line and self._owed:
            self._owed -= 1
            return
        self.wrong.append(f"{self.name} at {self.page.url}: {line}")

    def _note(self, what: str) -> None:
        if "/static/" not in what:
            self._went_by.append(f"{time.monotonic():.3f} {what}")

    def _answered(self, response: Any) -> None:
        if response.status >= 400 and response.status == self._expected:
            self._expected, self._owed = 0, self._owed + 1
        elif response.status >= 400:
            self.wrong.append(f"{self.name}: {response.request.method} {response.url} answered {response.status}")

    # ------------------------------------------------------------ going somewhere

    def signs_in(self, password: str = PASSWORD) -> None:
        self.opens("/accounts/login/")
        self.fills({"User name": self.username, "Password": password})
        self.presses("Sign in")

    def opens(self, path: str) -> None:
        self.page.goto(self.base + path)

    def follows(self, link: str, under: str = "") -> None:
        """Click a link by its name; `under` names the section it stands in."""
        with self.page.expect_navigation():
            self._within(under).get_by_role("link", name=link, exact=True).first.click()

    def presses(self, button: str, under: str = "") -> None:
        """Press a button by its name and wait for the page that follows."""
        with self.page.expect_navigation():
            self._within(under).get_by_role("button", name=button, exact=True).click()
            self._note(f"pressed {button}")

    def presses_in(self, button: str, milliseconds: int) -> None:
        """Press a button a moment from now, and do not wait: so two people press at the same time."""
        self._expected = REFUSED
        pressed = self.page.get_by_role("button", name=button, exact=True)
        pressed.evaluate("(button, after) => { setTimeout(() => button.click(), after) }", milliseconds)

    def presses_slowly(self, button: str) -> None:
        """Press a button as a calm finger does: what moves away under it is not pressed."""
        there = self.page.get_by_role("button", name=button, exact=True)
        there.hover()
        with self.page.expect_navigation():
            self.page.mouse.down()
            self.page.wait_for_timeout(500)
            self.page.mouse.up()
            self._note(f"pressed {button}, slowly")

    def arrived(self, path: str) -> bool:
        """Wait for what follows a pressed button: this page, or the form again with its refusal."""
        there = self.page.get_by_role("alert")
        for _ in range(PATIENCE // 100):
            if self.page.url == self.base + path or there.count():
                break
            self.page.wait_for_timeout(100)
        self.page.wait_for_load_state()
        self._expected = 0
        return bool(self.page.url == self.base + path)

    def arrives_at(self, heading: str) -> None:
        """The page that follows has this heading."""
        assert self.heading() == heading, f"{self.page.url}: {self.heading()}\n{self.reads()[:600]}"

    def is_refused(self, button: str, status: int = REFUSED) -> str:
        """Press a button whose page says no; gives what it says."""
        self._expected = status
        self.presses(button)
        assert not self._expected, f"'{button}' was not refused: {self.page.url}\n{self.reads()[:600]}"
        return self.refusal()

    def refusal(self) -> str:
        """What the form says above itself."""
        said = self.page.get_by_role("alert")
        assert said.count() == 1, f"no refusal on {self.page.url}"
        return str(said.inner_text())

    # ------------------------------------------------------------ filling in

    def field(self, label: str, nth: int = 0) -> Any:
        return self.page.get_by_label(_label(label)).nth(nth)

    def fills(self, values: Mapping[str, object]) -> None:
        """Fill fields by label: text, date, file (a Path), a choice of a list, True to tick a box."""
        for label, value in values.items():
            field = self.field(label)
            if value is True:
                field.check()
            elif isinstance(value, Path):
                field.set_input_files(value)
            elif field.evaluate("e => e.tagName") == "SELECT":
                field.select_option(label=str(value))
            else:
                field.fill(value.isoformat() if isinstance(value, date) else str(value))

    def chooses(self, question: str, answer: str) -> None:
        """One radio button of a question."""
        group = self.page.get_by_role("group", name=question, exact=True)
        group.get_by_role("radio", name=re.compile(rf"^{re.escape(answer)}(:|$)")).check()

    def ticks(self, *labels: str) -> None:
        for label in labels:
            self.page.get_by_role("checkbox", name=label, exact=True).check()

    # ------------------------------------------------------------ reading

    def _within(self, section: str) -> Any:
        return self.section(section) if section else self.page

    def section(self, name: str) -> Any:
        """A section by its heading."""
        return self.page.get_by_role("region", name=name, exact=True)

    def reads(self, section: str = "") -> str:
        """The text of the page, or of one of its sections."""
        return str((self.section(section) if section else self.page.get_by_role("main")).inner_text())

    def verdict(self) -> str:
        """The band that says controlled or not."""
        return self.reads("Verdict")

    def banner(self) -> str:
        """What stands above every page of an installation that is not quite the real thing; '' where nothing does."""
        return " ".join(self.page.get_by_role("complementary", name="About this installation").all_inner_texts())

    def heading(self) -> str:
        return str(self.page.get_by_role("heading", level=1).inner_text())

    def downloads(self, link: str, into: Path) -> Path:
        """Follow a link that gives a file; gives where it lies."""
        with self.page.expect_download() as coming:
            self.page.get_by_role("link", name=link, exact=True).click()
        file = into / coming.value.suggested_filename
        coming.value.save_as(file)
        return file

    def saves_shown(self, into: Path) -> Path:
        """Save the document that the browser shows instead of a page."""
        answer = self.context.request.get(self.page.url)
        assert answer.status == 200
        file = into / str(answer.headers["content-disposition"]).partition("filename=")[2].strip('"')
        file.write_bytes(answer.body())
        return file

    def tells(self) -> str:
        """Where they stand and what went wrong, for whoever reads a failed test."""
        text = self.page.locator("body").inner_text()[:2500] if not self.page.is_closed() else ""
        return "\n".join([f"----- {self.name} at {self.page.url}", text, *self.wrong, *self._went_by])

    def leaves(self) -> None:
        self.context.close()


def _label(label: str) -> re.Pattern[str]:
    return re.compile(rf"^\s*{re.escape(label)}(\s*\(optional\))?\s*$")
