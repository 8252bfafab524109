"""Every file of the hostile set meets its stated fate, read by the real rooms in the real sandbox, while good orders are served.

The sandbox's processor limit is lowered to 2 s, so that a bomb that needs the limit costs little.
"""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.bootstrap import Rooms
from app.reading import FileReading, read_file
from models.domain.reading import Reading
from runtime.settings import OcrProfile, Settings
from tests.support.hostile import hostile_files
from tests.support.hostile.pdfs import good
from tests.support.hostile.shape import SKU, HostileFile

CPU_S, WALL_S = 2, 20
EVERY = 7  # one file in so many is read in the quick suite too
FILES = hostile_files()
SLOW = [file for number, file in enumerate(FILES) if file.is_heavy or number % EVERY]
QUICK = [file for file in FILES if file not in SLOW]


@pytest.fixture(scope="module")
def rooms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rooms]:
    made = Rooms(
        Settings(
            data=tmp_path_factory.mktemp("hostile"),
            sandbox_cpu_s=CPU_S,
            sandbox_wall_s=WALL_S,
            ocr=OcrProfile.NONE,
            _env_file=None,
        )
    )
    read_bytes(made, good(), tmp_path_factory.mktemp("good") / "good.pdf")
    server = made.sandbox._server
    yield made
    assert made.sandbox._server is server, "a document brought the sandbox's server down"
    made.close()


def read_bytes(rooms: Rooms, content: bytes, path: Path) -> FileReading:
    path.write_bytes(content)
    try:
        return read_file(rooms, path)
    finally:
        path.unlink()


def codes_of(reading: Reading) -> list[str]:
    """The article numbers of its lines."""
    return [found.value for line in reading.lines for found in (line.supplier_sku, line.buyer_sku) if found is not None]


def check(file: HostileFile, result: FileReading) -> None:
    problems = [problem for reading in result.readings for problem in reading.problems]
    for problem in problems:
        assert re.fullmatch(r"[a-z][a-z0-9_]+", problem.code), problem
        assert len(problem.message) > 20, problem
        assert problem.message.rstrip("”").endswith("."), problem
        assert "Traceback" not in problem.message
    told = {problem.code for problem in problems}
    assert not file.fate.codes or told & file.fate.codes, told
    found = [code for reading in result.readings for code in codes_of(reading)]
    if file.fate.is_read is not None:
        assert (SKU in found) if file.fate.is_read else not any(reading.lines for reading in result.readings), (found, told)
    assert not any("root:" in repr(reading) for reading in result.readings)  # /etc/passwd
    assert result.seconds < 60


def test_the_set_is_large_and_the_same_every_time() -> None:
    assert len(FILES) >= 100
    assert len({file.label for file in FILES}) == len(FILES)
    for file in QUICK[::3]:
        assert file.make() == file.make(), file.label


@pytest.mark.parametrize("file", QUICK, ids=lambda file: file.label)
def test_it_meets_its_fate(rooms: Rooms, tmp_path: Path, file: HostileFile) -> None:
    check(file, read_bytes(rooms, file.make(), tmp_path / file.file_name))


@pytest.mark.slow
@pytest.mark.parametrize("file", SLOW, ids=lambda file: file.label)
def test_all_others_meet_their_fate_too(rooms: Rooms, tmp_path: Path, file: HostileFile) -> None:
    check(file, read_bytes(rooms, file.make(), tmp_path / file.file_name))


@pytest.mark.slow
def test_good_orders_are_read_as_ever_beside_the_worst(rooms: Rooms, tmp_path: Path) -> None:
    """One worker is kept busy by bombs; the other reads what it always reads."""
    worst = [file for file in FILES if file.is_heavy][:12]
    content = good()

    def read_good(number: int) -> tuple[float, list[str]]:
        begun = time.perf_counter()
        result = read_bytes(rooms, content, tmp_path / f"good-{number}.pdf")
        return time.perf_counter() - begun, [code for reading in result.readings for code in codes_of(reading)]

    before = [read_good(number) for number in range(20)]
    during = []
    with ThreadPoolExecutor(1) as pool:
        work = pool.map(lambda file: check(file, read_bytes(rooms, file.make(), tmp_path / file.file_name)), worst)
        bombs = pool.submit(lambda: None)  # done when all of them are
        while not bombs.done() or len(during) < 5:
            during.append(read_good(100 + len(during)))
        list(work)
    assert {tuple(codes) for _, codes in during} == {tuple(codes) for _, codes in before} == {(SKU, "HX-40230")}
    ratio = statistics.median(s for s, _ in during) / statistics.median(s for s, _ in before)
    print(f"good orders beside bombs take {ratio:.2f} x the time alone (median of {len(during)})")
