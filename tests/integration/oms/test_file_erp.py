"""The file adapter: whole lines, each key once, durable, whoever writes at the same time."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.errors import TransientError
from oms.erp.adapters.file import FileErp


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "out" / "erp.jsonl"


def test_a_message_is_one_line_and_its_key_is_written_once(path: Path) -> None:
    erp = FileErp(path)
    first = erp.submit({"order_no": "SO-1", "note": "zwei\nZeilen ü"}, key="a")
    assert erp.submit({"order_no": "other"}, key="a") == first == erp.find("a")
    assert erp.submit({"order_no": "SO-2"}, key="b") != first
    assert lines(path) == [{"key": "a", "order_no": "SO-1", "note": "zwei\nZeilen ü"}, {"key": "b", "order_no": "SO-2"}]
    assert erp.find("c") is None


def test_another_process_knows_what_was_written(path: Path) -> None:
    FileErp(path).submit({"n": 1}, key="a")
    other = FileErp(path)
    assert other.submit({"n": 2}, key="a") == "LINE-1"
    assert other.find("a") == "LINE-1"


@given(cut=st.integers(1, 200))
@settings(max_examples=30, deadline=None)
def test_a_line_torn_by_a_crash_is_finished_or_taken_away(cut: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("torn") / "erp.jsonl"
    FileErp(path).submit({"n": 1}, key="a")
    whole = path.read_bytes()
    FileErp(path).submit({"n": 2, "text": "x" * 150}, key="b")
    content = path.read_bytes()
    path.write_bytes(content[: max(len(content) - cut, len(whole))])
    erp = FileErp(path)
    assert erp.find("a") == "LINE-1"
    assert erp.submit({"n": 2, "text": "x" * 150}, key="b") == "LINE-2"
    assert path.read_bytes() == content


def test_a_long_torn_line_is_taken_away_whole(path: Path) -> None:
    erp = FileErp(path)
    erp.submit({"n": 1}, key="a")
    kept = path.read_bytes()
    path.write_bytes(kept + b'{"key":"b","text":"' + b"y" * 20_000)
    assert erp.find("b") is None
    assert path.read_bytes() == kept


def test_a_replaced_file_is_read_anew(path: Path) -> None:
    erp = FileErp(path)
    erp.submit({"n": 1}, key="a")
    path.rename(path.with_suffix(".imported"))
    assert erp.find("a") is None
    assert erp.submit({"n": 2}, key="b") == "LINE-1"


def test_a_file_that_cannot_be_written_is_tried_again_later(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(TransientError) as e:
        FileErp(tmp_path / "file" / "erp.jsonl").submit({}, key="a")
    assert e.value.code == "erp_file_unavailable"


_WRITER = """
import sys
from pathlib import Path
from oms.erp.adapters.file import FileErp
erp = FileErp(Path(sys.argv[1]))
for n in range(25):
    erp.submit({"n": n}, key=f"k{n}")
"""


def test_processes_at_the_same_time_write_each_key_once(path: Path) -> None:
    root = Path(__file__).parents[3]
    writers = [subprocess.Popen([sys.executable, "-c", _WRITER, str(path)], cwd=root) for _ in range(4)]
    assert [writer.wait(240) for writer in writers] == [0, 0, 0, 0]
    assert sorted(str(line["key"]) for line in lines(path)) == sorted(f"k{n}" for n in range(25))
