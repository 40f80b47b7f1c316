"""The worker, with answers that go wrong: the name that is looked for says how. Run as a program."""

import os
from itertools import count

from bridge.harness.refactoring.project import Project
from bridge.harness.refactoring.values import Answer, Ask, FindSymbol, Found, Point, Usages
from bridge.harness.refactoring.worker import main

_calls = count(1)


def deeper(depth: int) -> int:
    return deeper(depth + 1) + 1


def answer(project: Project, ask: Ask) -> Answer:
    """Where the answer is one, it tells the process and the number of the call."""
    assert isinstance(ask, FindSymbol)
    number = next(_calls)
    match ask.symbol.name:
        case "hang":
            (project.root / "hangs").write_text(str(os.getpid()), encoding="ascii")
            while True:
                pass
        case "crash":
            os.abort()
        case "leave":
            os._exit(0)
        case "deep":
            deeper(0)
        case "memory":
            raise MemoryError
        case "defect":
            raise KeyError("a slip")
        case "print":
            print("to stdout")  # noqa: T201 - as a library might
            os.write(1, b"and below Python\n")
    return Usages((Found(str(os.getpid()), Point(number, 1), "variable", ask.symbol.name, ""),))


if __name__ == "__main__":
    main(answer)
