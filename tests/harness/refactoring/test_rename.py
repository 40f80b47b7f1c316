"""Rename: what changes, what is noted, what is refused; there and back gives the same bytes."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.harness.refactoring.python.rename import rename
from bridge.harness.refactoring.values import Refusal, Rename, Symbol
from tests.harness.refactoring.python_desk import Desk, after, output_of


def test_only_the_marked_places_change_and_line_ends_stay() -> None:
    desk = Desk(
        {
            "a.py": "def «total»(x):\r\n    return x\r\nmixed = «total»(1)\nlast = 1",
            "b.py": "from a import «total» as t, «total»\n\nprint(f'{«total»(1)}')\n",
        }
    )
    changed = desk.renamed("sum_of")
    assert changed.title == "Rename `total` to `sum_of`"
    assert after(desk.texts, changed) == {path: text.replace("total", "sum_of") for path, text in desk.texts.items()}
    assert changed.files[0].old == desk.project.read("a.py").sha


def test_what_is_not_certain_is_changed_with_a_note_on_its_line() -> None:
    desk = Desk(
        {"a.py": '"""Says run_it."""\n\n\nclass A:\n    def «run_it»(self): ...\n\n\ndef f(box):\n    box.run_it()\n'}
    )
    (file,) = desk.renamed("go").files
    assert "run_it" not in file.new
    assert [(note.line, note.text) for note in file.notes] == [
        (1, "in a docstring"),
        (9, "the type of `box` is not known"),
    ]


def test_the_comment_that_asks_for_it_is_no_mention_and_no_leftover() -> None:
    text = "# agent: rename run_it to go\ndef «run_it»(): ...\n# run_it is quick\n"
    changed = Desk({"a.py": text}).renamed("go")
    assert changed.files[0].new == "# agent: rename run_it to go\ndef go(): ...\n# go is quick\n"
    assert not any("run_it" in remark for remark in changed.remarks)


def test_without_docs_mentions_stay_and_are_told() -> None:
    desk = Desk({"a.py": "# my_rate\n«my_rate» = 1\n"})
    changed = desk.renamed("share", docs=False)
    assert changed.files[0].new == "# my_rate\nshare = 1\n"
    assert changed.remarks == ("Not changed, look: `my_rate` still stands in a.py:1 (in a comment).",)


def test_a_string_that_is_only_the_name_is_data() -> None:
    desk = Desk({"a.py": "«my_rate» = 1\nkeys = {'my_rate': 2}\n"})
    changed = desk.renamed("share")
    assert changed.files[0].new == "share = 1\nkeys = {'my_rate': 2}\n"
    assert changed.remarks == ("Not changed, look: `my_rate` still stands in a.py:2 (in a string).",)


def test_an_f_string_that_prints_the_name_is_noted() -> None:
    (file,) = Desk({"a.py": "«x» = 1\nprint(f'{«x»=}')\n"}).renamed("y").files
    assert [(note.line, note.text) for note in file.notes] == [(2, "the printed text changes too")]


def test_one_letter_names_beside_string_prefixes() -> None:
    desk = Desk({"a.py": "def «f»(b, r):\n    return f'{«f»}', b'', r'', «f»(b, r)\n"})
    assert desk.renamed("g").files[0].new == "def g(b, r):\n    return f'{g}', b'', r'', g(b, r)\n"


def test_a_module_moves_and_its_imports_follow() -> None:
    desk = Desk({"pkg/__init__.py": "", "pkg/tools.py": "def f(): ...\n", "a.py": "from pkg.«tools» import f\n"})
    changed = desk.renamed("helpers")
    assert after(desk.texts, changed) == {
        "pkg/__init__.py": "",
        "pkg/helpers.py": "def f(): ...\n",
        "a.py": "from pkg.helpers import f\n",
    }
    assert changed.remarks == (
        "Only Python files were looked into: search the others, such as pyproject.toml, for `pkg.tools`.",
    )


def test_a_module_is_named_by_its_path() -> None:
    desk = Desk({"tools.py": "X = 1\n", "a.py": "import «tools»\n\n«tools».X\n"})
    changed = rename(desk.project, Rename(Symbol(path="tools.py"), "helpers"))
    assert after(desk.texts, changed) == {"helpers.py": "X = 1\n", "a.py": "import helpers\n\nhelpers.X\n"}


def test_a_package_moves_only_if_nothing_is_left_behind(tmp_path: Path) -> None:
    desk = Desk(
        {"pkg/__init__.py": "", "pkg/b.py": "from «pkg» import c\n", "pkg/c.py": "", "a.py": "import «pkg».b\n"}
    )
    changed = desk.renamed("box")
    assert set(after(desk.texts, changed)) == {"box/__init__.py", "box/b.py", "box/c.py", "a.py"}
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg" / "data.json").write_text("{}", encoding="ascii")
    desk.project.root = tmp_path
    assert "`pkg/data.json`" in desk.refused("box")


@pytest.mark.parametrize(
    ("texts", "new", "why"),
    [
        ({"a.py": "«x» = 1\n"}, "2x", "not a name"),
        ({"a.py": "«x» = 1\n"}, "class", "a keyword"),
        ({"a.py": "«x» = 1\n"}, "x", "called `x` already"),
        ({"a.py": "«x» = 1\ny = 2\n"}, "y", "a.py, line 2; it is defined there already"),
        ({"a.py": "import os\n«x» = 1\n"}, "os", "a.py, line 1; it is defined there already"),
        ({"a.py": "«x» = 1\n\n\ndef f(y):\n    return «x»\n"}, "y", "a.py, line 4; it would hide"),
        ({"a.py": "y = 1\n\n\ndef f(«x»):\n    return y\n"}, "y", "a.py, line 5; what that line means"),
        ({"a.py": "def f(«x»):\n    return len(«x»)\n"}, "len", "a.py, line 2; what that line means"),
        ({"a.py": "«x» = 1\n", "b.py": "from a import «x»\ny = 2\n"}, "y", "b.py, line 2; it is defined"),
        ({"a.py": "class A:\n    def «m»(self): ...\n\n\nclass B(A):\n    y = 1\n"}, "y", "`B`, of the same family"),
        ({"a.py": "class A:\n    def «m»(self):\n        self.y = 1\n"}, "y", "`A`, of the same family"),
        ({"a.py": "class A:\n    def «__len__»(self): ...\n"}, "size", "special name"),
        ({"a.py": "class A:\n    def «m»(self): ...\n"}, "__m", "two underscores in front"),
        (
            {"a.py": "import threading\n\n\nclass A(threading.Thread):\n    def «run»(self): ...\n"},
            "go",
            "not this project's",
        ),
        ({"a.py": "class A(dict):\n    def «m»(self): ...\n"}, "items", "has a `items` already"),
        ({"a.py": "import «b»\n", "b.py": "", "c.py": ""}, "c", "There is a `c.py` already"),
    ],
)
def test_what_would_change_the_program_is_refused(texts: dict[str, str], new: str, why: str) -> None:
    assert why in Desk(texts).refused(new)


def test_a_name_that_is_not_there_is_refused() -> None:
    with pytest.raises(Refusal):
        rename(Desk({"a.py": "x = 1\n"}).project, Rename(Symbol(name="nothing"), "y"))


# -- generated projects ------------------------------------------------------------------------------------------------

_NAMES = ("count", "total", "box", "size", "name_of", "rate")


@st.composite
def programs(draw: st.DrawFn) -> dict[str, str]:
    """Two modules that print; few names, which stand for functions, classes, attributes, locals and parameters."""
    one, two, three, four = draw(st.permutations(_NAMES))[:4]
    local, key = draw(st.sampled_from(_NAMES)), draw(st.sampled_from(_NAMES))
    end = draw(st.sampled_from(["\n", "\r\n"]))
    style = draw(
        st.sampled_from(
            [f"import lib as m\ncall = m.{one}", f"from lib import {one} as call", f"import lib\ncall = lib.{one}"]
        )
    )
    lib = (
        f"def {one}({local}, {key}_=2):\n    {two} = {local} + {key}_\n"
        f"    return [{two} for {local} in range({two})]\n\n\n"
        f"class Thing:\n    {three} = 1\n\n    def {four}(self, {key}=3):\n        self.{two} = {key}\n"
        f"        return f'{{self.{two}}} {{self.{three}:>{{{key}}}}}'\n\n\n"
        f"class Other(Thing):\n    def {four}(self, {key}=4):\n        return super().{four}({key}={key}) + '!'\n"
    )
    main = (
        f"{style}\nfrom lib import Other, Thing\n\nprint(call(1, {key}_=1))\n"
        f"for {local} in (Thing(), Other()):\n"
        f"    print({local}.{four}(), {local}.{four}({key}=2), {local}.{three}, {local}.{two})\n"
    )
    return {"lib.py": lib.replace("\n", end), "main.py": main}


@settings(max_examples=25, deadline=None)
@given(texts=programs(), data=st.data())
def test_there_and_back_is_the_same_and_the_program_prints_the_same(
    texts: dict[str, str], data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    desk = Desk(texts)
    places = [
        (path, match.start(), match[0])
        for path, text in texts.items()
        for match in re.finditer(rf"\b(?:{'|'.join(_NAMES)})_?\b", text)
    ]
    path, offset, old = data.draw(st.sampled_from(places))
    symbol = Symbol(path, desk.project.read(path).point(offset))
    changed = rename(desk.project, Rename(symbol, "zulu"))
    new = after(texts, changed)
    folder = tmp_path_factory.mktemp("programs")
    assert output_of(new, folder / "new", "main") == output_of(texts, folder / "old", "main")
    desk.take(new)
    where = next((name, text.index("zulu")) for name, text in new.items() if "zulu" in text)
    back = rename(desk.project, Rename(Symbol(where[0], desk.project.read(where[0]).point(where[1])), old))
    assert after(new, back) == texts


_TESTS = """import pytest
@pytest.fixture
def «box_of»(): return 1
def test_a(«box_of»): assert «box_of»
@pytest.mark.parametrize("box_of", [1])
def test_b(box_of): assert box_of
def helper(box_of): return box_of
"""


@pytest.mark.parametrize("nth", [0, 1])
def test_a_fixture_and_the_parameters_that_take_it_go_together(nth: int) -> None:
    desk = Desk({"test_it.py": _TESTS})
    certain, _ = desk.found(nth)
    assert certain == desk.certain


def test_parameters_that_a_test_is_given_by_name() -> None:
    desk = Desk({"test_it.py": "@mark.parametrize('«n», m', [(1, 2)])\ndef test_a(«n», m, tmp_path): assert «n»\n"})
    assert desk.found(1)[0] == desk.certain
    desk = Desk({"test_it.py": "def test_a(«tmp_path»): assert «tmp_path»\n"})
    assert "is the name of a fixture" in desk.refused("folder")


@pytest.mark.parametrize(
    ("user", "why"),
    [
        ("from a import *\ndef grand(): ...\ntotal(grand())\n", "b.py, line 2; its `import *` would bring"),
        ("from a import *\nfrom c import *\ntotal(grand())\n", "c.py, line 1; b.py takes both"),
    ],
)
def test_a_name_that_a_star_would_bring_into_another_one_is_refused(user: str, why: str) -> None:
    desk = Desk({"a.py": "def «total»(): ...\n", "b.py": user, "c.py": "def grand(): ...\n"})
    assert why in desk.refused("grand")


def test_a_package_comes_before_a_module_of_its_name() -> None:
    desk = Desk({"a/__init__.py": "«x» = 1\n", "a.py": "x = 2\n", "b.py": "from a import «x»\n"})
    assert desk.found()[0] == desk.certain


def test_a_class_that_may_stand_for_a_protocol_is_told() -> None:
    text = "from typing import Protocol\nclass S(Protocol):\n    «size» = 1\nclass Box:\n    def size(self): ...\n"
    assert "a.py:4: this class has a `size` too, and one of the two is a Protocol: look." in (
        Desk({"a.py": text}).renamed("length").remarks
    )


def test_a_name_that_a_package_gives_on_as_itself_is_the_same_name() -> None:
    desk = Desk(
        {
            "j/__init__.py": "from .env import «Env» as «Env»\n",
            "j/env.py": "class «Env»: ...\n",
            "u.py": "from j import «Env»\nimport j\nprint(j.«Env», «Env»)\n",
        }
    )
    assert desk.found()[0] == desk.certain
    changed = rename(desk.project, Rename(Symbol(name="Env"), "Environment"))
    assert after(desk.texts, changed) == {path: text.replace("Env", "Environment") for path, text in desk.texts.items()}
