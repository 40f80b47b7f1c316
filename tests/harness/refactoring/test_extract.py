"""Extract: the selection becomes a function or variable that does the same, or the reason why not is told."""

import ast
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.harness.refactoring.python.extract import extract
from bridge.harness.refactoring.values import Changed, Extract, Point, Refusal, Selection
from tests.harness.refactoring.python_desk import Desk, output_of


def _extracted(text: str, into: str = "function", name: str = "fresh") -> Changed:
    """The code between « and » extracted."""
    start, end = text.index("«"), text.index("»") - 1
    plain = text.replace("«", "").replace("»", "")
    desk = Desk({"a.py": plain})
    file = desk.project.read("a.py")
    selection = Selection("a.py", file.point(start), file.point(end))
    return extract(desk.project, Extract(selection, "function" if into == "function" else "variable", name))


FUNCTIONS = {
    "takes and gives": (
        "def f(xs):\n    total = 0\n    for x in xs:\n«        total += x\n        last = x\n»    return total, last\n",
        (
            "def fresh(x, total):\n    total += x\n    last = x\n    return total, last\n\n\n"
            "def f(xs):\n    total = 0\n    for x in xs:\n        total, last = fresh(x, total)\n"
            "    return total, last\n"
        ),
    ),
    "a method, comments and blanks": (
        "class A:\n    def m(self, a):\n        «# why\n\n        b = a + self.k  # so\n  »      return b\n",
        (
            "class A:\n    def m(self, a):\n        b = self.fresh(a)\n        return b\n\n"
            "    def fresh(self, a):\n        # why\n\n        b = a + self.k  # so\n        return b\n"
        ),
    ),
    "a class method": (
        "class A:\n    @classmethod\n    def m(cls, a):\n        «b = cls.k + a»\n        return b\n",
        (
            "class A:\n    @classmethod\n    def m(cls, a):\n        b = cls.fresh(a)\n        return b\n\n"
            "    @classmethod\n    def fresh(cls, a):\n        b = cls.k + a\n        return b\n"
        ),
    ),
    "await": (
        "async def f(y):\n    «z = await y.get()\n    return z»\n",
        "async def fresh(y):\n    z = await y.get()\n    return z\n\n\nasync def f(y):\n    return await fresh(y)\n",
    ),
    "an awaited expression": (
        "async def f(y):\n    return («await y.get()»).size\n",
        "async def fresh(y):\n    return await y.get()\n\n\nasync def f(y):\n    return (await fresh(y)).size\n",
    ),
    "an expression in a comprehension": (
        "def f(x):\n    return [«x * i» for i in x]\n",
        "def fresh(x, i):\n    return x * i\n\n\ndef f(x):\n    return [fresh(x, i) for i in x]\n",
    ),
    "the lines of a string stay": (
        "def f(a):\n    if a:\n«        b = '''one\n  two\n          three'''\n»        return b\n",
        (
            "def fresh():\n    b = '''one\n  two\n          three'''\n    return b\n\n\n"
            "def f(a):\n    if a:\n        b = fresh()\n        return b\n"
        ),
    ),
    "code of a module": (
        "import os\n\na = 1\n«b = a + 2\n»print(b)\n",
        "import os\n\na = 1\n\n\ndef fresh():\n    b = a + 2\n    return b\n\n\nb = fresh()\nprint(b)\n",
    ),
    "returns in all cases": (
        "def f(a):\n    «if a:\n        return 1\n    return 2»\n",
        "def fresh(a):\n    if a:\n        return 1\n    return 2\n\n\ndef f(a):\n    return fresh(a)\n",
    ),
    "what is set in some cases only is passed in too": (
        "def f(a):\n    b = 1\n«    if a:\n        b = 2\n»    return b\n",
        (
            "def fresh(a, b):\n    if a:\n        b = 2\n    return b\n\n\n"
            "def f(a):\n    b = 1\n    b = fresh(a, b)\n    return b\n"
        ),
    ),
    "`__new__` is given the class": (
        "class A:\n    def __new__(cls, n):\n        return «cls.made[n]»\n",
        (
            "class A:\n    def __new__(cls, n):\n        return cls.fresh(n)\n\n"
            "    @classmethod\n    def fresh(cls, n):\n        return cls.made[n]\n"
        ),
    ),
    "parentheses that only the expression needed": (
        "def f(a):\n    return 3 * («1 + a»)\n",
        "def fresh(a):\n    return 1 + a\n\n\ndef f(a):\n    return 3 * fresh(a)\n",
    ),
    "parentheses that are a call's": (
        "def f(y):\n    return sum«(x for x in y)»\n",
        "def fresh(y):\n    return (x for x in y)\n\n\ndef f(y):\n    return sum(fresh(y))\n",
    ),
    "an expression on a line of its own, in parentheses": (
        "def f(y):\n    return (\n        «y + 1»\n    ) * 2\n",
        "def fresh(y):\n    return y + 1\n\n\ndef f(y):\n    return fresh(y) * 2\n",
    ),
    "a body is indented as in the function": (
        "def f(b):\n\t«c = b»\n\treturn c\n",
        "def fresh(b):\n\tc = b\n\treturn c\n\n\ndef f(b):\n\tc = fresh(b)\n\treturn c\n",
    ),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function(name: str) -> None:
    before, then = FUNCTIONS[name]
    changed = _extracted(before)
    assert changed.title == "Extract the function `fresh`"
    assert changed.files[0].new == then


@pytest.mark.parametrize("name", FUNCTIONS)
def test_lines_that_end_in_cr_lf_do_so_afterwards(name: str) -> None:
    before, then = FUNCTIONS[name]
    assert _extracted(before.replace("\n", "\r\n")).files[0].new == then.replace("\n", "\r\n")


@pytest.mark.parametrize(
    ("text", "then"),
    [
        ("def f(a):\n    return «a.get_size()» + 1\n", "def f(a):\n    fresh = a.get_size()\n    return fresh + 1\n"),
        ("def f(a):\n«    return a * 2\n»", "def f(a):\n    fresh = a * 2\n    return fresh\n"),
        ("def f(a):\n    b = g(«a +\n          2»)\n", "def f(a):\n    fresh = (a +\n          2)\n    b = g(fresh)\n"),
        ("@«g(1)»\ndef f(): ...\n", "fresh = g(1)\n@fresh\ndef f(): ...\n"),
        ("def f(a):\n    return g(«(1 + a)»)\n", "def f(a):\n    fresh = 1 + a\n    return g(fresh)\n"),
        ("def f(a):\n    return not(«a + 1»)\n", "def f(a):\n    fresh = a + 1\n    return not(fresh)\n"),
    ],
)
def test_a_variable(text: str, then: str) -> None:
    assert _extracted(text, "variable").files[0].new == then


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("def f(a):\n    return «a.get_size()» + 1\n", "size"),
        ("size = 1\nprint(«a.size» + 1)\n", "size_2"),
        ("print(«a.type» + 1)\n", "type_2"),
        ("print(«1 + 1»)\n", "value"),
    ],
)
def test_a_variable_gets_a_free_name_that_fits(text: str, name: str) -> None:
    assert _extracted(text, "variable", "").title == f"Extract the variable `{name}`"


@pytest.mark.parametrize(
    ("text", "into", "why"),
    [
        ("def f(a):\n    pass\n«   \n»", "function", "Nothing is selected"),
        ("def f(a):\n    with a.b() as c, «c.d()» as e:\n        pass\n", "variable", "after the `with` has begun"),
        ("def f(a):\n    return a < a.b() < «a.c()»\n", "variable", "only if what stands before it"),
        ("def f(a):\n    return f'{«a.b» = }'\n", "variable", "prints the code"),
        ("def f(a) -> «list[int]»: ...\n", "variable", "An annotation"),
        ("def f(a):\n    return (b := a()) + «b.c»\n", "variable", "sets just before"),
        ("def f(a):\n    if a:\n        return 1\n    «elif a.b:\n        return 2»\n", "function", "An `elif`"),
        ("def f(xs):\n    for x in xs:\n        «if x:\n            continue»\n", "function", "`continue` of a loop"),
        ("def f(a):\n    «if a:\n        return 1»\n    return g()\n", "function", "in some cases only"),
        ("def f(a):\n    «yield a»\n", "function", "`yield`"),
        (
            "def f():\n    n = 1\n\n    def g():\n        nonlocal n\n        «n += 1»\n",
            "function",
            "not the function's own",
        ),
        ("def f(a):\n    while a:\n        «b = 1 if a else b»\n    print(b)\n", "function", "may have no value yet"),
        ("def f(a):\n    «if a:\n        b = 1»\n    print(b)\n", "function", "may have no value behind"),
        (
            "def f(a):\n    try:\n        «b = 1\n        g(a)»\n    except E:\n        pass\n    return b\n",
            "function",
            "half-way",
        ),
        ("class A:\n    «x = 1»\n", "function", "body of a class"),
        ("def f(a):\n    b = a; «c = b»; d = c\n", "function", "share a line"),
        ("def f(a):\n    del «a»\n", "function", "assigned to"),
        ("def f(a, b):\n    return a and «b.c»\n", "variable", "only if what stands before it"),
        ("def f(a):\n    return [«x.y» for x in a]\n", "variable", "each item"),
        ("def f(a):\n    return lambda: «a.b»\n", "variable", "lambda"),
        ("def f(a):\n    while «a.b»:\n        pass\n", "variable", "again and again"),
        ("def f(a):\n    if a:\n        pass\n    elif «a.b»:\n        pass\n", "variable", "`elif`"),
        ("def f(a):\n    return «a +» 1\n", "variable", "one whole expression"),
        ("def f(«a: int»):\n    return a\n", "variable", "one whole expression"),
    ],
)
def test_what_would_not_do_the_same_is_refused(text: str, into: str, why: str) -> None:
    with pytest.raises(Refusal, match=why):
        _extracted(text, into)


def test_a_name_that_is_taken_or_none_is_refused() -> None:
    with pytest.raises(Refusal, match=r"taken: a\.py, line 1"):
        _extracted("x = 1\nprint(«2 + 3»)\n", "variable", "x")
    with pytest.raises(Refusal, match="not a name"):
        _extracted("print(«2 + 3»)\n", "variable", "if")


# -- generated programs ------------------------------------------------------------------------------------------------

_SIMPLE = ("a += b", "b = a * 2", "c = a - b", "print(a, b)", "a, b = b, a", "c = [a for b in range(3)]", "c = b or a")


@st.composite
def blocks(draw: st.DrawFn, margin: str = "    ", depth: int = 0) -> list[str]:
    """Lines of a function that works with a, b and c."""
    lines: list[str] = []
    for _ in range(draw(st.integers(1, 4))):
        kind = draw(st.sampled_from(["simple", "simple", "if", "for", "try", "early"])) if depth < 2 else "simple"
        inner = draw(blocks(margin=margin + "    ", depth=depth + 1)) if kind in {"if", "for", "try"} else []
        if kind == "simple":
            lines.append(margin + draw(st.sampled_from(_SIMPLE)))
        elif kind == "if":
            lines += [f"{margin}if a % 2:", *inner, f"{margin}else:", f"{margin}    b = 7"]
        elif kind == "for":
            lines += [f"{margin}for b in range(a % 4):", *inner]
        elif kind == "try":
            lines += [f"{margin}try:", *inner, f"{margin}    a = a // (b % 2)", f"{margin}except ZeroDivisionError:"]
            lines += [f"{margin}    c = b"]
        else:
            lines += [f"{margin}if a > 50:", f"{margin}    return a, b, 'early'"]
    return lines


@settings(max_examples=40, deadline=None)
@given(lines=blocks(), data=st.data())
def test_an_extracted_function_does_the_same(
    lines: list[str], data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    head = ["def f(a, b):", "    c = 0"]
    calls = [f"print(f({one}, {two}))" for one, two in ((0, 1), (3, 2), (8, 5), (60, 1))]
    text = "\n".join([*head, *lines, "    return a, b, c", "", "", *calls, ""])
    first = data.draw(st.integers(3, len(lines) + 2))
    last = data.draw(st.integers(first, len(lines) + 3))
    desk = Desk({"a.py": text})
    selection = Selection("a.py", Point(first, 1), Point(last + 1, 1))
    try:
        (file,) = extract(desk.project, Extract(selection, "function", "fresh")).files
    except Refusal:
        return
    ast.parse(file.new)
    assert "fresh(" in file.new
    folder: Path = tmp_path_factory.mktemp("programs")
    assert output_of({"a.py": file.new}, folder / "new", "a") == output_of({"a.py": text}, folder / "old", "a")


def test_a_call_that_is_overtaken_is_told() -> None:
    (file,) = _extracted("def f(a):\n    g(a.first(), «a.second()»)\n", "variable").files
    assert [(note.line, note.text) for note in file.notes] == [(2, "`a.first()` is called after it now")]
