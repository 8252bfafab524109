"""Asking another server from anywhere: also from a thread in which an event loop runs."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

from runtime.http import post_json


class _Echo(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def test_a_caller_whose_loop_is_running_gets_its_answer() -> None:
    server = HTTPServer(("127.0.0.1", 0), _Echo)
    Thread(target=server.serve_forever, daemon=True).start()

    async def ask() -> bytes:
        return post_json(f"http://127.0.0.1:{server.server_port}/", [1], headers={}, timeout=60, most_bytes=100)

    with ThreadPoolExecutor(1) as thread:              # a loop of our own, whatever runs in the thread of the test
        assert thread.submit(asyncio.run, ask()).result() == b"[1]"
    server.shutdown()
    server.server_close()
