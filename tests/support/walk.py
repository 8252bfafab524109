"""A walk-through of docs/howto, followed as it is written: its commands are run, its requests are sent."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import httpx

from tests.support.installation import Installation

_HOWTO = Path(__file__).parents[2] / "docs" / "howto"
_SECTION = re.compile(r"^## (.+?)\n(.*?)(?=^## |\Z)", re.DOTALL | re.MULTILINE)
_BLOCK = re.compile(r"```(console|http)\n(.*?)```", re.DOTALL)
_REQUEST = re.compile(r"(POST) (\S+)\n(.*)")


class Walk:
    """One page, section by section. `said` keeps what each command printed."""

    def __init__(self, page: str, house: Installation) -> None:
        text = (_HOWTO / page).read_text()
        self._sections = dict(_SECTION.findall(text))
        self._house = house
        self.said: dict[str, str] = {}
        self.answers: list[Any] = []

    def section(self, title: str) -> None:
        """Do everything a section says; a command that fails or a request that is refused fails the test."""
        for kind, block in _BLOCK.findall(self._sections[title]):
            if kind == "console":
                for line in block.strip().splitlines():
                    command = line.removeprefix("$ ordermill ")
                    self.said[command] = self._house.run(*shlex.split(command)).stdout
            else:
                self._send(block)

    def _send(self, block: str) -> None:
        token = next(said for command, said in self.said.items() if command.startswith("token add")).strip()
        with self._house.serve() as address, httpx.Client(headers={"Authorization": f"Bearer {token}"}) as client:
            for _, path, body in _REQUEST.findall(block):
                answer = client.post(address + path, json=json.loads(body))
                assert answer.is_success, answer.text
                self.answers.append(answer.json())
