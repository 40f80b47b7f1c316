"""Renames in JavaScript and TypeScript: what is one name, what is not, and what can't be known."""

import re

import pytest

from bridge.harness.refactoring.values import Point
from tests.harness.refactoring.script_desk import changed, refused, renamed, text_of

# In these texts «a» is renamed to `New`, ‹a› becomes `a: New` and ⟨a⟩ `a as New`; every other `a` stays.
JAVASCRIPT = {
    "closures and shadows": (
        "let «a» = 1;\nfunction f() { return «a»; }\nfunction g(a) { return a; }\nf(«a», g.a, { a: 2 });\n"
    ),
    "a var is the function's": "function f() {\n  if (x) { var «a» = 1; }\n  { let a = 2; a; }\n  return «a»;\n}\na;\n",
    "a var twice": "var «a» = 1;\nvar «a» = 2;\n«a»++;\n",
    "let in a block": "let a = 1;\n{ let «a» = 2; «a» += 1; }\na;\n",
    "used before declared": "run();\nfunction run() { return «a»(); }\nfunction «a»() {}\nmodule.exports = run;\n",
    "parameter and default": "let b = 1, c = 0;\nconst f = («a», d = «a», e = () => «a») => «a» + d;\n",
    "a default does not see the body": "let a = 1;\nfunction f(b = a) { var «a» = 2; return «a» + b; }\n",
    "a default sees the outer one": "let «a» = 1;\nfunction f(b = «a») { var a = 2; return a + b; }\n",
    "parameter and var of the body": "function f(«a») { var «a» = «a» || 2; return «a»; }\n",
    "function of a parameter's name": "function f(«a») { function «a»() {} return «a»; }\n",
    "arrow without parentheses": "const a = 1;\nconst f = «a» => «a» * 2;\n",
    "destructuring": "const { ‹a›, b: { c }, ...rest } = o;\n«a»; o.a; rest;\n",
    "destructuring with default": "const { ‹a› = 1, b = «a» } = o;\nconst [d = «a»] = [];\n",
    "destructuring the long way": "const { k: «a», [«a»]: z } = o;\nconst { a: other } = o;\n",
    "destructuring into parameters": (
        "function f({ ‹a› }, [b, ...c]) { return { ‹a›, b, c, x: «a», a() {}, get y() { return «a»; } }; }\n"
    ),
    "assigned by destructuring": (
        "let «a», b;\n({ ‹a›, b } = o);\n({ ‹a› = 2 } = o);\n[«a», b] = [b, «a»];\n({ x: «a» } = o);\n"
    ),
    "loops": "for (let «a» = 0; «a» < 3; «a»++) { let b = «a»; }\nfor (const a of [1]) a;\nfor (const a in o) a;\n",
    "a loop over a name": "let «a» = 0;\nfor («a» of [1, 2]) {}\nfor (const b of «a») {}\n",
    "caught": "try { a; } catch («a») { let b = «a»; throw «a»; }\n",
    "caught and taken apart": "try { } catch ({ ‹a›, b }) { «a»; }\n",
    "switch": "let a;\nswitch (a) { case 1: let «a»; break; default: «a»; }\na;\n",
    "function expression": "const f = function «a»(n) { return n ? «a»(n - 1) : 0; };\na;\n",
    "class": (
        "class «a» { static make() { return new «a»(); } a() { return this.a; } }\n"
        "class B extends «a» { a = «a».make(); [«a»]() {} }\n"
    ),
    "class expression": "const C = class «a» { f() { return «a»; } };\na;\n",
    "static block": "class C { static { var «a» = 1; this.x = «a»; } y = a; }\n",
    "template": "const «a» = 1;\nlog(`a ${«a»} ${`in ${«a»}`}`, «a»`x`);\n",
    "labels": "let «a» = 1;\na: for (;;) { break a; }\n«a»;\n",
    "import": 'import { ⟨a⟩, b } from "x";\n«a»(); ({ ‹a› });\n',
    "import by another name": 'import { a as «x» } from "x";\n«x»(); a;\n',
    "default import": 'import «a», { b } from "x";\n«a»;\n',
    "namespace import": 'import * as «a» from "x";\n«a».a.b;\n',
    "exported by another name": 'const «a» = 1;\nexport { «a» as b };\nexport { a } from "x";\n',
    "default export": "function «a»() {}\nexport default «a»;\n",
    "default exported function": "export default function «a»() { return «a»; }\n",
    "in an exported function": "export const f = («a») => «a»;\n",
    "jsx": (
        "const «Box» = () => <p a='Box'>Box {«Box».x}</p>;\n"
        "const y = <«Box» Box={1} {...«Box»}><«Box».Part/></«Box»>;\n"
    ),
    "jsx, a tag of the page": "const «a» = 1;\nconst y = <a a={«a»}><a.b/></a>;\n".replace("<a.b/>", "<«a».b/>"),
    "new.target and optional": "function f(«a») { return new.target ? «a»?.a : «a»?.[«a»]; }\n",
    "async and generators": "async function* f(«a») { for await (const b of «a») yield* «a»; await «a»; }\n",
    "strict function in block": '"use strict";\nlet f;\n{ function «a»() {} f = «a»; }\na;\n',
    "other letters": "const «größe» = 'ü𝒳'; /* 𝒳 */ «größe»; log('é', «größe»);\n",
    "windows": "let «a» = 1;\r\n«a»;\r\nb.a;\n",
}
TYPESCRIPT = {
    "interface": "interface «A»<T> { a: T; f(A: «A»<T>): «A»<T> }\nlet x: «A»<number>, A = 1; A;\n".replace(
        ", A = 1; A", ""
    ),
    "type and parameter": "type «A» = { A: number };\nfunction f(A: «A»): «A» { return A as «A»; }\n",
    "typeof": "const «a» = { b: 1 };\ntype T = typeof «a».b | keyof typeof «a»;\nfunction f(a: typeof a) {}\n",
    "type parameter": (
        "function f<«T» extends object, U = «T»>(a: «T»[], b: (c: «T») => U): a is «T»[] { return true "
        "as «T»; }\ntype T = 1;\n"
    ),
    "type parameter of a class": (
        "class C<«T»> extends B<«T»> implements I<«T»> { x?: «T»; m<T>(a: T) {} n(): «T» {} }\n"
    ),
    "arrow with type parameter": "const f = <«T»,>(a: «T») => a as «T»;\n",
    "infer": "type E<X> = X extends Array<infer «U»> ? «U» : U;\n",
    "mapped": "type M<X> = { [«K» in keyof X as `get${«K»}`]: X[«K»] };\ntype N<K> = K;\n",
    "enum": "enum «E» { A = 1, B = A }\nlet x: «E» = «E».A; let y: «E».B;\n",
    "const enum": "const enum «E» { A }\n«E».A;\n",
    "namespace": "namespace «N» { export type T = number; export const c = 1 }\nlet x: «N».T = «N».c;\n",
    "import alias": "import N = require('n');\nimport «A» = N.B.C;\nlet x: «A».A;\n",
    "type import": "import type { ⟨A⟩ } from 'x';\nlet x: «A»; import { type ⟨B⟩ } from 'y';\n".replace("⟨B⟩", "B"),
    "inline type import": "import { type ⟨A⟩ } from 'x';\nlet x: «A»<«A»>;\n",
    "qualified type": "import * as «a» from 'x';\nlet x: «a».a.C<a>;\ntype a1 = 1;\n".replace("<a>", "<a1>"),
    "predicate": "function f(«a»: unknown): «a» is string { return typeof «a» === 'string'; }\n",
    "asserts": "function f(«a»: any): asserts «a» { if (!«a») throw 1; }\n",
    "overloads": "function «f»(a: string): void;\nfunction «f»(a: number): void;\nfunction «f»(a: any) {}\n«f»(1);\n",
    "function type": "type F = («a»: number, b: typeof «a») => void;\ntype G = (a: string) => void;\n",
    "tuple labels": "type T = [a: string, b?: number];\nconst «a» = 1 as const satisfies number;\n«a»!;\n",
    "index signature": "interface I { [a: string]: number }\nlet «a» = 1; let i: I = { b: «a» };\n",
    "decorators": "const «d» = (x: any) => x;\n@«d» class C { @«d» m(@«d» p: number) {} }\n",
    "abstract class": "abstract class «A» { abstract m(A: «A»): «A»; }\nclass B extends «A» {}\n",
    "a value and not a type": "function f<A>(«a»: A) { type T = A; return «a»; }\n",
    "type does not hide a value": "const «a» = 1;\nfunction f() { type a = string; let x: a; return «a»; }\n",
    "catch with a type": "try {} catch («a»: unknown) { «a» as Error; }\n",
    "this parameter": "function f(this: Window, «a»?: number, ...b: typeof «a»[]) { return this; }\n",
    "generic call": "function f<T>(«g»: <U>(x: U) => T) { return «g»<number>(1); }\n",
}


CASES = [
    *(pytest.param("x.jsx", text, id=name) for name, text in JAVASCRIPT.items()),
    *(pytest.param("x.ts", text, id=name) for name, text in TYPESCRIPT.items()),
]


@pytest.mark.parametrize(("path", "marked"), CASES)
def test_every_use_is_renamed_and_nothing_else_from_each_of_its_places(path: str, marked: str) -> None:
    old, new = text_of(marked, "New")
    for nth in range(sum(map(marked.count, "«‹⟨"))):
        assert renamed(path, old, marked, nth, "New") == new


@pytest.mark.parametrize(("path", "marked"), CASES)
def test_there_and_back_gives_the_same_bytes(path: str, marked: str) -> None:
    old, new = text_of(marked, "New")
    name = old_name(marked)
    place = next(Point(row + 1, line.index("New") + 1) for row, line in enumerate(new.split("\n")) if "New" in line)
    assert changed(path, new, place, name).files[0].new == old


def old_name(marked: str) -> str:
    """The name in the first mark."""
    return re.split("[«‹⟨»›⟩]", marked, maxsplit=2)[1]


REFUSED = {
    "does not parse": ("x.js", "let «a» = 1;\nlet = = 2;\n", "does not parse (line 2)"),
    "a paren is missing": ("x.ts", "let «a» = (1;\n", "does not parse (line 1)"),
    "exported": ("x.js", "const b = 1;\nexport const «a» = 1;\n", "`a` is exported (line 2)"),
    "exported below": ("x.js", "const «a» = 1;\nexport { b, a };\nlet b;\n", "`a` is exported (line 2)"),
    "exported pattern": ("x.js", "export const { x: [«a»] } = o;\n", "`a` is exported (line 1)"),
    "exported from a namespace": ("x.ts", "namespace N {\n  export const «a» = 1;\n}\n", "`a` is exported (line 2)"),
    "eval": ("x.js", "let «a» = 1;\nlet f = () => eval('a');\n", "`eval` on line 2"),
    "with": ("x.js", "let «a» = 1;\n\nwith (o) { a; }\n", "`with` on line 3"),
    "declared elsewhere": ("x.js", "«a»();\n", "is not declared in this file"),
    "a property": ("x.js", "let o = {};\no.«a» = 1;\n", "is a property or method"),
    "a method": ("x.js", "class C { «a»() {} }\n", "is a property or method"),
    "private": ("x.js", "class C { «#a» = 1; }\n", "is a property or method"),
    "parameter property": (
        "x.ts",
        "class C { constructor(private «a»: number) {} }\n",
        "is a property of its class too",
    ),
    "enum member": ("x.ts", "enum E { A, «B» = A }\n", "is a member of an enum"),
    "member in an enum": ("x.ts", "enum E { A, B = «A» }\n", "is a member of an enum"),
    "merged interfaces": (
        "x.ts",
        "interface «A» { x: 1 }\ninterface A { y: 1 }\n",
        "as interface on line 1, as interface on line 2",
    ),
    "class and namespace": ("x.ts", "class «A» {}\nnamespace A {}\n", "is declared more than once"),
    "value and type": ("x.ts", "const «A» = 1;\ntype A = typeof A;\n", "is declared more than once"),
    "halves of a namespace": (
        "x.ts",
        "const «a» = 1;\nnamespace N { export const b = 1 }\nnamespace N { a; }\nexport {};\n",
        "on line 3",
    ),
    "ambient": ("x.ts", "declare const «a»: number;\n", "`declare` (line 1)"),
    "declaration file": ("x.d.ts", "interface «A» {}\n", "`declare` (line 1)"),
    "var in a catch": ("x.js", "try {} catch («a») { var a = 1; }\n", "is both what is caught and a `var`"),
    "function in a sloppy block": ("x.js", "{ function «a»() {} }\na();\n", "is a function inside a block"),
    "a sloppy function takes an outer name": (
        "x.js",
        "var new1;\n{ function «a»() {} }\n",
        "is a function inside a block",
    ),
    "an outer name takes a sloppy function's": (
        "x.js",
        "var «a»;\n{ function new1() {} }\n",
        "is a function inside a block",
    ),
    "React": ("x.jsx", "import «React» from 'react';\nconst x = <p/>;\n", "has to keep its name"),
    "a pragma": ("x.jsx", "/** @jsx a */\nimport { «a» } from 'preact';\nconst x = <p/>;\n", "has to keep its name"),
    "an escape": ("x.js", "let «a» = 1;\nlet \\u0062 = 2;\n", "written with an escape (line 2)"),
    "a keyword": ("x.js", "«let» a = 1;\n", "No name stands at x.js:1:1"),
    "taken": ("x.js", "let «a» = 1;\nlet new1;\n", "`new1` is declared already, on line 2"),
    "taken by the body": ("x.js", "function f(«a») {\n  let new1;\n}\n", "`new1` is declared already, on line 2"),
    "taken by a parameter": ("x.js", "function f(new1) {\n  var «a»;\n}\n", "`new1` is declared already, on line 1"),
    "hidden by an inner one": (
        "x.js",
        "let «a» = 1;\nfunction f(new1) {\n  return a;\n}\n",
        "On line 3 `new1` would mean what line 2",
    ),
    "takes over an outer one": (
        "x.js",
        "let new1;\nfunction f(«a») {\n  return new1;\n}\n",
        "`new1` on line 3 means something else",
    ),
    "takes over a global": ("x.js", "let «a» = 1;\nnew1();\n", "`new1` on line 2 means something else"),
    "takes over in a default": ("x.js", "function f(«a», b = new1) {}\n", "`new1` on line 1 means something else"),
    "a var through a block": ("x.js", "{\n  let «a»;\n  { var new1; }\n}\n", "`new1` on line 3 means something else"),
    "let in a var's block": ("x.js", "{\n  let new1;\n  { var «a»; }\n}\n", "would mean what line 2 declares"),
    "caught and declared": ("x.js", "try {} catch («a») { let new1; }\n", "is declared already"),
    "a type of that name": ("x.ts", "type new1 = 1;\ntype «A» = 2;\n", "is declared already"),
    "a type parameter of that name": ("x.ts", "type «A» = 2;\nfunction f<new1>(x: A) {}\n", "would mean what line 2"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_known_is_refused_in_words(case: str) -> None:
    path, marked, words = REFUSED[case]
    old, _ = text_of(marked, "")
    assert words in refused(path, old, marked, "new1")


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("x.js", "1a"), ("x.js", "a-b"), ("x.js", ""), ("x.js", "a b"), ("x.js", "class"), ("x.js", "await"),
        ("x.js", "arguments"), ("x.js", "eval"), ("x.js", "undefined"), ("x.js", "#a"), ("x.js", "a\n"), ("x.js", "a"),
    ],
)  # fmt: skip
def test_a_name_that_is_no_name_is_refused(path: str, name: str) -> None:
    assert refused(path, "let a = 1;\n", "let «a» = 1;\n", name)


def test_words_of_types_are_names_of_values_only() -> None:
    assert renamed("x.ts", "let a = 1;\n", "let «a» = 1;\n", name="string") == "let string = 1;\n"
    assert "meaning of its own" in refused("x.ts", "type A = 1;\n", "type «A» = 1;\n", "string")


def test_a_component_cannot_get_the_name_of_a_tag() -> None:
    marked = "const «Box» = 1;\nconst y = <Box/>;\n"
    assert "Begin with a capital letter" in refused("x.jsx", text_of(marked, "")[0], marked, "box")
