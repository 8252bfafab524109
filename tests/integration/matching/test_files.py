"""Matching on files: the shapes other tools rely on, learning from decisions, and refusals that name the line."""

import csv
import json
from pathlib import Path

import pytest

from bench import match as bench
from bench.match_goods import Goods
from bench.match_lines import make_lines
from matching import files
from models.errors import InputError


def write(path: Path, header: str, rows: list[list[object]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as f:
        csv.writer(f).writerows([header.split(","), *rows])
    return path


CATALOG = "sku,gtin,mpn,brand,description,list_price"
LINES = "id,code,description,quantity,uom,price"


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    return write(tmp_path / "catalog.csv", CATALOG, [
        ["HB-0840", "4006381333931", "KE840Z", "Kessel", "Hex bolt M8 x 40 zinc", "0.50"],
        ["HB-1040", "", "KE1040Z", "Kessel", "Hex bolt M10 x 40 zinc", "0.80"],
        ["GL-L", "", "", "", "Nitrile gloves size L blue", ""]])


def test_find_names_candidates_with_probability_and_reasons(catalog: Path, tmp_path: Path) -> None:
    lines = write(tmp_path / "lines.csv", LINES, [
        ["a", "HB-0840", "", "", "", ""], ["b", "", "hex bolt m10x40 zinc", "10", "pcs", "0.80"], ["c", "", "", "", "", ""],
        ["d", "", "marble statue", "1", "", "n/a"]])
    found = files.find(catalog, lines, None)
    assert [f["id"] for f in found] == ["a", "b", "c", "d"]
    assert [f["candidates"][0]["sku"] for f in found[:2]] == ["HB-0840", "HB-1040"]
    assert all(f["candidates"][0]["probability"] > 0.9 for f in found[:2]) and found[0]["candidates"][0]["reasons"]
    assert found[2]["candidates"] == [] and all(c["probability"] < 0.3 for c in found[3]["candidates"])
    none = [f["no_such_item"] for f in found]
    assert none[2] == 1.0 and none[3] > 0.7 and max(none[:2]) < 0.1
    json.dumps(found, allow_nan=False)


def test_score_answers_the_pairs_asked_for_in_their_order(catalog: Path, tmp_path: Path) -> None:
    lines = write(tmp_path / "lines.csv", LINES, [["b", "", "hex bolt m10x40 zinc", "", "", ""]])
    pairs = write(tmp_path / "pairs.csv", "id,sku", [["b", "GL-L"], ["b", "HB-1040"], ["b", "HB-0840"], ["b", "GL-L"]])
    scored = files.score(catalog, lines, pairs, None)
    assert [(s["id"], s["sku"]) for s in scored] == [("b", "GL-L"), ("b", "HB-1040"), ("b", "HB-0840"), ("b", "GL-L")]
    assert scored[1]["probability"] > 0.8 > 0.3 >= max(scored[0]["probability"], scored[2]["probability"])
    for bad, code in (([["x", "GL-L"]], "unknown_line"), ([["b", "NO"]], "unknown_item")):
        with pytest.raises(InputError) as refusal:
            files.score(catalog, lines, write(tmp_path / "bad.csv", "id,sku", bad), None)  # type: ignore[arg-type]
        assert refusal.value.code == code


def test_fit_learns_from_decisions_and_its_model_is_used(tmp_path: Path) -> None:
    """A house where the words "mk2" decide nothing and the brand decides everything can be taught so."""
    goods = Goods(300, 4)
    items = [goods.item(n) for n in range(300)]
    lines = [line for line in make_lines(goods, 120, 4) if line.query.description]
    catalog = write(tmp_path / "c.csv", CATALOG, [[i.sku, "", i.mpn, i.brand, i.description, ""] for i in items])
    asked = write(tmp_path / "l.csv", LINES, [[n, "", line.query.description, "", "", ""] for n, line in enumerate(lines)])
    decisions = [[n, line.sku, 1] for n, line in enumerate(lines)] + [
        [n, lines[n - 1].sku, 0] for n, line in enumerate(lines) if line.sku != lines[n - 1].sku]
    labelled = write(tmp_path / "d.csv", "id,sku,label", decisions)
    model = tmp_path / "m.json"
    files.fit(catalog, asked, labelled, model)

    def loss(using: Path | None) -> float:
        scored = files.score(catalog, asked, labelled, using)
        return sum((s["probability"] - d[2]) ** 2 for s, d in zip(scored, decisions, strict=True)) / len(decisions)  # type: ignore[operator]
    assert loss(model) < loss(None) < 0.25
    assert json.loads(model.read_text())["weights"]
    for rows, code in (([], "no_decisions"), ([[0, lines[0].sku, "maybe"]], "bad_label")):
        with pytest.raises(InputError) as refusal:
            files.fit(catalog, asked, write(tmp_path / "bad.csv", "id,sku,label", rows), model)
        assert refusal.value.code == code


@pytest.mark.parametrize(("name", "content", "code"), [
    ("lines", "id,code\n1,a\n1,b\n", "bad_id"), ("lines", "code\na\n", "missing_column"), ("lines", "", "empty_table"),
    ("catalog", "sku,description\nA,bolt\nA,nut\n", "duplicate_sku"), ("catalog", "sku,mpn\n,x\n", "missing_value"),
])
def test_files_that_are_not_as_agreed_are_refused(catalog: Path, tmp_path: Path, name: str, content: str, code: str) -> None:
    paths = {"catalog": catalog, "lines": write(tmp_path / "lines.csv", LINES, [["a", "", "", "", "", ""]])}
    paths[name] = tmp_path / f"bad-{name}.csv"
    paths[name].write_text(content)
    with pytest.raises(InputError) as refusal:
        files.find(paths["catalog"], paths["lines"], None)
    assert refusal.value.code == code


def test_the_shipped_weights_are_good_and_honest_on_lines_they_never_saw() -> None:
    rows = {row.case.split(",")[0]: row for row in bench.run(items=2_000, lines=150, seed=99, check_items=1_000)}
    assert rows["recall@1"].value >= 0.85 and rows["recall@20"].value >= 0.97
    assert rows["recall@1"].value > (rows["recall@1"].baseline or 0)
    assert rows["CPU time a line (median)"].value < (rows["CPU time a line (median)"].baseline or 0) * 5
    assert rows["accepted at 99.5 % precision"].value >= 0.6
    assert rows["of those right"].value >= 0.98
    assert rows["calibration error (ECE)"].value <= 0.12
    assert next(row for case, row in rows.items() if case.startswith("wrong items")).value <= 6
