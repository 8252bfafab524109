"""Turns come in the order in which they were asked for, and nobody who gives up blocks the others."""

from __future__ import annotations

import threading
import time

from runtime.turns import Turns


def _asking(turns: Turns, name: str, order: list[str]) -> threading.Thread:
    def ask() -> None:
        if turns.take(240):
            order.append(name)
            turns.done()

    before = len(turns._waiting)
    thread = threading.Thread(target=ask)
    thread.start()
    while len(turns._waiting) == before:
        time.sleep(0.001)
    return thread


def test_who_asked_first_goes_first() -> None:
    turns, order = Turns(), list[str]()
    assert turns.take(0)
    threads = [_asking(turns, name, order) for name in "abcdef"]
    assert order == []
    turns.done()
    for thread in threads:
        thread.join()
    assert order == list("abcdef")


def test_who_gives_up_leaves_the_queue() -> None:
    turns, order = Turns(), list[str]()
    assert turns.take(0)
    assert not turns.take(0.01)
    thread = _asking(turns, "later", order)
    turns.done()
    thread.join()
    assert order == ["later"]
    assert turns.take(0)


def test_one_at_a_time() -> None:
    turns, inside, most = Turns(), list[int](), list[int]()

    def work() -> None:
        for _ in range(200):
            assert turns.take(240)
            inside.append(1)
            most.append(len(inside))
            inside.pop()
            turns.done()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) == 1
    assert len(most) == 1200
