"""Moving definitions between modules: the text, what it needs, and everybody who uses it."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bridge.harness.refactoring.python.moving import move
from bridge.harness.refactoring.values import Changed, LineNote, Move, Refusal, Symbol
from tests.harness.refactoring.asking import project_of
from tests.harness.refactoring.running import said, texts


def moved(root: Path, files: dict[str, str], name: str, to: str, path: str = "a.py") -> Changed:
    return move(project_of(root, files), Move(Symbol(path=path, name=name), to))


def after(root: Path, files: dict[str, str], name: str, to: str, path: str = "a.py") -> dict[str, str]:
    return texts(files, moved(root, files, name, to, path))


def refusal(root: Path, files: dict[str, str], name: str, to: str) -> str:
    with pytest.raises(Refusal) as caught:
        moved(root, files, name, to)
    return caught.value.refused.why


def test_a_function_goes_with_its_comments_decorators_and_imports(tmp_path: Path) -> None:
    source = (
        "import functools\nimport os\n\n\ndef stay() -> str:\n    return os.name\n\n\n"
        "# What it costs.\n@functools.cache  # once\ndef total(a: int) -> int:\n    return a  # plain\n\n\nx = stay()\n"
    )
    files = after(tmp_path, {"a.py": source, "b.py": '"""Doc."""\n'}, "total", "b.py")
    assert files["a.py"] == "import os\n\n\ndef stay() -> str:\n    return os.name\n\n\nx = stay()\n"
    assert files["b.py"] == (
        '"""Doc."""\n\nimport functools\n\n\n'
        "# What it costs.\n@functools.cache  # once\ndef total(a: int) -> int:\n    return a  # plain\n"
    )


def test_a_new_module_is_made(tmp_path: Path) -> None:
    files = after(tmp_path, {"a.py": "RATE = 2\n\n\ndef total(x):\n    return x * RATE\n"}, "total", "prices.py")
    assert files["prices.py"] == "from a import RATE\n\n\ndef total(x):\n    return x * RATE\n"
    assert files["a.py"] == "RATE = 2\n"


def test_every_way_of_importing_follows(tmp_path: Path) -> None:
    files = {
        "shop/__init__.py": "from .a import total\n",
        "shop/a.py": "def total(x):\n    return x\n\n\ndef other():\n    pass\n",
        "shop/b.py": "y = 1\n",
        "c.py": "from shop.a import other, total as t\n\nprint(t(1), other())\n",
        "d.py": "import shop.a\n\nprint(shop.a.total(1))\n",
        "e.py": "from shop import a\n\nprint(a.total(1), a.other())\n",
        "f.py": "def f():\n    from shop.a import total\n    return total(1)\n",
        "g.py": "import shop\n\nprint(shop.total(1))\n",
        "h.py": "from shop.a import *\n\nprint(total(1), other())\n",
        "i.py": 'patch("shop.a.total")\n',
    }
    changed = moved(tmp_path, files, "total", "shop/b.py", "shop/a.py")
    new = texts(files, changed)
    assert new["shop/__init__.py"] == "from .b import total\n"
    assert new["shop/b.py"] == "y = 1\n\n\ndef total(x):\n    return x\n"
    assert new["c.py"] == "from shop.a import other\nfrom shop.b import total as t\n\nprint(t(1), other())\n"
    assert new["d.py"] == "import shop.b\n\nprint(shop.b.total(1))\n"
    assert new["e.py"] == "from shop import a, b\n\nprint(b.total(1), a.other())\n"
    assert new["f.py"] == "def f():\n    from shop.b import total\n    return total(1)\n"
    assert new["g.py"] == files["g.py"]
    assert new["h.py"] == "from shop.a import *\nfrom shop.b import total\n\nprint(total(1), other())\n"
    assert new["i.py"] == 'patch("shop.b.total")\n'
    assert next(file.notes for file in changed.files if file.path == "i.py") == (LineNote(1, "in a string"),)


def test_a_name_that_is_something_else_is_left_alone(tmp_path: Path) -> None:
    files = {
        "a.py": "def total(x):\n    return x\n",
        "b.py": "",
        "c.py": "import a\n\n\ndef f(a, total):\n    return a.total(total)\n\n\nprint(a.total(1))\n",
    }
    new = after(tmp_path, files, "total", "b.py")
    assert new["c.py"] == "import b\n\n\ndef f(a, total):\n    return a.total(total)\n\n\nprint(b.total(1))\n"


def test_a_parameter_named_like_an_import_does_not_keep_it(tmp_path: Path) -> None:
    stay = "def f(string):\n    string = g(string)\n    return string\n"
    files = {"a.py": f"import string\n\n\n{stay}\n\nX = string.digits\n", "b.py": ""}
    assert after(tmp_path, files, "X", "b.py") == {"a.py": stay, "b.py": "import string\n\nX = string.digits\n"}


def test_a_source_that_still_uses_it_imports_it_back(tmp_path: Path) -> None:
    files = {"a.py": "def total(x):\n    return x\n\n\nprint(total(1))\n", "b.py": ""}
    assert after(tmp_path, files, "total", "b.py")["a.py"] == "from b import total\n\n\nprint(total(1))\n"


def test_modules_that_need_each_other_get_an_import_in_the_function(tmp_path: Path) -> None:
    source = (
        "def rate():\n    return 2\n\n\ndef total(x):\n    return x * rate()\n\n\ndef use():\n    return total(1)\n"
    )
    files = {"a.py": source, "b.py": "", "main.py": "import a\nprint(a.use())\n"}
    changed = moved(tmp_path, files, "total", "b.py")
    new = texts(files, changed)
    assert "def use():\n    from b import total\n    return total(1)\n" in new["a.py"]
    assert any("inside functions" in remark for remark in changed.remarks)
    assert said(new) == said(files)


def test_a_circle_is_refused_and_named(tmp_path: Path) -> None:
    files = {"a.py": "class Base: ...\n\n\nclass Sub(Base): ...\n\n\nclass Last(Sub): ...\n", "b.py": ""}
    assert "a.py imports b.py imports a.py" in refusal(tmp_path, files, "Sub", "b.py")


def test_modules_that_import_each_other_already_are_told(tmp_path: Path) -> None:
    files = {
        "a.py": "import b\n\n\ndef f2():\n    return [b.f0()]\n",
        "b.py": "import a\n\n\ndef f0():\n    return 1\n\n\ndef f3():\n    return [f0(), a.f2()]\n",
        "main.py": "import b\nprint(b.f0(), b.f3())\n",
    }
    changed = moved(tmp_path, files, "f0", "a.py", "b.py")
    assert any("import each other already" in remark for remark in changed.remarks)
    assert said(texts(files, changed)) == said(files)


def test_the_target_drops_its_import_and_has_it_before_its_first_use(tmp_path: Path) -> None:
    files = {
        "a.py": "def total(x):\n    return x\n",
        "b.py": "from a import total\n\nprint(total(1))\n",
    }
    new = after(tmp_path, files, "total", "b.py")
    assert new["b.py"] == "def total(x):\n    return x\n\n\nprint(total(1))\n"


def test_a_name_that_is_taken_is_refused(tmp_path: Path) -> None:
    assert "has a `total` already" in refusal(
        tmp_path, {"a.py": "def total(): ...\n", "b.py": "total = 1\n"}, "total", "b.py"
    )
    files = {"a.py": "import os\n\n\ndef total():\n    return os\n", "b.py": "os = 1\n"}
    assert "has a `os` of its own" in refusal(tmp_path, files, "total", "b.py")


def test_a_module_s_logger_is_not_borrowed(tmp_path: Path) -> None:
    log = "import logging\n\nlog = logging.getLogger(__name__)\n"
    files = {"a.py": log + "\n\ndef f():\n    log.info(1)\n", "b.py": log}
    assert after(tmp_path, files, "f", "b.py")["b.py"] == log + "\n\ndef f():\n    log.info(1)\n"


def test_exports_follow(tmp_path: Path) -> None:
    files = {
        "a.py": '__all__ = ["stay", "total"]\n\n\ndef stay(): ...\n\n\ndef total(): ...\n',
        "b.py": '__all__ = ["b"]\nb = 1\n',
    }
    changed = moved(tmp_path, files, "total", "b.py")
    new = texts(files, changed)
    assert new["a.py"].startswith('__all__ = ["stay"]\n')
    assert new["b.py"].startswith('__all__ = ["b", "total"]\n')
    assert any("`__all__`" in remark for remark in changed.remarks)


def test_overloads_go_together_and_annotations_keep_their_imports(tmp_path: Path) -> None:
    source = (
        "from __future__ import annotations\n\nfrom typing import TYPE_CHECKING, overload\n\n"
        "if TYPE_CHECKING:\n    from c import Box\n\n\n"
        "@overload\ndef f(a: int) -> Box: ...\n@overload\ndef f(a: str) -> str: ...\ndef f(a):\n    return a\n"
    )
    new = after(tmp_path, {"a.py": source, "b.py": "", "c.py": "class Box: ...\n"}, "f", "b.py")
    assert new["b.py"].count("def f(") == 3
    assert "from __future__ import annotations\n" in new["b.py"]
    assert "if TYPE_CHECKING:\n    from c import Box\n" in new["b.py"]
    assert "from typing import TYPE_CHECKING, overload\n" in new["b.py"]


def test_a_name_that_the_source_still_has_as_text_is_told(tmp_path: Path) -> None:
    files = {"a.py": 'def total(): ...\n\n\nprint(globals()["total"])\n', "b.py": ""}
    assert any("a.py:1 (in a string)" in remark for remark in moved(tmp_path, files, "total", "b.py").remarks)


def test_line_endings_are_those_of_each_file(tmp_path: Path) -> None:
    files = {"a.py": "x = 1\n\n\ndef f():\n    return 1\n", "b.py": "y = 1\r\nz = 2\r\n"}
    assert after(tmp_path, files, "f", "b.py")["b.py"] == "y = 1\r\nz = 2\r\n\r\n\r\ndef f():\r\n    return 1\r\n"


@pytest.mark.parametrize(
    ("source", "name", "to", "why"),
    [
        ("class A:\n    def f(self): ...\n", "A.f", "b.py", "top level"),
        ("if x:\n    def f(): ...\n", "f", "b.py", "take it out of the block"),
        ("n = 0\nn = 1\n", "n", "b.py", "bound in several places"),
        ("n = 0\n\n\ndef up():\n    global n\n    n = 1\n", "n", "b.py", "bound in several places"),
        ("n = 0\n\n\ndef up():\n    global n\n    n = 1\n", "up", "b.py", "another variable"),
        ("def f(): ...\n", "f", "a.py", "already"),
        ("def f(): ...\n", "f", "nowhere/b.py", "no folder"),
        ("def f(): ...\n", "f", "two words.py", "can't be the name of a module"),
    ],
)
def test_what_cannot_be_moved_is_refused(tmp_path: Path, source: str, name: str, to: str, why: str) -> None:
    assert why in refusal(tmp_path, {"a.py": source, "b.py": ""}, name, to)


FUNCTIONS = ("f0", "f1", "f2", "f3")


@st.composite
def projects(draw: st.DrawFn) -> tuple[dict[str, str], str, str, str]:
    """Functions in three modules, where each calls earlier ones, imported in either way; and one of them, to move."""
    homes = {name: draw(st.sampled_from("abc")) for name in FUNCTIONS}
    bodies: dict[str, list[str]] = {module: [] for module in "abc"}
    heads: dict[str, set[str]] = {module: set() for module in "abc"}
    for number, name in enumerate(FUNCTIONS):
        parts, home = [str(number + 1)], homes[name]
        for other in draw(st.lists(st.sampled_from(FUNCTIONS[:number]), unique=True)) if number else []:
            plain = homes[other] == home or draw(st.booleans())
            parts.append(f"{other}()" if plain else f"{homes[other]}.{other}()")
            if homes[other] != home:
                heads[home].add(f"from {homes[other]} import {other}" if plain else f"import {homes[other]}")
        bodies[home].append(f"def {name}():\n    return [{', '.join(parts)}]\n")
    files = {
        f"{module}.py": "\n".join(sorted(heads[module])) + "\n\n\n" + "\n\n".join(bodies[module]) for module in "abc"
    }
    uses = "".join(f"import {homes[name]}\nprint({homes[name]}.{name}())\n" for name in FUNCTIONS)
    name = draw(st.sampled_from(FUNCTIONS))
    target = draw(st.sampled_from(["a.py", "b.py", "c.py", "d.py"]))
    return {**files, "main.py": uses}, f"{homes[name]}.py", name, target


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(case=projects())
def test_a_program_says_the_same_after_a_move(tmp_path: Path, case: tuple[dict[str, str], str, str, str]) -> None:
    files, path, name, target = case
    try:
        before = [said(files, start) for start in ("a", "b", "c", "main")][-1]
    except ImportError:
        # Modules that work in one order of imports only: that order may change, and a remark says so.
        return
    try:
        new = after(tmp_path, files, name, target, path)
    except Refusal as refused:
        allowed = "already" in refused.refused.why or "circle" in refused.refused.why
        if not allowed:
            raise
        return
    assert said(new) == before
    assert f"def {name}(" not in new[path]
    assert f"def {name}(" in new[target]


def test_a_block_of_imports_goes_with_the_last_of_them(tmp_path: Path) -> None:
    source = (
        "TYPE_CHECKING = False\nif TYPE_CHECKING:\n    from abc import ABC\n    from typing import Any\n\n\n"
        "def total(a: 'Any', b: 'ABC'):\n    return a\n\n\nx = 1\n"
    )
    files = after(tmp_path, {"a.py": source}, "total", "b.py")
    assert files["a.py"] == "TYPE_CHECKING = False\n\n\nx = 1\n"


def test_a_module_that_has_only_blank_lines_begins_with_the_definition(tmp_path: Path) -> None:
    files = after(tmp_path, {"a.py": "def total(x):\n    return x\n", "b.py": "\n"}, "total", "b.py")
    assert files["b.py"] == "def total(x):\n    return x\n"


def test_reads_of_what_may_be_the_old_module_are_told(tmp_path: Path) -> None:
    files = {
        "a.py": "def grand_total(x):\n    return x\n",
        "u.py": "import a\n\n\ndef f(box, p):\n    p.setattr(a, 'grand_total', 1)\n    return box.grand_total\n",
    }
    remarks = moved(tmp_path, files, "grand_total", "b.py").remarks
    assert any("may be taken from the old module in u.py:5, u.py:6" in each for each in remarks)
