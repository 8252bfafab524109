"""The list of fault points and the code agree, so that the kill tests meet every one."""

import re
from pathlib import Path

import app
from runtime.faults import POINTS, POINTS_ELSEWHERE

ROOT = Path(app.__file__).parent.parent


def test_every_named_point_is_passed_somewhere_and_every_passing_is_named() -> None:
    rooms = ("app", "intake", "extraction", "matching", "oms")
    passed = {
        name for room in rooms for path in (ROOT / room).rglob("*.py")
        for name in re.findall(r'fault_point\("([^"]+)"\)', path.read_text())}
    assert passed == {*POINTS, *POINTS_ELSEWHERE}
