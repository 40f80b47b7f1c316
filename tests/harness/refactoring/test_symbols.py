"""Which name is meant: by what it is called, or by a place of it."""

import textwrap
import time
from pathlib import Path

import pytest

from bridge.harness.refactoring.project import Project
from bridge.harness.refactoring.python.reading.symbols import MODULE, definitions, described, imported, is_known, place
from bridge.harness.refactoring.values import Point, Refusal, Symbol
from tests.harness.refactoring.asking import project_of, rows

SHOP = {
    "shop/__init__.py": "",
    "shop/basket.py": textwrap.dedent(
        '''\
        """A basket, with its total."""
        import functools
        import os.path as osp
        from shop.prices import price

        LIMIT: int = 3
        first, (second, *rest) = 1, (2, 3)

        @functools.cache
        def total(items, *more, tax=0):
            # the total of items
            sum_ = 0
            for item in items:
                sum_ += price(item)
            return sum_ + tax

        class Basket:
            size = 0

            def __init__(this, items):
                this.items = items
                this.size = len(items)
                this.box.lid = 1

            @property
            def total(self):
                return total(self.items)

            @total.setter
            def total(self, value):
                def inner():
                    self.late = value
                global LATEST
                LATEST = value

            async \\
            def pay(self): ...

            @staticmethod
            def odd(box):
                box.no_attribute = 1
        '''
    ),
    "shop/prices.py": "def price(thing):\n    return f'{thing}: {thing.price}'\n",
    "shop/prices.pyi": "def price(thing): ...\n",
    "src/tool/__init__.py": "",
    "src/tool/run.py": "import shop.basket\n\ndef total(): ...\nlambda deep: [deep for one in deep]\n",
    "scripts/go.py": "from tool.run import total\n\ntotal()\n",
    "bad.py": "def total(:\n",
}


@pytest.fixture
def shop(tmp_path: Path) -> Project:
    return project_of(tmp_path, SHOP)


def found(project: Project, name: str, path: str = "") -> list[str]:
    return rows(definitions(project, Symbol(path, None, name)))


def at(project: Project, path: str, code: str, before: int = 0) -> Symbol:
    """The symbol at the place where `code` stands first."""
    file = project.read(path)
    return Symbol(path, file.point(file.text.index(code) + before))


def word_at(project: Project, symbol: Symbol) -> tuple[str, str]:
    """The path and the line from the place on."""
    file, offset = place(project, symbol)
    return file.path, file.text[offset:].split("\n")[0]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("price", ["shop/prices.py:1:5 function shop.prices.price"]),
        ("pay", ["shop/basket.py:37:9 method shop.basket.Basket.pay"]),
        ("Basket", ["shop/basket.py:17:7 class shop.basket.Basket"]),
        ("items", ["shop/basket.py:21:14 attribute shop.basket.Basket.items"]),
        ("late", ["shop/basket.py:32:18 attribute shop.basket.Basket.late"]),
        ("size", ["shop/basket.py:18:5 attribute shop.basket.Basket.size"]),
        ("LIMIT", ["shop/basket.py:6:1 variable shop.basket.LIMIT"]),
        ("LATEST", ["shop/basket.py:34:9 variable shop.basket.LATEST"]),
        ("rest", ["shop/basket.py:7:18 variable shop.basket.rest"]),
        ("basket", ["shop/basket.py:1:1 module shop.basket"]),
        ("shop", ["shop/__init__.py:1:1 module shop"]),
        ("tool.run", ["src/tool/run.py:1:1 module tool.run"]),
        ("go", ["scripts/go.py:1:1 module scripts.go"]),
        ("tax", ["shop/basket.py:10:25 parameter shop.basket.total.tax"]),
        ("more", ["shop/basket.py:10:19 parameter shop.basket.total.more"]),
        ("sum_", ["shop/basket.py:12:5 variable shop.basket.total.sum_"]),
        ("item", ["shop/basket.py:13:9 variable shop.basket.total.item"]),
        ("osp", ["shop/basket.py:3:19 variable shop.basket.osp"]),
        ("inner", ["shop/basket.py:31:13 function shop.basket.Basket.total.inner"]),
        (
            "total",
            [
                "shop/basket.py:10:5 function shop.basket.total",
                "shop/basket.py:26:9 method shop.basket.Basket.total",
                "shop/basket.py:30:9 method shop.basket.Basket.total",
                "src/tool/run.py:3:5 function tool.run.total",
            ],
        ),
        ("run.total", ["src/tool/run.py:3:5 function tool.run.total"]),
        (
            "Basket.total",
            [
                "shop/basket.py:26:9 method shop.basket.Basket.total",
                "shop/basket.py:30:9 method shop.basket.Basket.total",
            ],
        ),
        ("shop.basket.total", ["shop/basket.py:10:5 function shop.basket.total"]),
    ],
)
def test_a_name_finds_its_definitions_the_local_ones_last(shop: Project, name: str, expected: list[str]) -> None:
    assert found(shop, name) == expected


def test_a_path_shows_the_locals_too(shop: Project) -> None:
    assert found(shop, "items", "shop/basket.py") == [
        "shop/basket.py:10:11 parameter shop.basket.total.items",
        "shop/basket.py:20:24 parameter shop.basket.Basket.__init__.items",
        "shop/basket.py:21:14 attribute shop.basket.Basket.items",
    ]
    assert found(shop, "deep", "src/tool/run.py") == ["src/tool/run.py:4:8 parameter tool.run.deep"]


def test_a_function_comes_before_the_module_of_its_name_that_it_is_in(tmp_path: Path) -> None:
    project = project_of(tmp_path, {"total.py": "def total(): ...\n", "sub/total.py": ""})
    assert found(project, "total") == [
        "sub/total.py:1:1 module sub.total",
        "total.py:1:5 function total.total",
    ]
    assert found(project, "total.total") == ["total.py:1:5 function total.total"]


def test_files_that_do_not_parse_are_told_and_only_where_the_word_is_in_them(shop: Project) -> None:
    found(shop, "price")
    assert shop.skipped_files() == ()
    found(shop, "total")
    assert [(one.path, one.why) for one in shop.skipped_files()] == [("bad.py", "it does not parse (line 1)")]


def test_every_way_of_binding_a_name_is_seen(tmp_path: Path) -> None:
    code = (
        "with a as b1, c as (b2, b3): ...\n"
        "for b4 in x: ...\n"
        "try: ...\nexcept E as b5: ...\n"
        "if (b6 := 1): ...\n"
        "match x:\n"
        "    case [b7, *b8]: ...\n"
        "    case {'k': b9, **b10}: ...\n"
        "    case A(z=b11) as b12: ...\n"
        "x[i].y = b13 = 1\n"
        "b14: int\n"
        "class C:\n    b15 = b16 = 1\n    def m(self):\n        self.b17: int = 1\n        self.b18 += 1\n"
        "async def f(b19, /, b20, *, b21, **b22):\n    async for b23 in f: ...\n    nonlocal_ = 1\n"
        "import a.b as b24\n"
    )
    project = project_of(tmp_path, {"a.py": code})
    for number in range(1, 25):
        (one,) = definitions(project, Symbol(name=f"b{number}"))
        assert code.split("\n")[one.at.line - 1][one.at.column - 1 :].startswith(f"b{number}"), one
    for name in ("y", "z", "i", "no_such"):
        with pytest.raises(Refusal):
            definitions(project, Symbol(name=name))


def test_one_name_of_several_things_needs_more_words(shop: Project) -> None:
    with pytest.raises(Refusal, match=r"several places.*longer name such as `basket.total`") as refusal:
        place(shop, Symbol(name="total"))
    assert rows(refusal.value.refused.candidates) == [
        "shop/basket.py:10:5 function shop.basket.total",
        "shop/basket.py:26:9 method shop.basket.Basket.total",
        "src/tool/run.py:3:5 function tool.run.total",
    ]


@pytest.mark.parametrize(
    ("symbol", "expected"),
    [
        (Symbol(name="Basket.total"), ("shop/basket.py", "total(self):")),
        (Symbol("src/tool/run.py", None, "total"), ("src/tool/run.py", "total(): ...")),
        (Symbol("shop/basket.py", None, "items"), ("shop/basket.py", "items = items")),
        (Symbol("scripts/go.py", None, "total"), ("scripts/go.py", "total")),
        (Symbol("scripts/go.py", None, "Basket"), ("shop/basket.py", "Basket:")),
        (Symbol(name="price"), ("shop/prices.py", "price(thing):")),
        (Symbol("shop/basket.py", Point(11, 1), "items"), ("shop/basket.py", "items")),
        (Symbol("shop/basket.py", Point(21, 30), "items"), ("shop/basket.py", "items")),
        (Symbol("shop/basket.py", Point(21, 1), "Basket.items"), ("shop/basket.py", "items = items")),
    ],
)
def test_a_place_is_that_of_one_thing(shop: Project, symbol: Symbol, expected: tuple[str, str]) -> None:
    assert word_at(shop, symbol) == expected


@pytest.mark.parametrize("symbol", [Symbol("shop/basket.py"), Symbol(name="shop.basket")])
def test_a_module_stands_nowhere_in_its_text(shop: Project, symbol: Symbol) -> None:
    file, offset = place(shop, symbol)
    assert (file.path, offset) == ("shop/basket.py", MODULE)
    assert rows((described(shop, file.path, offset),)) == ["shop/basket.py:1:1 module shop.basket"]


@pytest.mark.parametrize(
    ("code", "moved", "line"),
    [
        ("sum_ += price", 0, "sum_ += price(item)"),
        ("sum_ += price", 4, "sum_ += price(item)"),
        ("price(item)", 5, "price(item)"),
        ("def total(items", 0, "total(items, *more, tax=0):"),
        ("def total(items", 2, "total(items, *more, tax=0):"),
        ("class Basket", 3, "Basket:"),
        ("@functools.cache", 0, "total(items, *more, tax=0):"),
        ("@functools.cache", 1, "functools.cache"),
        ("    def __init__", 0, "__init__(this, items):"),
        ("    @property", 2, "total(self):"),
        ("async \\", 0, "pay(self): ..."),
        ("    sum_ = 0", 1, "sum_ = 0"),
    ],
)
def test_a_point_is_of_the_name_at_it_or_before_it(shop: Project, code: str, moved: int, line: str) -> None:
    assert word_at(shop, at(shop, "shop/basket.py", code, moved)) == ("shop/basket.py", line)


def test_a_mention_means_what_has_its_name(shop: Project) -> None:
    assert word_at(shop, at(shop, "shop/basket.py", "basket, with"))[0] == "shop/basket.py"
    with pytest.raises(Refusal, match=r"basket.py:11:\d+ is in a comment or a string. `total` is defined in several"):
        place(shop, at(shop, "shop/basket.py", "total of items"))
    assert word_at(shop, at(shop, "shop/prices.py", "thing}:")) == ("shop/prices.py", "thing}: {thing.price}'")


@pytest.mark.parametrize(
    ("symbol", "words"),
    [
        (Symbol("shop/basket.py", Point(5, 1)), "No name stands at shop/basket.py:5:1"),
        (Symbol("shop/basket.py", Point(15, 6)), "No name stands"),
        (Symbol("shop/basket.py", Point(99, 1)), "there is no line 99"),
        (Symbol("shop/basket.py", Point(5, 1), "total"), "`total` does not stand on line 5 of shop/basket.py"),
        (Symbol("bad.py", Point(1, 5)), "bad.py can't be looked into: it does not parse .line 1."),
        (Symbol(), "Say which name"),
    ],
)
def test_a_place_without_a_name_is_refused(shop: Project, symbol: Symbol, words: str) -> None:
    with pytest.raises(Refusal, match=words):
        place(shop, symbol)


@pytest.mark.parametrize(
    ("name", "alike"),
    [("baskett", "Basket"), ("BASKET", "Basket"), ("pri_ce", "price"), ("limit", "LIMIT"), ("itmes", "items")],
)
def test_a_name_that_is_not_there_is_refused_with_what_is_spelled_alike(shop: Project, name: str, alike: str) -> None:
    with pytest.raises(Refusal, match=rf"`{name}` is not defined .*Perhaps.*`{alike}`") as refusal:
        definitions(shop, Symbol(name=name))
    assert alike in [one.name.rpartition(".")[2] for one in refusal.value.refused.candidates]


def test_a_longer_name_that_is_not_there_tells_of_the_last_word(shop: Project) -> None:
    with pytest.raises(Refusal, match=r"`Shop.price` is not defined .* There is `price`, by another way") as refusal:
        definitions(shop, Symbol(name="Shop.price"))
    assert rows(refusal.value.refused.candidates) == ["shop/prices.py:1:5 function shop.prices.price"]
    with pytest.raises(Refusal, match="Check the spelling"):
        definitions(shop, Symbol(name="zzzzzz"))


@pytest.mark.parametrize(
    ("path", "code", "expected"),
    [
        ("shop/basket.py", "items:", ["shop/basket.py:10:11 parameter shop.basket.total.items"]),
        ("shop/basket.py", "sum_ + tax", ["shop/basket.py:12:5 variable shop.basket.total.sum_"]),
        ("shop/basket.py", "price(item)", ["shop/prices.py:1:5 function shop.prices.price"]),
        ("shop/basket.py", "total(self.items)", ["shop/basket.py:10:5 function shop.basket.total"]),
        ("shop/basket.py", "items)\n\n    @total", ["shop/basket.py:21:14 attribute shop.basket.Basket.items"]),
        ("shop/basket.py", "items = items", ["shop/basket.py:21:14 attribute shop.basket.Basket.items"]),
        ("scripts/go.py", "total()", ["shop/basket.py:10:5 function shop.basket.total",
                                      "src/tool/run.py:3:5 function tool.run.total"]),
    ],
)  # fmt: skip
def test_what_a_name_in_code_means_as_far_as_scopes_tell(
    shop: Project, path: str, code: str, expected: list[str]
) -> None:
    assert rows(definitions(shop, at(shop, path, code))) == expected


def test_places_hold_in_files_with_other_line_ends_and_wide_characters(tmp_path: Path) -> None:
    text = "x = '𐐀é'; wide = 1\r\n\r\n\r\ndef far(a):\r\n    '''é\r\n'''\r\n    return a\r\n"
    project = project_of(tmp_path, {"a.py": text})
    assert rows(definitions(project, Symbol(name="wide"))) == ["a.py:1:11 variable a.wide"]
    assert text[place(project, Symbol(name="far"))[1] :].startswith("far(a)")
    assert text[place(project, Symbol("a.py", Point(7, 12)))[1] :] == "a\r\n"
    assert rows(definitions(project, Symbol("a.py", Point(7, 12)))) == ["a.py:4:9 parameter a.far.a"]


def test_a_name_of_a_library_is_found_where_it_is_imported(shop: Project) -> None:
    known = imported(shop, "functools")
    assert known is not None
    assert known[0].text[known[1] :].startswith("functools\n")
    assert imported(shop, "requests") is None
    assert (is_known(shop, Symbol(name="functools")), is_known(shop, Symbol(name="price"))) == (False, True)


@pytest.mark.bench
def test_three_hundred_files_are_looked_through_quickly(tmp_path: Path) -> None:
    body = SHOP["shop/basket.py"].replace("price", "value") * 4
    files = {f"pkg{n % 10}/mod{n}.py": body for n in range(300)}
    files["pkg0/here.py"] = "def wanted(): ...\n"
    project = project_of(tmp_path, files)
    start = time.process_time()
    assert found(project, "wanted") == ["pkg0/here.py:1:5 function pkg0.here.wanted"]
    cold = time.process_time() - start
    start = time.process_time()
    found(project, "wanted")
    warm = time.process_time() - start
    assert (cold < 2.0, warm < 0.2) == (True, True), (cold, warm)
