"""What a rename does in comments, and what it says of what it leaves."""

import pytest

from bridge.harness.refactoring.script.rename import rename
from bridge.harness.refactoring.values import LineNote, Point, Refusal, Rename, Symbol
from tests.harness.refactoring.script_desk import changed, place_of, project_with, text_of

TOTALS = """// rate is what `rate` says; see rate() or rate.x
let itemRate = 1; // itemRate, not itemRates or $itemRate
/**
 * Adds. The rate of it.
 * @param {number} rate how much: 'rate'
 * @param [rate] again
 */
function total(«rate») {
  // `rate` and itemRate
  return «rate» * itemRate; // so `rate`
}
/** `rate` */
function other(rate) { return rate; /* `rate` */ }
"""


def test_comments_in_its_scope_and_before_its_function_are_changed_with_notes() -> None:
    old, _ = text_of(TOTALS, "")
    result = changed("x.js", old, place_of(TOTALS), "share")
    expected, _ = text_of(TOTALS.replace("«rate»", "share"), "")
    expected = expected.replace("@param {number} rate how much: 'rate'", "@param {number} share how much: 'share'")
    expected = expected.replace("@param [rate]", "@param [share]").replace("// `rate` and", "// `share` and")
    expected = expected.replace("// so `rate`", "// so `share`")
    assert result.files[0].new == expected
    assert result.files[0].notes == (
        LineNote(5, "in a comment"),
        LineNote(6, "in a comment"),
        LineNote(9, "in a comment"),
    )
    assert result.remarks == ("`rate` stands in a comment on line 4: not changed, look.",)


def test_a_name_that_is_no_plain_word_is_changed_wherever_it_stands_whole() -> None:
    old, _ = text_of(TOTALS, "")
    new = changed("x.js", old, Point(2, 5), "base").files[0].new
    assert "// base, not itemRates or $itemRate" in new
    assert "// `rate` and base" in new


def test_without_docs_comments_stay_and_are_named() -> None:
    old, _ = text_of(TOTALS, "")
    result = changed("x.js", old, place_of(TOTALS), "share", docs=False)
    assert result.files[0].new == text_of(TOTALS.replace("«rate»", "«x»").replace("«x»", "share"), "")[0]
    assert result.files[0].notes == ()
    assert result.remarks == ("`rate` stands in a comment on line 4, 5, 6, 9, 10: not changed, look.",)


def test_strings_are_never_changed_and_are_named() -> None:
    text = "import x from 'total';\nlet total = 1;\nlog('total', 'the total', `total`, \"total\");\n"
    result = changed("x.js", text, Point(2, 5), "sum")
    assert result.files[0].new == text.replace("let total", "let sum")
    assert result.remarks == ("`total` stands in a string on line 3: not changed, look.",)


def test_a_script_that_others_may_be_loaded_beside_says_so() -> None:
    files = {
        "x.js": "var total = 1;\n",
        "y.html": "<b onclick='total++'>",
        "z.js": "log(total);\n",
        "n.py": "total\n",
        "w.js": "1;\n",
    }
    result = rename(project_with(files), Rename(Symbol("x.js", Point(1, 5)), "sum"))
    assert result.remarks[0].endswith("they may use `total`; look at y.html, z.js.")
    for module in ("var total = require('x');\n", "import 'x';\nvar total;\n"):
        again = rename(project_with({**files, "x.js": module}), Rename(Symbol("x.js", name="total"), "sum"))
        assert again.remarks == ()


def test_a_name_alone_has_to_be_declared_once() -> None:
    files = {"x.js": "let total = 1;\n", "y.ts": "export function f(total: number) { return total; }\nlet one = 1;\n"}
    with pytest.raises(Refusal) as caught:
        rename(project_with(files), Rename(Symbol(name="total"), "sum"))
    assert [(place.path, place.kind, place.name) for place in caught.value.refused.candidates] == [
        ("x.js", "variable", "total"),
        ("y.ts", "parameter", "f.total"),
    ]
    assert (
        rename(project_with(files), Rename(Symbol(name="f.total"), "sum"))
        .files[0]
        .new.startswith("export function f(sum: n")
    )
    assert rename(project_with(files), Rename(Symbol(name="one"), "two")).title == "Rename `one` to `two` in y.ts"
    with pytest.raises(Refusal, match="No function, class, variable, parameter or import called `three`"):
        rename(project_with(files), Rename(Symbol(name="three"), "four"))


def test_the_hash_is_that_of_the_text_it_was_computed_on() -> None:
    project = project_with({"x.js": "let a;\n"})
    result = rename(project, Rename(Symbol("x.js", Point(1, 5)), "b"))
    assert result.files[0].old == project.read("x.js").sha
