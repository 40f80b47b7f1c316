"""Where names are used: every «mark» and nothing else, asked from each of them; ‹marks› are not certain."""

from pathlib import Path

import pytest
from rope.base.exceptions import RopeError

from bridge.harness.refactoring.python.find import find
from bridge.harness.refactoring.python.names.rope_side import rope_of
from bridge.harness.refactoring.python.names.uses import uses
from bridge.harness.refactoring.values import FindSymbol, Refusal, Request, Symbol
from tests.harness.refactoring.asking import project_of
from tests.harness.refactoring.python_desk import Desk

CASES: dict[str, dict[str, str]] = {
    "a function through imports, aliases, re-exports, modules, stars and __all__": {
        "shop/__init__.py": 'from shop.sums import «total»\n__all__ = ["«total»"]\n',
        "shop/sums.py": "def «total»(x):\n    return x and «total»(x - 1)\n",
        "a.py": "from shop import «total» as other\nimport shop.sums as s\nprint(other(1), s.«total»(2))\n",
        "b.py": "import shop.sums\nfrom shop.sums import *\nprint(shop.sums.«total»(1), «total»(2))\n",
        "c.py": "def total():\n    return 1\n\n\ntotal()\n",
        "d.py": "from . import shop\n\n\ndef f():\n    from shop import «total»\n    return «total»(1)\n",
    },
    "a local name, not its namesakes": {
        "a.py": "x = 1\n\n\ndef f(y):\n    «x» = y\n    return [«x» for z in y], lambda x: x, {x for x in y}\n",
    },
    "nonlocal and global": {
        "a.py": "def f():\n    «n» = 0\n\n    def g():\n        nonlocal «n»\n        «n» += 1\n        return «n»\n"
        "    return g\n",
        "b.py": "n = 1\n\n\ndef f():\n    global n\n    n = 2\n",
    },
    "a class body does not show its names to its methods": {
        "a.py": "«v» = 1\n\n\nclass A:\n    v = «v»\n    w = v\n\n    def m(self):\n        return «v» + self.v\n",
    },
    "walrus, comprehension, except, with, for, match": {
        "a.py": "def f(«a»):\n"
        "    if any((last := x) for x in «a»):\n"
        "        print(last)\n"
        "    match «a»:\n"
        "        case [first, *«a»]:\n"
        "            return «a»\n"
        "    with open('f') as «a»:\n"
        "        return «a»\n",
    },
    "f-strings, one in another, with formats": {
        "a.py": 'def f(«w», é):\n    return f\'é{é}{«w»:{«w»}}\' f"""\n{ «w» !r:>{«w»}}{{w}}{f\'{«w»}\'}"""\n',
    },
    "annotations in strings, not those in Literal": {
        "a.py": "from typing import Literal, Optional\n\n\nclass «Box»:\n"
        "    def f(self, o: 'Optional[«Box»]') -> \"«Box»\":\n        "
        "x: 'list[«Box»]' = [o]\n        return x[0]\n\n    kind: Literal['Box'] = 'Box'\n",
    },
    "a method with those that override it, by self, super, annotations and calls": {
        "a.py": "class Base:\n    def «run»(self):\n        return 1\n\n\nclass Sub(Base):\n    def «run»(self):\n"
        "        "
        "return super().«run»() + self.other()\n\n    def other(self):\n        return Base().«run»()\n\n\n"
        "def use(one: Base, many: list[Sub], maybe: 'Sub | None'):\n    one.«run»()\n    [x.«run»() for x in many]\n"
        "    maybe.«run»()\n    make().«run»()\n    with many[0] as m:\n        pass\n\n\ndef make() -> Sub:\n"
        "    return Sub()\n",
        "b.py": "class Dog:\n    def run(self):\n        return 2\n\n\nDog().run()\n'text'.run()\n",
        "c.py": "def anything(thing):\n    return thing.‹run›()\n",
    },
    "an attribute of self, its uses on instances, getattr": {
        "a.py": "class Box:\n    __slots__ = ('«size»',)\n\n    def __init__(self, size):\n"
        "        self.«size» = size\n\n\n"
        "b = Box(size=1)\nprint(b.«size», getattr(b, '«size»'), getattr(b, 'size' + ''))\n",
    },
    "fields of a dataclass": {
        "a.py": "from dataclasses import dataclass, replace\n\n\n@dataclass\nclass P:\n    «x»: int\n"
        "    y: int = 0\n\n\n"
        "p = replace(P(«x»=1), «x»=2)\nmatch p:\n    case P(«x»=1, y=2):\n        pass\n",
    },
    "a parameter and the keywords of calls, overrides included": {
        "a.py": "def f(«x», y=1):\n    return «x»\n\n\nf(«x»=1, y=2)\n\n\ndef g(x):\n    return f(«x»=x)\n",
        "b.py": "import functools\nfrom a import f as h\n\nh(«x»=3)\npart = functools.partial(h, «x»=3)\ndict(x=1)\n",
    },
    "a parameter of a method, in the family of classes": {
        "a.py": "class A:\n    def m(self, «k»):\n        return «k»\n\n\nclass B(A):\n    def m(self, «k»=1):\n"
        "        return «k»\n\n\n"
        "def f(b: B, c):\n    b.m(«k»=1)\n    c.m(‹k›=1)\n    c.n(k=1)\n\n\ndef n(k): ...\n",
    },
    "a constructor's parameter": {
        "a.py": "class A:\n    def __init__(self, «k»):\n        self.k = «k»\n\n\nclass B(A):\n    pass\n\n\n"
        "B(«k»=1).k\n",
    },
    "a keyword of a call of something that is handed in, whoever else has its name": {
        "a.py": "class A:\n    def __init__(self, «k»): ...\n\n\ndef make(): ...\n\n\ndef f(make):\n    make(‹k›=1)\n",
    },
    "two unrelated bases that one class ties together": {
        "a.py": "class A:\n    def «go»(self): ...\n\n\nclass B:\n    def «go»(self): ...\n\n\nclass C(A, B):\n"
        "    pass\n\n\nC().«go»()\n",
    },
    "properties and their setters": {
        "a.py": "class A:\n    @property\n    def «v»(self):\n        return 1\n\n    @«v».setter\n"
        "    def «v»(self, new):\n        pass\n\n\n"
        "A().«v» = 2\n",
    },
    "a module": {
        "pkg/__init__.py": "from . import «tools»\nfrom .«tools» import f\n",
        "pkg/tools.py": "def f():\n    pass\n",
        "a.py": "import pkg.«tools»\nfrom pkg import «tools» as t, «tools»\n\npkg.«tools».f()\n«tools».f()\nt.f()\n"
        "tools_x = 1\n",
    },
    "lines that end in CR LF, and characters beyond ASCII": {
        "a.py": "é = '😀'\r\ndef «ä»(x):\r\n    '''é'''\r\n    return f'😀{«ä»(x)}'\r\n",
    },
}


@pytest.mark.parametrize("name", CASES)
def test_all_marked_places_and_no_others(name: str) -> None:
    desk = Desk(CASES[name])
    for nth in range(len(desk.certain)):
        assert desk.found(nth) == (desk.certain, desk.uncertain), desk.certain[nth]


def test_what_is_not_known_is_said() -> None:
    desk = Desk({"a.py": "class A:\n    def «go»(self): ...\n\n\ndef f(box, x: int):\n    box.‹go›()\n    x.go()\n"})
    (use,) = (one for one in uses(desk.project, desk.project.read("a.py"), desk.certain[0][1]) if not one.certain)
    assert use.why == "the type of `box` is not known"


def test_a_namesake_elsewhere_is_told_of_what_is_not_known() -> None:
    desk = Desk(
        {
            "a.py": "class A:\n    def «go»(self): ...\n\n\nclass B:\n    def go(self): ...\n\n\ndef f(x):\n"
            "    x.‹go›()\n"
        }
    )
    (use,) = (one for one in uses(desk.project, desk.project.read("a.py"), desk.certain[0][1]) if not one.certain)
    assert use.why == "the type of `x` is not known; `B` has a `go` too"


def test_mentions_by_kind() -> None:
    text = (
        '"""Says grand_total and more."""\n# grand_total here, not grand_totals\n\n\ndef «grand_total»():\n'
        "    raise ValueError('no grand_total today')\n\n\nKEY = 'grand_total'\n"
    )
    desk = Desk({"a.py": text})
    path, offset = desk.certain[0]
    found = [use for use in uses(desk.project, desk.project.read(path), offset, True) if use.kind == "mention"]
    assert [use.why for use in found] == ["in a docstring", "in a comment", "in a string"]
    assert all(text.replace("«", "").replace("»", "")[use.start : use.end] == "grand_total" for use in found)


def test_a_plain_word_is_a_mention_only_where_it_is_written_as_code() -> None:
    desk = Desk(
        {
            "a.py": '"""The total of `‹total›`, ‹total›(), a.‹total› and "‹total›"; in total."""\n\n\n'
            "def «total»():\n    pass\n",
            "b.py": "# `total` of somebody else\n",
        }
    )
    assert desk.found(mentions=True) == (desk.certain, desk.uncertain)


def test_mentions_of_a_local_name_are_those_in_its_function() -> None:
    desk = Desk({"a.py": "# my_rate\ndef f(«my_rate»):\n    # ‹my_rate› is a share\n    return «my_rate»\n"})
    assert desk.found(mentions=True) == (desk.certain, desk.uncertain)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("import json\n«json».dumps(1)\n", "outside of this project"),
        ("from json import «dumps»\n", "outside of this project"),
        ("print(«len»([]))\n", "built in"),
        ("def f(box):\n    return box.«size»\n", "is not known"),
    ],
)
def test_what_is_not_the_projects_is_refused(text: str, why: str) -> None:
    with pytest.raises(Refusal, match=why):
        Desk({"a.py": text}).found()


def test_a_file_that_does_not_parse_is_told_and_the_others_are_searched() -> None:
    desk = Desk({"a.py": "def «f»():\n    pass\n", "b.py": "from a import f\ndef (\n", "c.py": "import a\na.«f»()\n"})
    assert desk.found() == (desk.certain, [])
    assert [(one.path, one.why) for one in desk.project.skipped_files()] == [("b.py", "it does not parse (line 2)")]


def test_a_changed_buffer_is_seen_at_once() -> None:
    desk = Desk({"a.py": "class A:\n    def «go»(self): ...\n", "b.py": "from a import A\n\nA().«go»()\n"})
    assert desk.found() == (desk.certain, [])
    desk.take({**desk.texts, "b.py": "from a import A\n\n\n\nA().go()\n"})
    certain, _ = desk.found()
    assert certain == [("a.py", 17), ("b.py", 23)]


@pytest.mark.parametrize(
    "user",
    [
        "def make():\n    yield A()\n\n\nfor x in make():\n    x.«go»()\n",
        'def f(x):\n    """:type x: A"""\n    x.«go»()\n',
    ],
)
def test_what_rope_knows_of_a_receiver_is_used(user: str) -> None:
    desk = Desk({"a.py": f"class A:\n    def «go»(self): ...\n\n\n{user}"})
    assert desk.found() == (desk.certain, [])


@pytest.mark.parametrize("user", ["def f(x):\n    x.‹go›()\n\n\nf(A())\n", "def f(x=A()):\n    x.‹go›()\n"])
def test_a_parameter_without_annotation_is_not_known(user: str) -> None:
    desk = Desk({"a.py": f"class A:\n    def «go»(self): ...\n\n\n{user}"})
    assert desk.found() == (desk.certain, desk.uncertain)


def test_rope_has_no_way_to_write_and_reads_no_configuration(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.rope]\nextension_modules = ['antigravity']\n", encoding="ascii")
    project = project_of(tmp_path, {"a.py": "x = 1\n"})
    rope = rope_of(project)
    assert rope.prefs.extension_modules == []
    with pytest.raises(PermissionError, match="must not write"):
        rope.get_file("a.py").write("x = 2\n")
    with pytest.raises(RopeError, match="must not write"):
        rope.get_file("b.py").create()
    rope.module("a.py")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.py", "pyproject.toml"]
    assert (tmp_path / "a.py").read_text(encoding="ascii") == "x = 1\n"


def test_rope_reads_buffers_and_sees_their_changes(tmp_path: Path) -> None:
    project = project_of(tmp_path, {"a.py": "x = 1\n"}, {"a.py": "y = 1\n", "b.py": "z = 1\n"})
    assert "y" in rope_of(project).module("a.py")
    assert "z" in rope_of(project).module("b.py")
    project.take(Request(2, str(tmp_path), ("a.py",), {"a.py": "w = 1\n"}, FindSymbol(Symbol(name="x"))))
    assert "w" in rope_of(project).module("a.py")


@pytest.mark.parametrize("offset_of", ["os.sep", "len"])
def test_names_of_libraries_and_built_in_ones_have_uses(offset_of: str) -> None:
    texts = {"a.py": "import os\nprint(os.sep, len('a'))\n", "b.py": "import os\nlen = os.sep\nprint(os, len)\n"}
    desk = Desk(texts)
    at = desk.project.read("a.py").point(texts["a.py"].index(offset_of))
    found = find(desk.project, FindSymbol(Symbol("a.py", at), usages=True)).uses
    lines = (
        [("a.py", 1), ("a.py", 2), ("b.py", 1), ("b.py", 2), ("b.py", 3)] if offset_of == "os.sep" else [("a.py", 2)]
    )
    assert [(use.path, use.at.line) for use in found] == lines
