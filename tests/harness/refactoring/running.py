"""Runs the modules of a small project in this process, to see that a change left its behaviour alone."""

import builtins
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

from bridge.harness.refactoring.values import Changed


def texts(files: Mapping[str, str], changed: Changed) -> dict[str, str]:
    """All files as they would stand."""
    return {**files, **{file.path: file.new for file in changed.files}}


def said(files: Mapping[str, str], start: str = "main") -> list[str]:
    """What module `start` prints. Modules stand side by side, `name.py`; others come from Python itself."""
    loaded: dict[str, ModuleType] = {}
    lines: list[str] = []

    def load(name: str, scope: Any = None, local: Any = None, names: Sequence[str] = (), level: int = 0) -> ModuleType:
        if f"{name}.py" not in files:
            return builtins.__import__(name, scope, local, names, level)
        if name not in loaded:
            module = loaded[name] = ModuleType(name)
            tools = {**vars(builtins), "__import__": load, "print": lambda *values: lines.append(repr(values))}
            vars(module)["__builtins__"] = tools
            exec(compile(files[f"{name}.py"], f"{name}.py", "exec"), vars(module))
        return loaded[name]

    load(start)
    return lines
