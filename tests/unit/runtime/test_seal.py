"""Secrets that are stored can be read only with the key of the data folder."""

from pathlib import Path

import pytest

from runtime.seal import KEY_FILE, Seal, SealBroken


def test_what_was_sealed_can_be_opened_by_another_process_with_the_same_folder(tmp_path: Path) -> None:
    sealed = Seal(tmp_path).close("pässword")
    assert "ssword" not in sealed
    assert Seal(tmp_path).open(sealed) == "pässword"


def test_the_key_is_its_owners_only(tmp_path: Path) -> None:
    Seal(tmp_path).close("x")
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o077 == 0


def test_another_key_opens_nothing_and_says_what_to_do(tmp_path: Path) -> None:
    sealed = Seal(tmp_path / "a").close("x")
    with pytest.raises(SealBroken, match="Restore that file"):
        Seal(tmp_path / "b").open(sealed)
