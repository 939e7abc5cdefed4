"""A real SMTP server on loopback that delays, rejects, and drops the line where it is told to."""

from __future__ import annotations

import asyncio
import email
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Behaviour:
    """How the server answers, changed while it runs. Each list is used up first to last; then it says 250."""

    mail: list[str] = field(default_factory=list)
    rcpt: dict[str, str] = field(default_factory=dict)
    data: list[str] = field(default_factory=list)  # 'drop' ends the line in the text's place, 'drop after' after it
    delay: float = 0.0  # seconds before the answer after the text
    hold: float = 0.0  # seconds before the answer to RCPT
    asked: threading.Event = field(default_factory=threading.Event)
    arrived: list[Envelope] = field(default_factory=list)
    came: threading.Event = field(default_factory=threading.Event)

    at: list[float] = field(default_factory=list)  # when each arrived, monotonic seconds

    def messages(self) -> list[Message]:
        """What arrived, read."""
        return [email.message_from_bytes(bytes(envelope.content or b"")) for envelope in self.arrived]

    def ids(self) -> list[str]:
        """The Message-IDs of what arrived, in order."""
        return [str(message["Message-ID"]) for message in self.messages()]

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        if self.mail:
            return self.mail.pop(0)
        envelope.mail_from = address
        return "250 sender ok"

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        self.asked.set()
        await asyncio.sleep(self.hold)
        answer = self.rcpt.get(address, "250 addressee ok")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self.data.pop(0) if self.data else "250 2.0.0 queued as 7F"
        if answer.startswith(("250", "drop after")):
            self.arrived.append(envelope)
            self.at.append(time.monotonic())
            self.came.set()
        if self.delay:
            await asyncio.sleep(self.delay)
        if answer.startswith("drop"):
            server.transport.abort()
            return "250 nobody hears this"
        return answer


class Dropping(SMTP):
    """Ends the line at the word DATA's text when told 'drop at data'."""

    async def smtp_DATA(self, arg: str) -> None:
        behaviour = self.event_handler
        if behaviour.data and behaviour.data[0] in ("drop at data", "drop in text"):
            what = behaviour.data.pop(0)
            if what == "drop in text":
                await self.push("354 go ahead")
                await self._reader.read(20)
            self.transport.abort()
            return
        await super().smtp_DATA(arg)


class _Controller(Controller):
    def factory(self) -> SMTP:
        return Dropping(self.handler, **self.SMTP_kwargs)


@contextmanager
def serving(**options: Any) -> Iterator[tuple[Behaviour, int]]:
    """The server's behaviour and port."""
    behaviour = Behaviour()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = _Controller(
        behaviour, hostname="127.0.0.1", port=port, ready_timeout=60, enable_SMTPUTF8=False, **options
    )
    controller.start()
    try:
        yield behaviour, port
    finally:
        controller.stop(no_assert=True)
