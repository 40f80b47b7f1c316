"""Cheap looks at source text. `|` marks the cursor, `[` and `]` (or `«` and `»`) a selection."""

import re

import pytest

from bridge.harness.ids import Uri
from bridge.surfaces.lsp.review.code import (
    LONGEST_NAME,
    LONGEST_SELECTION,
    PYTHON,
    SCRIPT,
    Language,
    can_be_inlined,
    can_be_renamed,
    defined_on_line,
    extractable,
    has_imports,
    language_of,
    line_for_comment,
    name_at,
)

BOTH = {"function", "variable"}


def marked(text: str) -> tuple[str, int, int]:
    """The text without its marks, and where they were."""
    places = [mark.start() - number for number, mark in enumerate(re.finditer("[|«»]", text))]
    return re.sub("[|«»]", "", text), places[0], places[-1]


def name_in(text: str, language: Language = PYTHON) -> str | None:
    found = name_at(language, *marked(text))
    return found.text if found else None


@pytest.mark.parametrize(
    ("uri", "language"),
    [
        ("file:///w/a.py", PYTHON),
        ("file:///w/A.PY", PYTHON),
        ("file:///w/a.test.tsx", SCRIPT),
        ("file:///w/a.mjs", SCRIPT),
        ("file:///w/a.pyi", None),
        ("file:///w/py", None),
        ("file:///w/a.txt?.py", None),
        ("untitled:Untitled-1", None),
        ("untitled:/w/new.py", None),
        ("git:/w/a.py?HEAD", None),
    ],
)
def test_a_language_is_known_by_the_files_name(uri: str, language: Language | None) -> None:
    assert language_of(Uri(uri)) is language


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("to|tal = 1", "total"),
        ("|total = 1", "total"),
        ("total| = 1", "total"),
        ("«total» = 1", "total"),
        ("«tota»l = 1", None),
        ("«total » = 1", None),
        ("größe|", "größe"),
        ("x_1|", "x_1"),
        ("1e|5", None),
        ("a + | b", None),
        ("|", None),
        ("ret|urn 1", None),
        ("# a |total", None),
        ('x = "a |total"', None),
        ("x = 'it\\'s |total'", None),
        ('"""a\n"quoted" |total\n"""', None),
        ('"""a"""\nto|tal', "total"),
        ('x = "#"; to|tal', "total"),
        ("x = 'open\nto|tal", "total"),
        ('f"is {to|tal} now"', "total"),
        ('rf"is {a} n|ow"', None),
        ('f"is {{to|tal}}"', None),
        ('"is {to|tal}"', None),
    ],
)
def test_a_name_of_python_is_found_outside_of_comments_and_strings(text: str, name: str | None) -> None:
    assert name_in(text) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("const $to|tal = 1", "$total"),
        ("const x = 1 // to|tal", None),
        ("/* a\n to|tal */", None),
        ("x = `is ${to|tal}`", "total"),
        ("x = `is ${a} to|tal`", None),
        ("x = 'to|tal'", None),
        ("fun|ction f() {}", None),
        ("# to|tal", "total"),
    ],
)
def test_a_name_of_javascript_is_found_outside_of_comments_and_strings(text: str, name: str | None) -> None:
    assert name_in(text, SCRIPT) == name


def test_a_run_of_letters_without_end_is_no_name() -> None:
    assert name_at(PYTHON, "x" * 1_000_000, 500_000, 500_000) is None
    assert name_in("x" * LONGEST_NAME + "|") == "x" * LONGEST_NAME


@pytest.mark.parametrize(
    ("text", "can"),
    [
        ("to|tal", True),
        ("box.to|tal", True),
        ("box.in|put", True),
        ("in|put(1)", False),
        ("se|lf.x", False),
        ("__na|me__", False),
        ("__to|tal", True),
        ("|_ = 1", False),
    ],
)
def test_names_of_the_language_itself_are_not_renamed(text: str, can: bool) -> None:
    plain, start, end = marked(text)
    name = name_at(PYTHON, plain, start, end)
    assert name is not None
    assert can_be_renamed(PYTHON, plain, name) == can


@pytest.mark.parametrize(
    ("text", "can"),
    [
        ("x = 1\nprint(|x)", True),
        ("def f():\n    x: int = 1\n    return |x", True),
        ("def |x():\n    return 1", True),
        ("async def |x():\n    return 1", True),
        ("class A:\n    def |x(self): ...", False),
        ("for |x in y: ...", False),
        ("def f(|x): ...", False),
        ("f(x=1, y=|x)", False),
        ("|x == 1", False),
        ("x = 1\nprint(self.|x)", False),
        ("xx = 1\nprint(|x)", False),
        ("import x\n|x.y", False),
    ],
)
def test_what_has_a_value_or_a_body_in_the_file_can_be_inlined(text: str, can: bool) -> None:
    plain, start, end = marked(text)
    name = name_at(PYTHON, plain, start, end)
    assert name is not None
    assert can_be_inlined(plain, name) == can


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("def total(|items):\n    pass", "total"),
        ("|class Basket:\n    pass", "Basket"),
        ("async  def total():| ...", "total"),
        ("def total():\n    |pass", None),
        ("class A:\n    def |total(self): ...", None),
        ('"""\ndef |total(): ...\n"""', None),
        ("define |x", None),
    ],
)
def test_what_a_module_defines_is_known_on_its_first_line(text: str, name: str | None) -> None:
    plain, start, _ = marked(text)
    found = defined_on_line(plain, start)
    assert (found.text if found else None) == name


@pytest.mark.parametrize(
    ("text", "into"),
    [
        ("«x = 1\ny = x + 1\n»", {"function"}),
        ("def f():\n    «x = 1\n    y = 2»\n", {"function"}),
        ("def f():\n«    x = 1\n    y = 2\n»", {"function"}),
        ("«print(1)»  # why", {"function"}),
        ("«if a:\n    b()\nelse:\n    c()\n»", {"function"}),
        ("if a:\n    b()\n«else:\n    c()\n»", set()),
        ("x = «a + b»", BOTH),
        ("x = « a + b »", BOTH),
        ("f(«a(\n  1)», 2)", BOTH),
        ("x = «'text'»", {"variable"}),
        ("x = «42» + 1", {"variable"}),
        ("x = «name» + 1", set()),
        ("x = su«btotal» + 1", set()),
        ("x = a.«b(1)»", set()),
        ("«a.b» = 1", set()),
        ("«a[0]» += 1", set()),
        ("«a.b» == 1", BOTH),
        ("f(«x=1»)", set()),
        ("f(«a, b»)", set()),
        ("f(«(a, b)»)", BOTH),
        ("f(«x for x in y»)", set()),
        ("x = 'so«me te»xt'", set()),
        ("x = 1  # «a + b»", set()),
        ("«# only this\n»", set()),
        ("«   \n\n»", set()),
        ("«»x = 1", set()),
        ("«import os\n»", set()),
        ("«def f():\n    pass\n»", set()),
        ('«"""Only a docstring."""\n»', set()),
        ("x = «a +» b", set()),
        ("x = «(y := 1)»", set()),
        ('x = re.compile(«"\\d+"»)', {"variable"}),
    ],
)
def test_what_a_selection_of_python_may_become(text: str, into: set[str]) -> None:
    assert extractable(*marked(text)) == into


@pytest.mark.parametrize("hostile", ["(" * 5000, "\0", "-" * 9000 + "x", "x" * LONGEST_SELECTION + " + 1"])
def test_a_selection_that_can_t_be_parsed_becomes_nothing(hostile: str) -> None:
    text = f"x = {hostile}"
    assert extractable(text, 4, len(text)) == frozenset()


@pytest.mark.parametrize(
    ("language", "text", "has"),
    [
        (PYTHON, "import os\n", True),
        (PYTHON, "def f():\n    from a import b\n", True),
        (PYTHON, "important = 1\n", False),
        (PYTHON, '"""What comes\nfrom elsewhere.\n"""\nx = 1\n', False),
        (PYTHON, '"""What comes\nfrom elsewhere.\n"""\nimport os\n', True),
        (SCRIPT, "import a from 'a'\n", True),
        (SCRIPT, "import {a} from 'a'\n", True),
        (SCRIPT, "import('a')\n", False),
        (SCRIPT, "/*\nimport a\n*/\n", False),
        (SCRIPT, "const x = 1\n", False),
    ],
)
def test_imports_are_found_where_they_are_statements(language: Language, text: str, has: bool) -> None:
    assert has_imports(language, text) == has


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = 1\nb = |a\n", 1),
        ("a = 1 + \\\n  2 + \\\n  |b\n", 0),
        ('a = f"""\n{|b}\n"""\n', 0),
        ("a = 1 \\\r\n  + |b\r\n", 0),
        ('x = "#"\ny = |x\n', 1),
        ("|x", 0),
    ],
)
def test_a_comment_goes_where_it_breaks_nothing(text: str, line: int) -> None:
    plain, start, _ = marked(text)
    assert plain[: line_for_comment(PYTHON, plain, start)].count("\n") == line


@pytest.mark.parametrize(
    ("language", "text", "is_name"),
    [
        (PYTHON, "total", True),
        (PYTHON, "größe", True),
        (PYTHON, "$total", False),
        (PYTHON, "class", False),
        (PYTHON, "", False),
        (PYTHON, "a b", False),
        (PYTHON, "1a", False),
        (SCRIPT, "$total", True),
        (SCRIPT, "class", False),
        (SCRIPT, "type", True),
    ],
)
def test_what_something_can_be_called(language: Language, text: str, is_name: bool) -> None:
    assert language.is_name(text) == is_name
