"""Mail over SMTP: one polite client. *Delivered* is the server's 250 after the text, and nothing less.

Source: RFC 5321 §3.3 (a mail transaction), §4.2.1 (4yz: try again; 5yz: do not), §4.2.5 (250 after the text: the server
has taken responsibility), §4.5.3.2.6 (the window before that answer); RFC 3207 (STARTTLS); RFC 4954 (AUTH).
"""

from __future__ import annotations

import contextlib
import re
import smtplib
import ssl
from collections.abc import Callable, Sequence
from email.utils import parseaddr
from pathlib import Path
from typing import Literal, Protocol

from suture.core.promises import Outcome, PartAnswer, Verdict, together
from suture.jobs.delivery import ChannelShut, Work
from suture.jobs.letters import Letter, open_addressees, write

TOO_LARGE = 552  # RFC 5321 §4.2.2: this message's fault; other refusals of a sender are the installation's
GO_AHEAD = 354
PORTS = {"starttls": 587, "tls": 465, "none": 25}


class MailOptions(Protocol):
    """What of the settings speaks of mail."""

    offline: bool
    mail_host: str
    mail_port: int
    mail_security: Literal["starttls", "tls", "none"]
    mail_user: str
    mail_from: str
    mail_ca_file: Path | None
    mail_timeout: float

    def mail_secret(self) -> str:
        """The password at the server, '' without one."""


def unready(options: MailOptions) -> str:
    """Why no mail goes out at all, as a sentence; '' when it can."""
    if not options.mail_host:
        return "no mail server is configured (SUTURE_MAIL_HOST): nothing is sent"
    if options.offline:
        return "this installation is offline (SUTURE_OFFLINE): nothing is sent"
    if not options.mail_from:
        return "no sender is configured (SUTURE_MAIL_FROM): nothing is sent"
    return ""


class Mail:
    """Keeps promises of the kind 'mail'. One connection serves a round."""

    def __init__(self, options: MailOptions, read_file: Callable[[str], bytes]) -> None:
        self.options, self.read_file = options, read_file
        self.smtp: smtplib.SMTP | None = None

    def unready(self) -> str:
        return unready(self.options)

    def deliver(self, work: Work) -> Outcome:
        letter = Letter.read(work.payload)
        sender = self.options.mail_from
        data = write(letter, uid=work.uid, sender=sender, promised_at=work.promised_at, read_file=self.read_file)
        smtp = self._connection()
        try:
            taken, parts = self._address(smtp, parseaddr(sender)[1], open_addressees(letter, work.settled))
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise ChannelShut(_words(error)) from error
        try:
            if taken:
                work.hand_over(taken)
                parts += self._text(smtp, data, taken)
        finally:
            self._rest(smtp)
        return Outcome(together(tuple(parts)), parts[-1].said, tuple(parts))

    def close(self) -> None:
        """Say good-bye; a server that is gone already need not hear it."""
        if self.smtp is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                self.smtp.quit()
        self._drop()

    def greet(self) -> str:
        """Connect, secure, sign in, and give the server's own words: for the operator who set it up.

        Raises:
            ChannelShut: it does not answer, or refuses.
        """
        smtp = self._connection()
        try:
            return _reply(smtp.noop())
        finally:
            self.close()

    def _connection(self) -> smtplib.SMTP:
        """The round's connection, if it still answers; else a new one.

        Raises:
            ChannelShut: no connection, no security, or no sign-in.
        """
        if self.smtp is not None:
            try:
                if self.smtp.noop()[0] == 250:
                    return self.smtp
            except (smtplib.SMTPException, OSError):
                pass
            self._drop()
        try:
            self.smtp = self._connect()
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise ChannelShut(_words(error)) from error
        return self.smtp

    def _connect(self) -> smtplib.SMTP:
        options = self.options
        port = options.mail_port or PORTS[options.mail_security]
        trust = ssl.create_default_context(cafile=str(options.mail_ca_file) if options.mail_ca_file else None)
        name = parseaddr(options.mail_from)[1].rpartition("@")[2]
        smtp: smtplib.SMTP
        if options.mail_security == "tls":
            smtp = smtplib.SMTP_SSL(options.mail_host, port, name, timeout=options.mail_timeout, context=trust)
        else:
            smtp = smtplib.SMTP(options.mail_host, port, name, timeout=options.mail_timeout)
        self.smtp = smtp
        smtp.ehlo_or_helo_if_needed()
        if options.mail_security == "starttls":
            smtp.starttls(context=trust)  # raises where the server has none: a password never goes in the clear
            smtp.ehlo()
        if options.mail_user:
            smtp.login(options.mail_user, options.mail_secret())
        return smtp

    def _address(self, smtp: smtplib.SMTP, sender: str, to: Sequence[str]) -> tuple[list[str], list[PartAnswer]]:
        """MAIL and RCPT: who is accepted, and the answers of those who are not."""
        code, said = smtp.mail(sender)
        words = _reply((code, said))
        if (code // 100 == 4 and code != 421) or code == TOO_LARGE:
            verdict = Verdict.REFUSED if code == TOO_LARGE else Verdict.LATER
            return [], [PartAnswer(address, verdict, words) for address in to]
        if code // 100 != 2:
            raise smtplib.SMTPSenderRefused(code, said, sender)
        taken, parts = [], []
        for address in to:
            answer = smtp.rcpt(address)
            if answer[0] in (250, 251):
                taken.append(address)
            else:
                verdict = Verdict.REFUSED if answer[0] // 100 == 5 else Verdict.LATER
                parts.append(PartAnswer(address, verdict, _reply(answer)))
        return taken, parts

    def _text(self, smtp: smtplib.SMTP, data: bytes, to: Sequence[str]) -> list[PartAnswer]:
        """DATA, the text, and the one answer that counts. What breaks off after the text began may have arrived."""
        began = False
        try:
            code, said = smtp.docmd("DATA")
            if code == GO_AHEAD:
                began = True
                smtp.send(_escaped(data))
                code, said = smtp.getreply()
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            verdict = Verdict.NO_ANSWER if began else Verdict.LATER
            words = f"{_words(error)}; " + (
                "the text was handed over and no answer came; it may have arrived"
                if began
                else "nothing was handed over"
            )
            return [PartAnswer(address, verdict, words) for address in to]
        verdict = {2: Verdict.DELIVERED, 5: Verdict.REFUSED}.get(code // 100, Verdict.LATER)
        return [PartAnswer(address, verdict, _reply((code, said))) for address in to]

    def _rest(self, smtp: smtplib.SMTP) -> None:
        if self.smtp is smtp:
            try:
                smtp.rset()
            except (smtplib.SMTPException, OSError):
                self._drop()

    def _drop(self) -> None:
        if self.smtp is not None:
            self.smtp.close()
        self.smtp = None


def _escaped(data: bytes) -> bytes:
    """The text with its dots doubled and its end (RFC 5321 §4.5.2)."""
    text = re.sub(rb"(?m)^\.", b"..", data)
    return text + (b"" if text.endswith(b"\r\n") else b"\r\n") + b".\r\n"


def _reply(answer: tuple[int, bytes | str]) -> str:
    """The server's words on one line: '550 5.1.1 no such user'."""
    code, said = answer
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return " ".join(f"{code} {text}".split())[:1000]


def _words(error: Exception) -> str:
    """What was met, in the server's words where it had any."""
    if isinstance(error, smtplib.SMTPResponseException):
        return _reply((error.smtp_code, error.smtp_error))
    if isinstance(error, TimeoutError):
        return "the mail server did not answer in time"
    return f"the mail server: {error}" if str(error) else f"the mail server: {type(error).__name__}"
