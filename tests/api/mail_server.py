"""A mail server on this machine that takes mails, or fails in the way a test asks for."""

import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage

REFUSALS = {"greeting": 421, "MAIL": 451, "RCPT": 550, "DATA": 451, "content": 554}
"""With what it answers each step if it is to refuse there; else it takes everything."""


class MailServer(socketserver.ThreadingTCPServer):
    """What has arrived, and what is to go wrong."""

    daemon_threads = True
    mails: list[EmailMessage]

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.mails = []
        self.refuse = ""
        """A step that is refused."""
        self.hang = ""
        """A step after which it says nothing more."""

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])


class _Conversation(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        if not self._answer("greeting", 220):
            return
        while line := self.rfile.readline():
            verb = line.split()[0].upper().decode()
            if verb == "QUIT":
                self._say(221)
                return
            if verb == "DATA":
                if self._answer("DATA", 354) and not self._take():
                    return
            elif not self._answer(verb, 250):
                return

    def _take(self) -> bool:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        if self.server.refuse != "content":
            self.server.mails.append(message_from_bytes(b"".join(lines), policy=policy.SMTP))
        return self._answer("content", 250)

    def _answer(self, step: str, code: int) -> bool:
        """Answer a step; return whether the conversation goes on."""
        if step == self.server.hang:
            time.sleep(2)
            return False
        refused = step == self.server.refuse
        self._say(REFUSALS[step] if refused else code)
        return not (refused and step == "greeting")

    def _say(self, code: int) -> None:
        self.wfile.write(b"%d somebody@town.example\r\n" % code)


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """Run a mail server while the block lasts."""
    with MailServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()
