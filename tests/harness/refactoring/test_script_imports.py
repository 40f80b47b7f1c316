"""The imports of JavaScript and TypeScript in order: what moves, what stays, and what is left out."""

import pytest

from bridge.harness.refactoring.script.imports import organise
from bridge.harness.refactoring.values import Changed, OrganiseImports, Refusal
from tests.harness.refactoring.script_desk import project_with


def organised(path: str, text: str) -> Changed:
    return organise(project_with({path: text}), OrganiseImports(path))


CASES = {
    "packages before files, without regard to case": (
        "x.js",
        "import z from './z';\nimport b from 'b';\nimport A from 'A';\nimport y from '../y';\nuse(z, b, A, y);\n",
        "import A from 'A';\nimport b from 'b';\nimport y from '../y';\nimport z from './z';\nuse(z, b, A, y);\n",
    ),
    "names are sorted": (
        "x.js",
        "import { c, B, a as z, default as d } from 'x';\nuse(c, B, z, d);\n",
        "import { a as z, B, c, default as d } from 'x';\nuse(c, B, z, d);\n",
    ),
    "imports of one module become one": (
        "x.js",
        ("import { b } from 'x';\nimport D from 'x';\nimport * as n from 'x';\nimport { a } from 'x';\n"
        "use(a, b, D, n);\n"),
        "import D, { a, b } from 'x';\nimport * as n from 'x';\nuse(a, b, D, n);\n",
    ),
    "types are merged with types": (
        "x.ts",
        "import type { B } from 'x';\nimport { c } from 'x';\nimport type { A } from 'x';\nlet x: A | B = c;\n",
        "import type { A, B } from 'x';\nimport { c } from 'x';\nlet x: A | B = c;\n",
    ),
    "a type's default stays alone": (
        "x.ts",
        "import type D from 'x';\nimport type { B, A } from 'x';\nlet x: A | B | D;\n",
        "import type D from 'x';\nimport type { A, B } from 'x';\nlet x: A | B | D;\n",
    ),
    "an import for its effects is a border": (
        "x.js",
        ("import c from 'c';\nimport b from 'b';\nimport './setup';\nimport d from 'd';\nimport a from 'a';\n"
        "use(a, b, c, d);\n"),
        ("import b from 'b';\nimport c from 'c';\nimport './setup';\nimport a from 'a';\nimport d from 'd';\n"
        "use(a, b, c, d);\n"),
    ),
    "so is a style sheet": (
        "x.js",
        "import c from 'c';\nimport s from './b.css';\nimport b from 'b';\nimport a from 'a';\nuse(a, b, c, s);\n",
        "import c from 'c';\nimport s from './b.css';\nimport a from 'a';\nimport b from 'b';\nuse(a, b, c, s);\n",
    ),
    "groups stay groups": (
        "x.js",
        "import c from 'c';\nimport b from 'b';\n\nimport a from 'a';\nuse(a, b, c);\n",
        "import b from 'b';\nimport c from 'c';\n\nimport a from 'a';\nuse(a, b, c);\n",
    ),
    "comments go with their import": (
        "x.js",
        ("#!/usr/bin/env node\n// About the file.\nimport c from 'c'; // see c\n// eslint-disable-next-line\n"
        "/* b */\nimport b from 'b';\nuse(b, c);\n"),
        ("#!/usr/bin/env node\n// About the file.\n// eslint-disable-next-line\n/* b */\nimport b from 'b';\n"
        "import c from 'c'; // see c\nuse(b, c);\n"),
    ),
    "a comment about the next line goes with it, on top too": (
        "x.js",
        "// (c) somebody\n// @ts-ignore\nimport c from 'c';\nimport b from 'b';\nuse(b, c);\n",
        "// (c) somebody\nimport b from 'b';\n// @ts-ignore\nimport c from 'c';\nuse(b, c);\n",
    ),
    "an import with a comment is not merged away": (
        "x.js",
        "import { b } from 'x';\n// why a\nimport { a } from 'x';\nimport c from 'c';\nuse(a, b, c);\n",
        "import c from 'c';\nimport { b } from 'x';\n// why a\nimport { a } from 'x';\nuse(a, b, c);\n",
    ),
    "a comment inside keeps it as it is": (
        "x.js",
        "import {\n  b, // first\n  a,\n  unused,\n} from 'x';\nimport c from 'c';\nuse(a, b, c);\n",
        "import c from 'c';\nimport {\n  b, // first\n  a,\n  unused,\n} from 'x';\nuse(a, b, c);\n",
    ),
    "attributes keep it as it is": (
        "x.mjs",
        ("import d from './d.json' with { type: 'json' };\nimport c from 'c';\n"
        "import e from './d.json' with { type: 'json' };\nuse(c, d, e);\n"),
        ("import c from 'c';\nimport d from './d.json' with { type: 'json' };\n"
        "import e from './d.json' with { type: 'json' };\nuse(c, d, e);\n"),
    ),
    "one name a line stays so": (
        "x.js",
        "import {\n    b,\n    a\n} from 'x';\nuse(a, b);\n",
        "import {\n    a,\n    b\n} from 'x';\nuse(a, b);\n",
    ),
    "tight braces, no semicolon": (
        "x.js",
        'import {b, a} from "x"\nuse(a, b)\n',
        'import {a, b} from "x"\nuse(a, b)\n',
    ),
    "unused names go": (
        "x.ts",
        ("import D, { a, B, type C } from 'x';\nimport E, { e } from 'e';\nimport * as n from 'n';\n"
        "import b from 'b';\na(b, E);\n"),
        "import b from 'b';\nimport E from 'e';\nimport { a } from 'x';\na(b, E);\n",
    ),
    "used as a type, in JSX, in an export, in typeof": (
        "x.tsx",
        "import { T, J, x, q, N, U } from 'x';\nexport { x };\nlet t: T, r: typeof q, n: N.M;\nconst j = <J/>;\n",
        "import { J, N, q, T, x } from 'x';\nexport { x };\nlet t: T, r: typeof q, n: N.M;\nconst j = <J/>;\n",
    ),
    "React is used by JSX": (
        "x.jsx",
        "import { useState } from 'react';\nimport React from 'react';\nexport const x = <p/>;\n",
        "import React from 'react';\nexport const x = <p/>;\n",
    ),
    "a name that is only hidden by another is unused": (
        "x.js",
        "import { a, b } from 'x';\nexport function f(a) { return a + b.a; }\n",
        "import { b } from 'x';\nexport function f(a) { return a + b.a; }\n",
    ),
    "a type in JSDoc is used": (
        "x.js",
        "import { b, A, c } from 'x';\n/** @param {A} x */\nexport function f(x) { return b; }\n",
        "import { A, b } from 'x';\n/** @param {A} x */\nexport function f(x) { return b; }\n",
    ),
    "with eval nothing is known to be unused": (
        "x.js",
        "import { b, a } from 'x';\neval(s);\n",
        "import { a, b } from 'x';\neval(s);\n",
    ),
    "a module stays one": (
        "x.ts",
        "import { b, a } from 'x';\nconst c = 1;\n",
        "import { a, b } from 'x';\nconst c = 1;\n",
    ),
    "a group that is gone takes its blank line along": (
        "x.js",
        "import a from 'a';\n\nimport b from 'b';\n\na();\n",
        "import a from 'a';\n\na();\n",
    ),
    "windows, and a file without an end": (
        "x.js",
        "import {\r\n  b,\r\n  a,\r\n} from 'x';\r\nimport c from 'c';\r\nexport { a, b, c };",
        "import c from 'c';\r\nimport {\r\n  a,\r\n  b,\r\n} from 'x';\r\nexport { a, b, c };",
    ),
    "a directive comes first": (
        "x.js",
        "'use client';\nimport b from 'b';\nimport a from 'a';\nuse(a, b);\n",
        "'use client';\nimport a from 'a';\nimport b from 'b';\nuse(a, b);\n",
    ),
    "two on a line stay": (
        "x.js",
        ("import c from 'c';\nimport z from 'z'; import y from 'y';\nimport b from 'b';\nimport a from 'a';\n"
        "use(a, b, c, y, z);\n"),
        ("import c from 'c';\nimport z from 'z'; import y from 'y';\nimport a from 'a';\nimport b from 'b';\n"
        "use(a, b, c, y, z);\n"),
    ),
    "require stays": (
        "x.ts",
        "import b from 'b';\nimport r = require('r');\nimport c, { type B, A } from 'a';\nuse(A, b, c, r as B);\n",
        "import b from 'b';\nimport r = require('r');\nimport c, { A, type B } from 'a';\nuse(A, b, c, r as B);\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_imports_are_put_in_order_and_stay_so(case: str) -> None:
    path, old, new = CASES[case]
    assert organised(path, old).files[0].new == new
    with pytest.raises(Refusal, match="in order already"):
        organised(path, new)


def test_a_list_that_gets_too_long_by_merging_is_written_one_a_line() -> None:
    names = [f"a_rather_long_name_{number}" for number in range(6)]
    first, second = ", ".join(names[:3]), ", ".join(names[3:])
    old = f"import {{ {second} }} from 'x';\nimport {{ {first} }} from 'x';\nuse({first}, {second});\n"
    new = organised("x.js", old).files[0].new
    assert new == "import {\n" + "".join(f"  {name},\n" for name in names) + f"}} from 'x';\nuse({first}, {second});\n"
    with pytest.raises(Refusal, match="in order already"):
        organised("x.js", new)


def test_what_was_taken_out_is_said() -> None:
    changed = organised("x.js", "import { a, b } from 'x';\nimport c from 'c';\nexport default a;\n")
    assert changed.remarks[0] == "Not used, taken out: `b`, `c`."
    assert changed.remarks[1].startswith('No longer imported: "c".')


def test_a_broken_file_and_one_without_imports_are_refused() -> None:
    with pytest.raises(Refusal, match=r"does not parse \(line 2\)"):
        organised("x.js", "import { b, a } from 'x';\nlet = = 1;\n")
    with pytest.raises(Refusal, match="no imports"):
        organised("x.js", "const a = require('a');\n")
