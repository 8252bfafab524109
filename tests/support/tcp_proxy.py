"""A TCP line that can be cut, turned into a hole, or refused, between a client and a server on loopback."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading


class TcpProxy:
    """Listens on `port` and passes everything to `target_port`, until told otherwise."""

    def __init__(self, target_port: int) -> None:
        self.target_port = target_port
        self.accepted = 0
        self._refuses = False
        self._is_hole = threading.Event()
        self._left_to_cut: int | None = None
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut_after(self, count: int | None) -> None:
        """Reset the connections once `count` more bytes have come from the server; None: never."""
        with self._lock:
            self._left_to_cut = count

    def cut_now(self) -> int:
        """Reset every open connection; returns how many there were."""
        with self._lock:
            sockets = list(self._open)
        for s in sockets:
            self._reset(s)
        return len(sockets) // 2

    def refuse(self, refuses: bool) -> None:
        """Close new connections at once, or pass them on again."""
        self._refuses = refuses

    def hole(self) -> None:
        """From now on the open connections swallow everything and never end; new ones work."""
        self._is_hole.set()
        self._is_hole = threading.Event()

    def close(self) -> None:
        """Stop listening and reset what is open."""
        self._listener.close()
        self.cut_now()

    def __enter__(self) -> TcpProxy:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.accepted += 1
            try:
                if self._refuses:
                    raise ConnectionRefusedError
                server = socket.create_connection(("127.0.0.1", self.target_port), timeout=60)
                server.settimeout(None)
            except OSError:
                self._reset(client)
                continue
            with self._lock:
                self._open |= {client, server}
            for source, sink, counts in ((client, server, False), (server, client, True)):
                threading.Thread(target=self._pump, args=(source, sink, counts, self._is_hole), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, counts: bool, is_hole: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if is_hole.is_set():
                    continue
                if counts and (allowed := self._allowed(len(data))) is not None:
                    sink.sendall(data[:allowed])
                    self.cut_now()
                    return
                sink.sendall(data)
        if not is_hole.is_set():
            for s in (source, sink):
                self._reset(s)

    def _allowed(self, count: int) -> int | None:
        with self._lock:
            if self._left_to_cut is None:
                return None
            if count < self._left_to_cut:
                self._left_to_cut -= count
                return None
            allowed, self._left_to_cut = self._left_to_cut, None
            return allowed

    def _reset(self, s: socket.socket) -> None:
        with self._lock:
            self._open.discard(s)
        with contextlib.suppress(OSError):
            s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            s.shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(OSError):
            s.close()
