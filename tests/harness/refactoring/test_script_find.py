"""Where names of JavaScript and TypeScript are found, and what is said of those that can't be."""

import pytest

from bridge.harness.refactoring.script.find import find
from bridge.harness.refactoring.script.limits import not_possible
from bridge.harness.refactoring.script.syntax import speaks
from bridge.harness.refactoring.values import FindSymbol, Found, Point, Refusal, Symbol, Usages
from tests.harness.refactoring.script_desk import project_with

SHOP = """import { sum } from './sum';
export class Basket {
  total(rate) { return sum(this.items) * rate; }
}
const limit = 3, grüß = (rate) => rate + limit;
function total() { return new Basket().total(limit); }
"""
SUM = "export function sum(items) { let total = 0; for (const item of items) total += item; return total; }\n"
TYPES = "export interface Item { price: number }\nenum Kind { Big }\nnamespace N { type T<U> = U; }\ntype Id = Item;\n"
FILES = {
    "src/shop.js": SHOP,
    "src/sum.js": SUM,
    "src/types.ts": TYPES,
    "src/bad.js": "let total = = 1;\n",
    "a.py": "total = 1\n",
}


def rows(places: tuple[Found, ...]) -> list[str]:
    return [f"{place.path}:{place.at.line}:{place.at.column} {place.kind} {place.name}" for place in places]


def asked(symbol: Symbol, *, usages: bool = True) -> Usages:
    return find(project_with(FILES), FindSymbol(symbol, usages))


def test_a_name_is_found_in_all_files_with_what_it_is() -> None:
    found = asked(Symbol(name="total"))
    assert rows(found.definitions) == [
        "src/shop.js:6:10 function total",
        "src/shop.js:3:3 method Basket.total",
        "src/sum.js:1:34 variable sum.total",
    ]
    assert rows(found.uses) == [
        "src/shop.js:6:40 uncertain total",
        "src/sum.js:1:71 use total",
        "src/sum.js:1:93 use total",
    ]
    assert [(skipped.path, "does not parse (line 1)" in skipped.why) for skipped in found.skipped] == [
        ("src/bad.js", True)
    ]


def test_uses_are_left_out_unless_asked_for_and_lines_are_shown() -> None:
    found = asked(Symbol(path="src/sum.js", name="sum"), usages=False)
    assert found.uses == ()
    assert found.definitions[0].text == SUM.strip()


def test_an_import_is_a_use_of_what_it_imports() -> None:
    found = asked(Symbol(name="sum"))
    assert rows(found.definitions) == ["src/sum.js:1:17 function sum"]
    assert rows(found.uses) == ["src/shop.js:1:10 import sum", "src/shop.js:3:24 use sum"]


def test_an_import_stands_for_its_definition_where_no_other_is_seen() -> None:
    assert rows(asked(Symbol(path="src/shop.js", name="sum")).definitions) == ["src/shop.js:1:10 variable sum"]


@pytest.mark.parametrize("at", [Point(3, 9), Point(3, 13), Point(3, 43), Point(3, 46)])
def test_a_place_means_its_own_binding(at: Point) -> None:
    found = asked(Symbol(path="src/shop.js", at=at))
    assert rows(found.definitions) == ["src/shop.js:3:9 parameter Basket.total.rate"]
    assert rows(found.uses) == ["src/shop.js:3:42 use rate"]


def test_columns_are_characters() -> None:
    assert rows(asked(Symbol(path="src/shop.js", at=Point(5, 22))).definitions) == ["src/shop.js:5:18 function grüß"]
    assert rows(asked(Symbol(path="src/shop.js", at=Point(5, 36))).definitions) == [
        "src/shop.js:5:26 parameter grüß.rate"
    ]


def test_a_name_with_that_of_what_is_around_it() -> None:
    assert rows(asked(Symbol(name="Basket.total")).definitions) == ["src/shop.js:3:3 method Basket.total"]
    assert rows(asked(Symbol(name="grüß.rate")).definitions) == ["src/shop.js:5:26 parameter grüß.rate"]


def test_a_name_on_a_line_is_taken_for_that_line() -> None:
    assert rows(asked(Symbol("src/shop.js", Point(6, 1), "limit")).definitions) == ["src/shop.js:5:7 variable limit"]


def test_types_have_kinds() -> None:
    kinds = {
        name: asked(Symbol(name=name)).definitions[0].kind
        for name in ("Item", "Kind", "Big", "N", "T", "U", "Id", "price")
    }
    assert kinds == {
        "Item": "class",
        "Kind": "class",
        "Big": "attribute",
        "N": "module",
        "T": "class",
        "U": "parameter",
        "Id": "class",
        "price": "attribute",
    }


@pytest.mark.parametrize(
    ("symbol", "words"),
    [
        (Symbol("src/shop.js", Point(6, 41)), "is a property or method"),
        (Symbol("src/shop.js", Point(1, 1)), "No name stands at src/shop.js:1:1"),
        (Symbol("src/shop.js", Point(99, 1)), "there is no line 99"),
        (Symbol("src/bad.js", Point(1, 1)), "does not parse (line 1)"),
        (Symbol("src/none.js", Point(1, 1)), "src/none.js"),
        (Symbol(), "Nothing says which name is meant"),
    ],
)
def test_what_is_no_place_of_a_name_is_refused(symbol: Symbol, words: str) -> None:
    with pytest.raises(Refusal) as caught:
        asked(symbol)
    assert words in caught.value.refused.why


def test_a_name_with_several_meanings_on_a_line_needs_a_column() -> None:
    project = project_with({"x.js": "let a = 1; ((a) => a)(a);\n"})
    with pytest.raises(Refusal) as caught:
        find(project, FindSymbol(Symbol("x.js", Point(1, 10), "a")))
    assert [place.at.column for place in caught.value.refused.candidates] == [5, 14, 20, 23]


def test_what_no_rule_does_is_refused_with_what_is_possible() -> None:
    script = not_possible("extract", "src/x.tsx").refused.why
    assert script.startswith("Extracting is not done by rule in src/x.tsx.")
    assert "rename what is local to one file" in script
    other = not_possible("rename", "main.go").refused.why
    assert other.startswith("Renaming is not done by rule for .go files (main.go).")
    assert "language model" in other
    assert not_possible("move", "Makefile").refused.why.startswith("Moving code is not done by rule for files without")


def test_languages_are_known_by_their_ending() -> None:
    endings = ("js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts")
    assert all(speaks(f"a/b.{ending}") for ending in endings)
    assert not any(speaks(path) for path in ("a.py", "ts", "a.json", "a.vue", "a.ts.txt"))
