"""A message centre on loopback; it reads and writes with another library (``smpp34``) than Yinke speaks SMPP with."""

from __future__ import annotations

import queue
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from typing import Any

import smpp34

PATIENCE = 10.0


@dataclass(frozen=True)
class Part:
    """A submit_sm, as it came."""

    ref: str
    to: str
    to_type: int
    source: str
    head: bytes
    content: bytes
    coding: int
    wants_receipt: bool


BIND_RECEIVER, BIND_TRANSMITTER, SUBMIT, DELIVER, UNBIND, ENQUIRE = 1, 2, 4, 5, 6, 0x15
ANSWER = 0x80000000


class Smsc:
    """Takes what is submitted. ``answers``: what it says to a number, 0 is yes; ``parts``: what it took."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.answers: dict[str, int] = {}
        self.always = 0
        """Its answer to everybody else."""
        self.binds: list[int] = []
        self.asked = 0
        """How often it was asked whether it is there."""
        self._listener: socket.socket | None = None
        self._listens = threading.Event()
        self._told: queue.Queue[tuple[int, int]] = queue.Queue()
        self._sequence = count(1)
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]

    def start(self) -> Smsc:
        """Serve in threads."""
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def stop(self) -> None:
        """Serve no more."""
        self._server.close()
        self.hang_up()

    def texts(self) -> list[tuple[str, str]]:
        """Number and words of each text, its parts joined as a phone joins them."""
        joined: list[tuple[str, str]] = []
        open_ones: dict[tuple[str, int], dict[int, bytes]] = {}
        for part in self.parts:
            if not part.head:
                joined.append((part.to, part.content.decode("utf-16-be")))
                continue
            assert part.head[:3] == b"\x05\x00\x03"
            number, many, n = part.head[3:6]
            some = open_ones.setdefault((part.to, number), {})
            some[n] = part.content
            if len(some) == many:
                joined.append((part.to, b"".join(some[n] for n in range(1, many + 1)).decode("utf-16-be")))
                del open_ones[part.to, number]
        return joined

    @property
    def listens(self) -> bool:
        """Whether somebody listens now."""
        return self._listens.is_set()

    def tell(
        self,
        content: bytes,
        *,
        sender: str,
        kind: int = 0,
        coding: int = 0,
        tlvs: tuple[smpp34.Tlv, ...] = (),
    ) -> int:
        """Tell the receiver something, once it listens; its answer."""
        assert self._listens.wait(PATIENCE), "nobody listens"
        assert self._listener is not None
        number = next(self._sequence)
        self._listener.sendall(
            smpp34.DeliverSm(
                sender, "10690001", content, esm_class=kind, data_coding=coding, tlvs=list(tlvs), sequence_number=number
            ).encode()
        )  # fmt: skip
        sequence, status = self._told.get(timeout=PATIENCE)
        assert sequence == number
        return status

    def receipt(self, ref: str, state: str = "DELIVRD") -> int:
        """Tell what became of a text of that number."""
        said = f"id:{ref} sub:001 dlvrd:001 submit date:2611031200 done date:2611031200 stat:{state} err:000 text:"
        return self.tell(said.encode(), sender="13800000001", kind=0x04)

    def hang_up(self) -> None:
        """End the receiver's line."""
        if self._listener is not None:
            with suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._speak, args=(line,), daemon=True).start()

    def _speak(self, line: socket.socket) -> None:
        with line, suppress(OSError):
            while len(head := _exactly(line, 16)) == 16:
                size, command, status, sequence = struct.unpack(">LLLL", head)
                body = _exactly(line, size - 16)
                if command in (BIND_RECEIVER, BIND_TRANSMITTER):
                    self.binds.append(command)
                    line.sendall(pdu(command, sequence, body=b"smsc\0"))
                    if command == BIND_RECEIVER:
                        self._listener = line
                        self._listens.set()
                elif command == SUBMIT:
                    line.sendall(self._submitted(smpp34.decode(head + body), sequence))
                elif command == DELIVER | ANSWER:
                    self._told.put((sequence, status))
                elif command == ENQUIRE:
                    self.asked += 1
                    line.sendall(pdu(command, sequence))
                elif command == UNBIND:
                    line.sendall(pdu(command, sequence))
                    break
        if line is self._listener:
            self._listener = None
            self._listens.clear()

    def _submitted(self, sent: Any, sequence: int) -> bytes:
        said = self.answers.get(sent.destination_addr, self.always)
        if said:
            return pdu(SUBMIT, sequence, said)
        content = sent.short_message
        head = content[: content[0] + 1] if sent.esm_class & 0x40 else b""
        ref = f"m{len(self.parts) + 1}"
        self.parts.append(Part(
            ref, sent.destination_addr, sent.dest_addr_ton, sent.source_addr, head, content[len(head) :], sent.data_coding,
            sent.registered_delivery == 1,
        ))  # fmt: skip
        return pdu(SUBMIT, sequence, body=ref.encode() + b"\0")


def answering(answers: Callable[[int, int], bytes | None]) -> socket.socket:
    """A centre that answers as one likes: command and sequence of what comes, to the whole answer; None: it hangs up, empty: silence."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                line, _ = server.accept()
            except OSError:
                return
            with line:
                while len(head := _exactly(line, 16)) == 16:
                    size, command, _, sequence = struct.unpack(">LLLL", head)
                    _exactly(line, size - 16)
                    said = answers(command, sequence)
                    if said is None:
                        break
                    line.sendall(said)

    threading.Thread(target=serve, daemon=True).start()
    return server


def _exactly(line: socket.socket, size: int) -> bytes:
    found = b""
    while len(found) < size:
        try:
            more = line.recv(size - len(found))
        except OSError:
            return b""
        if not more:
            return b""
        found += more
    return found


def pdu(command: int, sequence: int, status: int = 0, body: bytes = b"") -> bytes:
    """An answer to ``command``."""
    return struct.pack(">LLLL", 16 + len(body), command | ANSWER, status, sequence) + body


def tunnel(port: int, safe: ssl.SSLContext) -> socket.socket:
    """A door with TLS before a centre that has none."""
    server = socket.create_server(("127.0.0.1", 0))

    def pump(source: socket.socket, to: socket.socket) -> None:
        try:
            while more := source.recv(4096):
                to.sendall(more)
        except OSError:
            pass
        finally:
            to.close()

    def serve() -> None:
        while True:
            try:
                raw, _ = server.accept()
                line = safe.wrap_socket(raw, server_side=True)
            except ssl.SSLError:
                continue
            except OSError:
                return
            there = socket.create_connection(("127.0.0.1", port))
            threading.Thread(target=pump, args=(line, there), daemon=True).start()
            threading.Thread(target=pump, args=(there, line), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    return server
