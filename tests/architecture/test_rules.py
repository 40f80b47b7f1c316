"""Each rule fails on a planted violation, and lets the nearest allowed thing pass."""

import pytest

from tests.architecture.rules import (
    RULES,
    Rule,
    Source,
    bare_packages,
    file_size,
    frozen_values,
    function_size,
    imports_at_the_top,
    lazy_targets,
    nesting,
    no_broad_excepts,
    no_machine_names,
    no_mocks,
    no_prints,
    no_sleeps,
    parameters,
    public_docstrings,
    small_handlers,
)

ELIFS = "def f(x):\n    if x == 1:\n        return 1\n" + "".join(
    f"    elif x == {n}:\n        return {n}\n" for n in range(9)
)
# Five levels, the second of them an `elif` and the last in an `except` clause.
DEEP_ELSE = """
def g(x):
    if x == 1:
        return 1
    elif x == 2:
        for y in x:
            while y:
                try:
                    y = 1
                except OSError:
                    if y:
                        return 3
"""


def nested(levels: int) -> str:
    """A function with so many blocks inside each other, of every kind in turn."""
    openings = ["if x:", "for x in y:", "while x:", "with x:", "try:", "async with x:"]
    lines = [f"{'    ' * (level + 1)}{openings[level]}" for level in range(levels)]
    lines.append("    " * (levels + 1) + "pass")
    lines += [f"{'    ' * (level + 1)}except OSError: pass" for level in range(levels) if openings[level] == "try:"]
    return "async def f(x, y):\n" + "\n".join(lines) + "\n"


def function(lines: int) -> str:
    return "def f():\n" + "    x = 1\n" * (lines - 1)


HANDLER = "bridge/surfaces/lsp/handlers/session.py"
PORT = "bridge/harness/ports/clock.py"
VALUES = "bridge/harness/values/hunks.py"
FROZEN = "from dataclasses import dataclass\n@dataclass(frozen=True, slots=True)\nclass Hunk: ...\n"

VIOLATIONS: list[tuple[Rule, str, str]] = [
    (file_size, "bridge/app/runtime.py", "x = 1\n" * 401),
    (file_size, "tests/app/test_runtime.py", "x = 1\n" * 801),
    (function_size, "bridge/app/runtime.py", function(81)),
    (
        function_size,
        "tests/app/test_runtime.py",
        "class A:\n" + function(81).replace("\n", "\n    ").replace("def", "    def"),
    ),
    (parameters, "bridge/app/runtime.py", "def f(a, b, c, d, e, f, g): ..."),
    (parameters, "bridge/app/runtime.py", "class A:\n    def f(self, a, /, b, c, *, d, e, f, g): ..."),
    (nesting, "bridge/app/runtime.py", nested(5)),
    (nesting, "bridge/app/runtime.py", ELIFS + DEEP_ELSE),
    (no_sleeps, "tests/app/test_runtime.py", "import time\ntime.sleep(1)"),
    (no_sleeps, "tests/support/fake_editor.py", "from anyio import sleep\nasync def f(): await sleep(1)"),
    (no_prints, "bridge/app/runtime.py", "print('x')"),
    (imports_at_the_top, "bridge/app/runtime.py", "def f():\n    import json"),
    (imports_at_the_top, "tests/app/test_runtime.py", "class A:\n    def f(self):\n        from json import loads"),
    (imports_at_the_top, "bridge/app/runtime.py", "import importlib\nx = importlib.import_module('json')"),
    (imports_at_the_top, "bridge/app/runtime.py", "x = __import__('json')"),
    (no_broad_excepts, "bridge/app/runtime.py", "try: ...\nexcept: ..."),
    (no_broad_excepts, "bridge/app/runtime.py", "try: ...\nexcept Exception: ..."),
    (no_broad_excepts, "tests/app/test_runtime.py", "try: ...\nexcept (OSError, builtins.BaseException): ..."),
    (no_broad_excepts, "bridge/app/runtime.py", "with contextlib.suppress(Exception): ..."),
    (no_mocks, "tests/app/test_runtime.py", "from unittest import mock"),
    (no_mocks, "tests/app/test_runtime.py", "from unittest.mock import Mock"),
    (no_mocks, "tests/app/test_runtime.py", "import unittest.mock"),
    (no_mocks, "tests/app/test_runtime.py", "def test_x(monkeypatch): monkeypatch.setattr('a.b', 1)"),
    (no_mocks, "tests/app/test_runtime.py", "def test_x(mocker): ..."),
    (small_handlers, HANDLER, function(11)),
    (public_docstrings, PORT, "class Clock: ..."),
    (public_docstrings, PORT, "'''Time.'''\nclass Clock: ..."),
    (public_docstrings, PORT, "'''Time.'''\nclass Clock:\n    '''It.'''\n    def now(self): ..."),
    (public_docstrings, PORT, "'''Time.'''\nasync def now(): ..."),
    (bare_packages, "bridge/harness/__init__.py", "from bridge.harness.ids import SessionId"),
    (bare_packages, "bridge/harness/__init__.py", "__version__ = '1'"),
    (frozen_values, VALUES, FROZEN.replace("(frozen=True, slots=True)", "")),
    (frozen_values, VALUES, FROZEN.replace("slots=True", "slots=False")),
]

ALLOWED: list[tuple[Rule, str, str]] = [
    (file_size, "bridge/app/runtime.py", "x = 1\n" * 400),
    (file_size, "tests/app/test_runtime.py", "x = 1\n" * 800),
    (function_size, "bridge/app/runtime.py", function(80)),
    (parameters, "bridge/app/runtime.py", "class A:\n    def f(self, a, b, c, *, d, e, f, **rest): ..."),
    (nesting, "bridge/app/runtime.py", nested(4)),
    (nesting, "bridge/app/runtime.py", ELIFS),
    (no_sleeps, "tests/support/eventually.py", "time.sleep(1)"),
    (no_sleeps, "tests/app/test_runtime.py", "anyio.sleep_forever()"),
    (no_prints, "bridge/surfaces/terminal/run.py", "print('x')"),
    (imports_at_the_top, "bridge/lazy.py", "x = importlib.import_module('json')"),
    (no_broad_excepts, "bridge/harness/isolate.py", "try: ...\nexcept Exception: ..."),
    (no_broad_excepts, "bridge/app/runtime.py", "try: ...\nexcept (OSError, ValueError): ..."),
    (no_mocks, "tests/app/test_runtime.py", "def test_x(monkeypatch): monkeypatch.setenv('A', '1')"),
    (small_handlers, HANDLER, function(10)),
    (small_handlers, HANDLER, "def f():\n    '''One\n    two.'''\n" + "    x = 1\n" * 9),
    (public_docstrings, PORT, "'''Time.'''\nclass _Clock: ...\ndef _now(): ..."),
    (public_docstrings, "bridge/harness/workspace/overlay.py", "class Overlay: ..."),
    (bare_packages, "bridge/__init__.py", "'''It.'''\n__version__ = '1'"),
    (frozen_values, VALUES, FROZEN),
]


@pytest.mark.parametrize(("rule", "path", "text"), VIOLATIONS)
def test_a_planted_violation_is_reported_by_its_rule(rule: Rule, path: str, text: str) -> None:
    assert list(rule(Source(path, text)))


@pytest.mark.parametrize(("rule", "path", "text"), ALLOWED)
def test_what_a_rule_allows_passes(rule: Rule, path: str, text: str) -> None:
    assert list(rule(Source(path, text))) == []


def test_every_rule_has_a_planted_violation_and_a_passing_case() -> None:
    assert set(RULES) == {rule for rule, _, _ in VIOLATIONS} == {rule for rule, _, _ in ALLOWED}


def test_a_data_table_may_be_long_but_defines_no_function() -> None:
    tables = frozenset({"bridge/protocol/methods.py"})
    table = Source("bridge/protocol/methods.py", "ROW = 1\n" * 2000)
    assert list(file_size(table, tables)) == []
    assert list(file_size(Source(table.path, table.text + "def f(): ..."), tables))


@pytest.mark.parametrize(
    "line",
    [
        "open('" + "/tm" + "p/x.txt')",
        "see " + "/wor" + "k/main",
        "file://" + "/hom" + "e/ann/project/a.py",
        "index-url = https://py" + "pi.org/simple",
        "registry.npm" + "js.org",
    ],
)
def test_a_machine_path_or_a_registry_host_is_reported(line: str) -> None:
    assert list(no_machine_names(f"fine\n{line}\n"))


@pytest.mark.parametrize(
    "line",
    ["bridge/work/x", "file:///home/ada/project/a.py", "file:///project/a.py", "/workspace/a", "a PyPI package", "~/x"],
)
def test_other_paths_and_names_are_not_reported(line: str) -> None:
    assert list(no_machine_names(line)) == []


def test_the_targets_of_the_lazy_seam_are_found() -> None:
    source = Source(
        "bridge/cli.py", "from bridge.lazy import load\nload('bridge.surfaces.lsp.server').main()\nload(name)\n"
    )
    assert list(lazy_targets(source)) == ["bridge.surfaces.lsp.server"]
