"""Inlining functions: where it is sound the body stands for the call, elsewhere it is refused."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bridge.harness.refactoring.python.inline_function import inline_function
from bridge.harness.refactoring.values import Changed, Refusal
from tests.harness.refactoring.asking import project_of
from tests.harness.refactoring.running import said, texts


def inlined(root: Path, files: dict[str, str], name: str, path: str = "a.py") -> Changed:
    project = project_of(root, files)
    file = project.read(path)
    return inline_function(project, file, file.text.index(f"def {name}") + len("def "))


def after(root: Path, text: str, name: str = "f") -> str:
    return texts({"a.py": text}, inlined(root, {"a.py": text}, name))["a.py"]


def refusal(root: Path, text: str, name: str = "f") -> str:
    with pytest.raises(Refusal) as caught:
        inlined(root, {"a.py": text}, name)
    return caught.value.refused.why


def test_an_expression_stands_for_its_calls_with_parentheses_where_they_are_needed(tmp_path: Path) -> None:
    text = (
        'def f(a, b=2):\n    """Doc."""\n    return a + b\n\n\nx = f(1)\ny = 3 * f(x, b=x - 1)\nz = [f(f(x)), -f(i)]\n'
    )
    assert after(tmp_path, text) == "x = 1 + 2\ny = 3 * (x + (x - 1))\nz = [(x + 2) + 2, -(i + 2)]\n"


def test_statements_stand_before_the_statement_of_the_call(tmp_path: Path) -> None:
    text = (
        "def f(m, loud=False):\n    # say it\n    text = m.strip()\n    if loud:\n"
        "        print(text)\n    return text.upper()\n\n\n"
        "def use(x, text):\n    f(x)\n    y = f(text, True)\n    return y\n"
    )
    assert after(tmp_path, text) == (
        "def use(x, text):\n    # say it\n    text_2 = x.strip()\n    if False:\n"
        "        print(text_2)\n    text_2.upper()\n"
        "    # say it\n    text_2 = text.strip()\n    if True:\n        print(text_2)\n"
        "    y = text_2.upper()\n    return y\n"
    )


def test_an_argument_that_acts_is_evaluated_once_and_first(tmp_path: Path) -> None:
    assert after(tmp_path, "def f(a): return a + a\n\n\nx = f(g())\n") == "a = g()\nx = a + a\n"
    assert after(tmp_path, "def f(a, b): return a if b else 0\n\n\nx = f(g(), y)\n") == "a = g()\nx = a if y else 0\n"
    assert after(tmp_path, "def f(a): return [a]\n\n\nx = 1 + f(g())\n") == "x = 1 + [g()]\n"
    assert "part of a larger expression" in refusal(tmp_path, "def f(a): return a + a\n\n\nx = 1 + f(g())\n")


def test_a_parameter_that_the_body_assigns_becomes_a_variable(tmp_path: Path) -> None:
    text = "def f(n):\n    n += 1\n    return n\n\n\ndef use(n):\n    x = f(n)\n    return x, n\n"
    assert after(tmp_path, text) == "def use(n):\n    n_2 = n\n    n_2 += 1\n    x = n_2\n    return x, n\n"


def test_other_modules_get_what_the_body_needs_and_lose_the_import(tmp_path: Path) -> None:
    files = {
        "a.py": "import math\n\nRATE = 2\n\n\ndef f(r):\n    return math.pi * r * RATE\n",
        "b.py": "from a import f\n\nprint(f(2))\n",
        "c.py": "import a\n\nprint(a.f(2))\n",
    }
    new = texts(files, inlined(tmp_path, files, "f"))
    assert new["a.py"] == "RATE = 2\n"
    assert new["b.py"] == "import math\n\nfrom a import RATE\n\nprint(math.pi * 2 * RATE)\n"
    assert new["c.py"] == "import math\n\nfrom a import RATE\n\nprint(math.pi * 2 * RATE)\n"


def test_a_package_that_offered_it_is_told(tmp_path: Path) -> None:
    files = {
        "a.py": "def f(x):\n    return x\n",
        "p/__init__.py": "from a import f\n",
        "b.py": "import p\n\nprint(p.f(1))\n",
    }
    changed = inlined(tmp_path, files, "f")
    assert texts(files, changed)["b.py"] == "import p\n\nprint(1)\n"
    assert any("p/__init__.py does not offer `f` any more" in remark for remark in changed.remarks)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("def f(x): return f(x - 1)\n\n\nf(1)\n", "calls itself"),
        ("def f(x):\n    yield x\n\n\nf(1)\n", "a generator's `yield`"),
        ("async def f(x): return x\n\n\nf(1)\n", "is async"),
        ("@cache\ndef f(x): return x\n\n\nf(1)\n", "has a decorator"),
        ("def f(*x): return x\n\n\nf(1)\n", "any number of arguments"),
        ("def f(x):\n    if x:\n        return 1\n    return 2\n\n\nf(1)\n", "returns before the end"),
        ("def f():\n    global n\n    n = 1\n\n\nf()\n", "another scope"),
        ("def f(x): return x\n\n\nmap(f, y)\nf(1)\n", "used without being called in a.py:4"),
        ("def f(x): return x\n\n\nf(*y)\n", "passes `*` or `**`"),
        ("def f(x): return x\n\n\nf()\n", "passes nothing for `x`"),
        ("def f(x=[]): return x\n\n\nf()\n", "made once"),
        ("def f(x): return x\n", "Nothing that was found calls"),
        ("def f(n): return [x for x in n if x > n]\n\n\nf(x)\n", "means something else"),
        ("k = 1\n\n\ndef f(): return k\n\n\ndef g(k):\n    return f()\n", "`k` means something else in a.py:8"),
        ("class A:\n    def f(self): return 1\n\n\nA().f()\n", "a method may be overridden"),
    ],
)
def test_what_would_not_be_sound_is_refused(tmp_path: Path, text: str, why: str) -> None:
    assert why in refusal(tmp_path, text)


def test_a_name_of_the_other_module_is_not_taken_for_the_body_s(tmp_path: Path) -> None:
    files = {"a.py": "k = 1\n\n\ndef f():\n    return k\n", "b.py": "from a import f\n\nk = 2\nprint(f())\n"}
    with pytest.raises(Refusal, match="has a `k` of its own"):
        inlined(tmp_path, files, "f")


EXPRESSIONS = st.recursive(
    st.sampled_from(["a", "b", "1", "k", "note(5)"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "and", "or", "<"]), inner).map(" ".join),
        st.tuples(inner, inner, inner).map(lambda each: "({} if {} else {})".format(*each)),
        inner.map(lambda each: f"-({each})"),
        inner.map(lambda each: f"note({each})"),
        inner.map(lambda each: f"[i + ({each}) for i in (1, 2)][0]"),
    ),
    max_leaves=5,
)
ARGUMENTS = st.sampled_from(["2", "x", "x + 1", "note(3)", "note(x) - 1", "-x", "i", "x if x else 4", "f(1, x)"])
PLACES = st.sampled_from(["y = {}", "print({})", "{}", "print(2 * {})", "print(-{}, note(6))", "print({} if x else 0)"])


@st.composite
def programs(draw: st.DrawFn) -> str:
    """A function, with statements or without, and calls of it, where `note` tells what is evaluated and when."""
    body = f"    return {draw(EXPRESSIONS)}\n"
    if draw(st.booleans()):
        body = f"    c = {draw(EXPRESSIONS)}\n    a = c + b\n" + body
    calls = ""
    for _ in range(draw(st.integers(1, 3))):
        first, second = draw(ARGUMENTS), draw(ARGUMENTS)
        passed = f"f({first}, {second})" if draw(st.booleans()) else f"f(a={first}, b={second})"
        calls += f"    {draw(PLACES).format(passed)}\n"
    return (
        "k = 7\n\n\ndef note(n):\n    print('note', n)\n    return n\n\n\n"
        f"def f(a, b):\n{body}\n\ndef use(x, i):\n    c = y = 0\n{calls}    print(x, i, c, y)\n\n\nuse(3, 8)\n"
    )


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=programs())
def test_a_program_says_the_same_in_the_same_order(tmp_path: Path, text: str) -> None:
    files = {"a.py": text}
    try:
        new = texts(files, inlined(tmp_path, files, "f"))
    except Refusal:
        return
    assert "def f(" not in new["a.py"]
    assert said(new, "a") == said(files, "a")
