"""The space that is held back really takes up room, and says so when it cannot."""

from __future__ import annotations

from pathlib import Path

from monitor.ops.ballast import Ballast


def test_what_is_held_back_is_real_blocks_and_comes_back(tmp_path: Path) -> None:
    ballast = Ballast(tmp_path / "ballast", 1024 * 1024)
    assert ballast.take()
    held = (tmp_path / "ballast").stat()
    assert held.st_blocks * 512 >= 1024 * 1024
    assert held.st_mode & 0o777 == 0o600
    ballast.release()
    ballast.release()
    assert list(tmp_path.iterdir()) == []


def test_without_room_nothing_is_left_lying_about(tmp_path: Path) -> None:
    assert not Ballast(tmp_path / "ballast", 2**60).take()
    assert not Ballast(tmp_path / "no such directory" / "ballast").take()
    assert list(tmp_path.iterdir()) == []
