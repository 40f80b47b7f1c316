"""Inline of a variable: the same value at each use, or a reason why not."""

import pytest

from bridge.harness.refactoring.python.inline import inline
from bridge.harness.refactoring.values import Inline, Refusal
from tests.harness.refactoring.python_desk import Desk


@pytest.mark.parametrize(
    ("before", "then"),
    [
        ("def f(a):\n    «x» = a + 1\n    return x * 2\n", "def f(a):\n    return (a + 1) * 2\n"),
        ("def f(a):\n    «x» = a + 1\n    return x\n", "def f(a):\n    return a + 1\n"),
        ("def f(a):\n    «x» = a, 1\n    return g(x)\n", "def f(a):\n    return g((a, 1))\n"),
        ("def f(a):\n    «x» = a.b\n\n    return [x, -x, x.c]\n", "def f(a):\n\n    return [a.b, -a.b, a.b.c]\n"),
        ("«x»: int = 3  # three\nprint(x.real, x)\n", "# three\nprint((3).real, 3)\n"),
        ("def f(a):\r\n    «x» = a\r\n    return x\r\n", "def f(a):\r\n    return a\r\n"),
        ("def f(a):\n    «x» = a * 2\n    return f'{x:>3}'\n", "def f(a):\n    return f'{(a * 2):>3}'\n"),
        ("«LIMIT» = 3\n\n\ndef f():\n    return LIMIT\n", "\n\ndef f():\n    return 3\n"),
        ("def f(a):\n    «x» = (a\n         + 1)\n    return x\n", None),
        ("if 1:\n    «x» = 2\nprint(x)\n", "if 1:\n    pass\nprint(2)\n"),
        (
            "def f(a):\n    «x» = (  # why\n        a  # one\n        + 1  # two\n    )\n    return x\n",
            "def f(a):\n    # why\n    # two\n    return (a  # one\n        + 1)\n",
        ),
        ("def f(a):\n    «x» = a + 1  # noqa: X1\n    return x\n", "def f(a):\n    return a + 1\n"),
        ("def f(a):\n    «x» = a['k']\n    return f\"{x}\"\n", "def f(a):\n    return f\"{(a['k'])}\"\n"),
    ],
)
def test_uses_become_the_value(before: str, then: str | None) -> None:
    desk = Desk({"a.py": before})
    changed = inline(desk.project, Inline(desk.symbol()))
    assert changed.title.startswith("Inline `")
    if then is not None:
        assert changed.files[0].new == then


@pytest.mark.parametrize(
    ("texts", "why"),
    [
        ("def f(a):\n    «x» = a\n    x = 2\n    return x\n", r"more than once \(lines 2, 3\)"),
        ("def f(a):\n    «x» = a\n    a = 2\n    return x\n", "`a` is set anew in line 3"),
        ("def f(a):\n    «x» = a.b\n    a.b = 2\n    return x\n", "may be changed in line 3"),
        ("def f(a):\n    «x» = a[0]\n    a[0] = 2\n    return x\n", "may be changed in line 3"),
        ("def f(a):\n    «x» = a()\n    return x + x\n", "made anew at each use"),
        ("def f(a):\n    «x» = a()\n    for y in a:\n        print(x)\n", "made anew at each use"),
        ("def f(a):\n    «x» = a\n    for y in 1, 2:\n        print(x)\n        a += 1\n", "`a` is set anew in line 5"),
        ("def f(a):\n    «x» = a\n    return lambda: x\n", "Line 3 may run"),
        ("def f(a):\n    «x» = a\n    return [x for a in 'ab']\n", "`a` means something else in line 3"),
        ("def f(«x»):\n    return x\n", "is a parameter"),
        ("def f():\n    «x» = 1\n", "is not used"),
        ("for «x» in 'ab':\n    print(x)\n", "plain `x = "),
        ("async def f(a):\n    «x» = await a\n    return x\n", "awaits"),
        ("def f(a):\n    «x» = a['k']\n    return f'{x}'\n", "f-string of line 3"),
        ("a = 1; «x» = a\nprint(x)\n", "shares its line"),
        ("def f(a):\n    «x» = a.readline()\n    a.close()\n    return x\n", "by the call in line 3"),
        ("def f(a):\n    «x» = len(a)\n    a.append(1)\n    return x\n", "by the call in line 3"),
        ("def f(a):\n    «x» = a.n\n    a.bump()\n    return x\n", "by the call in line 3"),
    ],
)
def test_what_would_change_the_program_is_refused(texts: str, why: str) -> None:
    desk = Desk({"a.py": texts})
    with pytest.raises(Refusal, match=why):
        inline(desk.project, Inline(desk.symbol()))


def test_a_name_that_others_import_stays() -> None:
    desk = Desk({"a.py": "«X» = 1\nprint(X)\n", "b.py": "from a import X\n"})
    with pytest.raises(Refusal, match=r"imported in b\.py"):
        inline(desk.project, Inline(desk.symbol()))


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("def f(a, b):\n    «x» = a()\n    b()\n    return x\n", 4, "`a()` comes after the call in line 3 now"),
        ("def f(a, b):\n    «x» = a.n\n    b()\n    return x\n", 4, "read after line 3 now"),
        ("def f(a, b):\n    «x» = a()\n    if b:\n        return x\n", 4, "`a()` runs in some cases only now"),
        (
            "def f(a):\n    try:\n        «x» = a.b\n    except E:\n        return 1\n    return x\n",
            6,
            "an error of `a.b` is not handled by the `try` any more",
        ),
        ("def f(a):\n    with a:\n        «x» = a.b\n    return x\n", 4, "`a.b` comes after the `with` now"),
        ("def f(a):\n    if a:\n        «x» = a.b\n    return x\n", 4, "`a.b` runs in other cases than before"),
        (
            "def f(a):\n    «x» = int(a)\n    try:\n        return x\n    except E:\n        pass\n",
            4,
            "an error of `int(a)` is handled here now",
        ),
    ],
)
def test_what_is_computed_at_another_time_is_told(text: str, line: int, why: str) -> None:
    desk = Desk({"a.py": text})
    (file,) = inline(desk.project, Inline(desk.symbol())).files
    assert [(note.line, note.text) for note in file.notes] == [(line, why)]


def test_a_plain_value_is_not_told_of() -> None:
    desk = Desk({"a.py": "def f(a, b):\n    «x» = a + len(b)\n    y = str(b)\n    return x\n"})
    assert inline(desk.project, Inline(desk.symbol())).files[0].notes == ()
