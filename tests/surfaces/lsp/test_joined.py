"""Work that many events ask for."""

import anyio
import pytest

from bridge.surfaces.lsp.joined import Joined

pytestmark = pytest.mark.anyio


async def test_the_first_is_served_at_once_and_the_later_ones_together() -> None:
    done: list[list[str]] = []
    asked: list[str] = []
    served = anyio.Event()

    def work(key: str) -> None:
        done.append([key, *asked])
        asked.clear()
        served.set()

    async with anyio.create_task_group() as tasks:
        joined = Joined("work", lambda: tasks, work)
        joined.ask("a")
        await served.wait()
        for number in range(100):
            asked.append(str(number))
            joined.ask("a")
    assert done == [["a"], ["a", *map(str, range(100))]]


async def test_each_key_is_served_once_a_round_in_order() -> None:
    done: list[str] = []
    async with anyio.create_task_group() as tasks:
        joined = Joined("work", lambda: tasks, done.append)
        for key in ("b", "a", "b"):
            joined.ask(key)
    assert done == ["b", "a"]


async def test_what_was_asked_for_can_be_done_at_once_and_is_not_done_again() -> None:
    done: list[str] = []
    async with anyio.create_task_group() as tasks:
        joined = Joined("work", lambda: tasks, done.append)
        joined.ask("a")
        joined.flush()
        assert done == ["a"]
    assert done == ["a"]


async def test_work_that_fails_takes_no_other_work_down_and_can_be_asked_for_again() -> None:
    done: list[str] = []

    def work(key: str) -> None:
        done.append(key)
        if key == "bad":
            raise ValueError(key)

    async with anyio.create_task_group() as tasks:
        joined = Joined("work", lambda: tasks, work)
        joined.ask("bad")
        joined.ask("good")
    assert done == ["bad", "good"]
    async with anyio.create_task_group() as tasks:
        joined.ask("again")
    assert done == ["bad", "good", "again"]
