"""Changing signatures: the definition, its body, its overrides and every call."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bridge.harness.refactoring.python.signature import change_signature
from bridge.harness.refactoring.python.tree.cst import Trees
from bridge.harness.refactoring.values import Changed, ChangeSignature, LineNote, Parameter, Refusal, Symbol
from tests.harness.refactoring.asking import project_of
from tests.harness.refactoring.running import said, texts

P = Parameter


def changed(root: Path, files: dict[str, str], name: str, *parameters: Parameter) -> Changed:
    return change_signature(project_of(root, files), ChangeSignature(Symbol(path="a.py", name=name), parameters))


def after(root: Path, text: str, name: str, *parameters: Parameter) -> str:
    return changed(root, {"a.py": text}, name, *parameters).files[0].new


def refusal(root: Path, text: str, name: str, *parameters: Parameter) -> str:
    with pytest.raises(Refusal) as caught:
        changed(root, {"a.py": text}, name, *parameters)
    return caught.value.refused.why


def keep(*names: str) -> list[Parameter]:
    return [P(name, name) for name in names]


def test_reordering_moves_arguments_annotations_defaults_and_comments(tmp_path: Path) -> None:
    text = (
        "def f(\n    a: int,  # first\n    # above b\n    b: str = 'x',\n    *,\n"
        "    c=None,  # third\n) -> int:\n    return a\n\n\n"
        "f(1)\nf(1, 'y')\nf(b='y', a=1)\nf(\n    1,  # one\n    'z',\n)\n"
    )
    new = after(tmp_path, text, "f", P("b", "b"), P("a", "a", default="0"), P("c", "c"))
    assert new == (
        "def f(\n    # above b\n    b: str = 'x',\n    a: int = 0,  # first\n    *,\n"
        "    c=None,  # third\n) -> int:\n    return a\n\n\n"
        "f(a=1)\nf('y', 1)\nf(b='y', a=1)\nf(\n    'z',\n    1,  # one\n)\n"
    )


def test_a_new_parameter_gets_its_value_in_every_call(tmp_path: Path) -> None:
    text = "def f(a, b=2):\n    return a\n\n\nf(1)\nf(1, 3)\nf(f(1), b=f(2, 3))\nf(x for x in y)\n"
    new = after(tmp_path, text, "f", P("a", "a"), P("n", value="0", annotation="int"), P("b", "b"))
    assert new.startswith("def f(a, n: int, b=2):")
    assert new.endswith("f(1, n=0)\nf(1, 0, 3)\nf(f(1, n=0), b=f(2, 0, 3), n=0)\nf((x for x in y), n=0)\n")


def test_a_new_parameter_with_a_default_leaves_calls_alone(tmp_path: Path) -> None:
    text = "def f(a):\n    return a\n\n\nf(1)\n"
    assert after(tmp_path, text, "f", P("a", "a"), P("n", default="0")) == text.replace("(a)", "(a, n=0)")


def test_renaming_reaches_the_body_keywords_and_the_docstring(tmp_path: Path) -> None:
    text = (
        'def f(a, *, b=1):\n    """Do.\n\n    :param a: `a` is a thing\n    """\n'
        "    def g(b):\n        return a, b\n    x = [a for a in (1,)]\n    a = a + 1\n"
        "    return g(a=a) if b else o.a\n\n\nf(a=1)\nf(2)\n"
    )
    result = changed(tmp_path, {"a.py": text}, "f", P("thing", "a"), P("b", "b"))
    assert result.files[0].new == (
        'def f(thing, *, b=1):\n    """Do.\n\n    :param thing: `thing` is a thing\n    """\n'
        "    def g(b):\n        return thing, b\n    x = [a for a in (1,)]\n"
        "    thing = thing + 1\n    return g(a=thing) if b else o.a\n"
        "\n\nf(thing=1)\nf(2)\n"
    )
    assert result.files[0].notes == (LineNote(4, "in a docstring"),)


def test_a_removed_parameter_takes_its_arguments_along(tmp_path: Path) -> None:
    text = "def f(a, b, c=1):\n    return a, c\n\n\nf(1, 2, 3)\nf(1, b=g())\n"
    result = changed(tmp_path, {"a.py": text}, "f", *keep("a", "c"))
    assert result.files[0].new.endswith("f(1, 3)\nf(1)\n")
    assert result.files[0].notes == (LineNote(6, "`g()` is not evaluated any more"),)


def test_a_default_that_goes_is_passed_by_those_who_relied_on_it(tmp_path: Path) -> None:
    text = "def f(a, b=2):\n    return a\n\n\nf(1)\nf(1, 3)\n"
    assert after(tmp_path, text, "f", P("a", "a"), P("b", "b", default="")).endswith("f(1, b=2)\nf(1, 3)\n")
    assert "Keep the default" in refusal(tmp_path, text.replace("2)", "[])"), "f", P("a", "a"), P("b", "b", default=""))


def test_keyword_only_and_positional_only_parameters_change_how_calls_pass(tmp_path: Path) -> None:
    text = "def f(a, b, c=1):\n    return a\n\n\nf(1, 2, 3)\nf(b=2, a=1)\n"
    assert after(tmp_path, text, "f", *keep("a", "b"), P("*"), P("c", "c")).endswith("f(1, 2, c=3)\nf(b=2, a=1)\n")
    assert after(tmp_path, text, "f", P("a", "a"), P("/"), *keep("b", "c")) == (
        "def f(a, /, b, c=1):\n    return a\n\n\nf(1, 2, 3)\nf(1, b=2)\n"
    )


def test_rest_parameters_and_their_arguments_stay(tmp_path: Path) -> None:
    text = "def f(a, b, *rest, k=1, **more):\n    return rest\n\n\nf(1, 2, 3, 4, k=5, z=6)\nf(1, *x)\nf(1, 2, **y)\n"
    result = changed(tmp_path, {"a.py": text}, "f", *keep("b", "a", "rest", "k", "more"))
    assert result.files[0].new == (
        "def f(b, a, *rest, k=1, **more):\n    return rest\n\n\nf(2, 1, 3, 4, k=5, z=6)\nf(1, *x)\nf(2, 1, **y)\n"
    )
    assert any("a.py:6" in remark and "`*…`" in remark for remark in result.remarks)


def test_uses_that_are_no_calls_are_told(tmp_path: Path) -> None:
    text = (
        "from functools import partial\n\n\ndef f(a, b):\n    return a\n\n\n"
        "kept = partial(f, 1)\n\n\n@f\ndef g(): ...\n"
    )
    result = changed(tmp_path, {"a.py": text}, "f", *keep("b", "a"))
    assert any("a.py:8" in remark and "without calling it" in remark for remark in result.remarks)
    assert any("a.py:11" in remark and "decorator" in remark for remark in result.remarks)


def test_calls_in_other_modules_follow_under_every_name(tmp_path: Path) -> None:
    files = {
        "a.py": "def f(a, b):\n    return a\n",
        "b.py": "from a import f as g\nimport a\n\nprint(g(1, 2), a.f(b=1, a=2))\r\n",
        "pkg/__init__.py": "from a import f\n",
        "c.py": "import pkg\n\nprint(pkg.f(1, 2))\n",
    }
    new = texts(files, changed(tmp_path, files, "f", *keep("b", "a")))
    assert new["b.py"] == "from a import f as g\nimport a\n\nprint(g(2, 1), a.f(b=1, a=2))\r\n"
    assert new["c.py"] == "import pkg\n\nprint(pkg.f(2, 1))\n"


CLASSES = """class Base:
    def __init__(self, a, b=1):
        self.a = a

    def run(self, x, y=2):
        return x

    @classmethod
    def make(cls, a):
        return cls(a, 2)

    @staticmethod
    def tool(p, q):
        return p


class Sub(Base):
    def __init__(self, q):
        super().__init__(q, 3)

    def run(self, x, y=3):
        return super().run(x, y) + Base.run(self, x, y)


class Plain(Base):
    pass


class Odd(Base):
    def run(self, *args):
        return 1


def use(o, s: Sub):
    Plain(1, 2), Base(1), Sub(1), Odd(1)
    o.run(1, 2)
    s.run(1, 2)
    Base.tool(1, 2)
"""


def test_overrides_change_with_their_method_and_unknown_objects_are_marked(tmp_path: Path) -> None:
    result = changed(tmp_path, {"a.py": CLASSES}, "Base.run", P("x", "x"), P("*"), P("y", "y"))
    new = result.files[0].new
    assert "    def run(self, x, *, y=2):\n" in new
    assert "    def run(self, x, *, y=3):\n        return super().run(x, y=y) + Base.run(self, x, y=y)\n" in new
    assert "    o.run(1, y=2)\n    s.run(1, y=2)\n" in new
    assert any(
        note.line == CLASSES[: CLASSES.index("o.run")].count("\n") + 1 and "`o`" in note.text
        for note in result.files[0].notes
    )
    assert any("other parameters" in remark for remark in result.remarks)


def test_constructors_are_called_by_their_class_by_subclasses_and_by_super(tmp_path: Path) -> None:
    new = after(tmp_path, CLASSES, "Base", P("b", "b"), P("a", "a", default="0"))
    assert "def __init__(self, b=1, a=0):" in new
    assert "return cls(2, a)" in new
    assert "super().__init__(3, q)" in new
    assert "Plain(2, 1), Base(a=1), Sub(1), Odd(a=1)" in new
    assert "def __init__(self, q):" in new


def test_a_class_that_is_passed_on_is_told(tmp_path: Path) -> None:
    text = CLASSES + "\n\nmake = partial(Base, a=1)\nisinstance(make, Base)\n"
    remarks = changed(tmp_path, {"a.py": text}, "Base", P("first", "a"), P("b", "b")).remarks
    line = text[: text.index("make = ")].count("\n") + 1
    assert remarks == (f"a.py:{line}: passes or keeps it without calling it: look.",)


def test_static_methods_have_no_self(tmp_path: Path) -> None:
    new = after(tmp_path, CLASSES, "Base.tool", *keep("q", "p"))
    assert "def tool(q, p):" in new
    assert "Base.tool(2, 1)" in new


@pytest.mark.parametrize(
    ("parameters", "why"),
    [
        ([P("b", "b"), P("a", "a")], "can't stand after `b`"),
        ([P("a", "a"), P("a", "b")], "Two parameters"),
        ([P("a", "nope"), P("b", "b")], "has no parameter `nope`"),
        ([P("a", "a")], "still used in a.py:2"),
        ([*keep("a", "b"), P("n")], "Callers pass nothing for the new parameter `n`"),
        ([*keep("a", "b"), P("not", default="1")], "can't be the name"),
        ([*keep("a", "b"), P("n", default="1 +")], "no Python expression"),
        ([*keep("a", "b"), P("n", default="1, 2) or (3")], "no Python expression"),
        ([P("local", "a"), P("b", "b")], "means something else in a.py:2"),
        ([P("a", "a"), P("b", "b")], "has these parameters already"),
    ],
)
def test_what_would_be_wrong_is_refused(tmp_path: Path, parameters: list[Parameter], why: str) -> None:
    text = "def f(a, b=1):\n    local = a + b\n    return local\n"
    assert why in refusal(tmp_path, text, "f", *parameters)


def test_a_class_without_init_and_a_property_are_refused(tmp_path: Path) -> None:
    text = (
        "from dataclasses import dataclass\n\n\n@dataclass\nclass A:\n    x: int\n\n"
        "    @property\n    def p(self): ...\n"
    )
    assert "fields" in refusal(tmp_path, text, "A", *keep("x"))
    assert "property" in refusal(tmp_path, text, "A.p", P("n", default="1"))


ARGUMENTS = st.lists(st.integers(0, 9), min_size=4, max_size=4)


@st.composite
def cases(draw: st.DrawFn) -> tuple[str, list[Parameter]]:
    """A function of four parameters, calls that pass them by position or by name, and an order and names for them."""
    names = ["a", "b", "c", "d"]
    optional = draw(st.integers(0, 3))
    listed = [name if at < 4 - optional else f"{name}={at * 11}" for at, name in enumerate(names)]
    lines = [f"def f({', '.join(listed)}):\n    return [('a', a), ('b', b), ('c', c), ('d', d)]\n\n"]
    for _ in range(3):
        values, placed = draw(ARGUMENTS), draw(st.integers(0, 4))
        named = draw(st.permutations(list(zip(names, values, strict=True))[placed:]))
        named = [pair for pair in named if names.index(pair[0]) < 4 - optional or draw(st.booleans())]
        passed = [str(value) for value in values[:placed]] + [f"{name}={value}" for name, value in named]
        lines.append(f"print(f({', '.join(passed)}))\n")
    order = draw(st.permutations(names))
    order.sort(key=lambda name: names.index(name) >= 4 - optional)
    renamed = draw(st.booleans())
    asked = [P(f"{name}{name}" if renamed else name, name) for name in order]
    asked.insert(draw(st.integers(0, 4 - optional)), P("n", value="99"))
    if draw(st.booleans()):
        asked.insert(draw(st.integers(0, 4)), P("*"))
    return "".join(lines), asked


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(case=cases())
def test_a_program_says_the_same_after_a_change(tmp_path: Path, case: tuple[str, list[Parameter]]) -> None:
    text, asked = case
    files = {"a.py": text}
    try:
        new = texts(files, changed(tmp_path, files, "f", *asked))
    except Refusal as refused:
        if "already" not in refused.refused.why:
            raise
        return
    assert said(new, "a") == said(files, "a")


def test_a_comment_behind_the_parenthesis_and_the_slash_behind_self_stay(tmp_path: Path) -> None:
    text = "class A:\n    def f(  # noqa\n        self, /, a\n    ):\n        return a\n"
    new = after(tmp_path, text, "A.f", P("a", "a"), P("n", default="0"))
    assert new == text.replace("/, a", "/, a, n=0")


def test_what_is_positional_only_stays_so_where_only_a_star_is_named(tmp_path: Path) -> None:
    text = "def f(a, /, *, b, **kw):\n    return a\n"
    new = after(tmp_path, text, "f", P("a", "a"), P("*"), P("b", "b"), P("n", default="0"), P("**kw", "kw"))
    assert new == text.replace("b, **kw", "b, n=0, **kw")
    new = after(tmp_path, text, "f", P("n", value="0"), P("a", "a"), P("*"), P("b", "b"), P("**kw", "kw"))
    assert new == text.replace("(a", "(n, a")
    why = refusal(tmp_path, "def f(a, /, b):\n    return a\n", "f", P("b", "b"), P("a", "a"))
    assert why.startswith("`a` is positional-only, so it can't stand after `b`")


def test_calls_of_an_override_with_other_parameters_are_left_or_told(tmp_path: Path) -> None:
    text = (
        "class A:\n    def f(self, a):\n        return a\n\n\n"
        "class B(A):\n    def f(self, a, n=1):\n        return a\n\n\n"
        "def g(x: A, y: B):\n    A().f(1)\n    B().f(2)\n    y.f(3)\n    x.f(4)\n"
    )
    result = changed(tmp_path, {"a.py": text}, "A.f", P("m", value="0"), P("a", "a"))
    (file,) = result.files
    assert file.new.endswith("    A().f(0, 1)\n    B().f(2)\n    y.f(3)\n    x.f(0, 4)\n")
    assert file.notes == (LineNote(15, "it may run the one that has other parameters and was not changed"),)
    assert any("a.py:13, a.py:14: calls the one that has other parameters" in each for each in result.remarks)


def test_a_protocol_and_a_lack_of_callers_are_told(tmp_path: Path) -> None:
    text = (
        "from typing import Protocol\n\n\nclass Sized(Protocol):\n    def size(self, u): ...\n\n\n"
        "class Box:\n    def size(self, u):\n        return 1\n"
    )
    result = changed(tmp_path, {"a.py": text}, "Sized.size", P("u", "u"), P("n", default="0"))
    assert any("a.py:8: this class has a `size` too" in each for each in result.remarks)
    assert any("No use of `size` was found" in each for each in result.remarks)


def test_a_file_that_stays_the_same_is_parsed_once(tmp_path: Path) -> None:
    project = project_of(tmp_path, {"a.py": "def f(a):\n    return a\n"})
    tree = Trees(project).get("a.py")
    assert Trees(project).get("a.py") is tree
    (tmp_path / "a.py").write_text("def f(a, b):\n    return a\n")
    assert Trees(project).get("a.py") is not tree
