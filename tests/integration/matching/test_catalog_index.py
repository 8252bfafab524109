"""The catalogue index: an update writes what changed and leaves what a reader has open alone; a reader sees whole states only."""

from pathlib import Path

import pytest

from matching.candidates import indexed
from matching.catalog_documents import IndexedItem
from matching.catalog_index import CatalogIndex, Refreshed
from matching.prepared import offer_of, prepared
from matching.records import ItemRecord


def item(number: int, text: str, code: str = "") -> IndexedItem:
    return IndexedItem(number, text, (code or f"SKU-{number:05d}",))


@pytest.fixture
def index(tmp_path: Path) -> CatalogIndex:
    index = CatalogIndex(tmp_path)
    index.rebuild([item(n, f"hexagon bolt M{n} zinc") for n in range(1, 40)], "one")
    return index


def found(index: CatalogIndex, text: str) -> int | None:
    return next((hit.item_id for hit in index.search(text)), None)


def test_an_update_writes_what_changed_takes_out_what_is_gone_and_leaves_the_rest(index: CatalogIndex) -> None:
    reader = CatalogIndex(index.folder)
    assert found(reader, "bolt M7") == 7
    now = [item(n, f"hexagon bolt M{n} zinc") for n in range(1, 38)] + [item(38, "copper pipe 22 mm"), item(50,
    "ball valve brass")]
    assert index.refresh(lambda: now, "two") == Refreshed(written=2, removed=1, rebuilt=False)
    for either in (index, reader):
        assert found(either, "copper pipe") == 38 and found(either, "ball valve") == 50 and found(either, "bolt M7") == 7
        assert found(either, "bolt M39") != 39
    assert index.refresh(lambda: now, "two") == Refreshed(0, 0, False)
    assert index.refresh(lambda: now, "three") == Refreshed(0, 0, False) and index.stamp == "three"


def test_an_update_that_dies_halfway_leaves_the_index_as_it_was(index: CatalogIndex) -> None:
    def broken() -> list[IndexedItem]:
        raise OSError("the database is gone")
    with pytest.raises(OSError, match="gone"):
        index.refresh(broken, "two")
    assert index.stamp == "one" and found(index, "bolt M12") == 12


def test_without_an_index_before_everything_is_written(tmp_path: Path) -> None:
    index = CatalogIndex(tmp_path / "new")
    assert index.search("anything") == []
    assert index.refresh(lambda: [item(1, "hammer")], "one") == Refreshed(1, 0, True) and found(index, "hamer") == 1


def test_items_whose_names_are_shortened_are_found_by_the_whole_words(tmp_path: Path) -> None:
    """Sixty items with the whole name and another size do not hide the one that is meant."""
    index = CatalogIndex(tmp_path)
    others = [item(n, f"buffer solution {n} ml colourless") for n in range(1, 61)]
    index.rebuild([*others, *(item(100 + n, f"bfr sol {100 + n} ml") for n in range(1, 6))], "one")
    assert found(index, "buffer solution 103 ml") == 103


def test_a_code_one_sign_off_brings_its_item_into_question(index: CatalogIndex) -> None:
    assert 17 in {hit.item_id for hit in index.search("", ("SKU-0017",))}


def test_items_that_are_found_come_with_their_texts_prepared_the_same_as_taken_apart_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    texts = [
        ("Hexagon bolt M8 x 40 zinc plated, box of 100", "Kelbrax"), ("Gewindestange 1/2\" DIN 975 verzinkt LX390-A", "Ostan 3"),
        ("Bolt cable 3 x 2.5 mm² 230/400 V, black", ""), ("Bolt 110~240 V size 8,5 L red red", "Norik")]
    more = "voltage V: 24; colour: red"
    items = [
        ItemRecord(n, f"KEPT-{n}", text, brand=brand or None, attributes=more) for n, (text, brand) in enumerate(texts, start=1)]
    index = CatalogIndex(tmp_path)
    index.rebuild(map(indexed, items))
    assert {hit.item_id for hit in index.search("bolt M8 verzinkt red")} == {1, 2, 3, 4}
    assert {hit.item_id for hit in index.search("24 V")} == {1, 2, 3, 4}, "an item is found by what its attributes say"

    def refuse(text: str) -> None:
        raise AssertionError(f"{text} was taken apart again")

    with monkeypatch.context() as patched:
        patched.setattr("matching.prepared.taken_apart", refuse)
        kept = [offer_of(text, brand, more) for text, brand in texts]
    assert kept == [prepared(text, brand, more) for text, brand in texts]
    assert offer_of("Bolt M8, another text", "") == prepared("Bolt M8, another text", "")
