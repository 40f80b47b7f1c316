"""Random programs: a rename changes nothing that can be seen when they run, and can be taken back byte by byte."""

import json
import random
import shutil
import subprocess
from collections.abc import Sequence

import pytest

from bridge.harness.refactoring.project import SourceFile
from bridge.harness.refactoring.script.analysis import Analysis
from bridge.harness.refactoring.script.rename import rename
from bridge.harness.refactoring.values import Point, Refusal, Rename, Symbol
from bridge.harness.values.text import Sha
from tests.harness.refactoring.script_desk import project_with
from tests.harness.refactoring.script_programs import NAMES, Programs

NEW_NAMES = (*NAMES, "fresh", "say", "k", "$x", "été")
NODE = shutil.which("node")

# Each program runs in a context of its own, with nothing to see but `say`. What is told of a function or an object is
# its kind: source text and property names of a function would name what was renamed.
RUN = """
const vm = require('node:vm');
const kind = (value) => typeof value === 'function' ? 'function' : String(value);
const told = (value) => value === null || typeof value !== 'object' ? kind(value)
  : '{' + Object.keys(value).map((key) => key + ':' + typeof value[key]).join() + '}';
const run = (source) => {
  const output = [];
  const say = (...values) => { output.push(values.map(told).join(' ')); return values[0]; };
  try { vm.runInNewContext(source, { say }, { timeout: 1000 }); } catch (error) { output.push(error.name); }
  return output;
};
let text = '';
process.stdin.on('data', (part) => { text += part; });
process.stdin.on('end', () => console.log(JSON.stringify(JSON.parse(text).map(run))));
"""

SMALL = {
    "hoisting": (
        "say(typeof f, v); var v = 1; function f() { return v; } { function g() { return f(); } "
        "say(g()); } say(v);\n"
    ),
    "closures in loops": (
        "const fs = []; for (let i = 0; i < 3; i++) fs.push(() => i); for (var j of fs) say(j()); "
        "say(typeof j);\n"
    ),
    "destructuring": (
        "const { x, y: { z = x } = {}, ...rest } = { x: 1, w: 2 }; let q; ({ x: q } = { x }); say(x, z, "
        "rest, q, { x, z });\n"
    ),
    "defaults": "let n = 1; function f(m = n, g = () => m) { var n = 2; m = 3; return g() + n; } say(f(), f(5));\n",
    "classes": (
        "class P { static made = 0; constructor(v) { P.made++; this.v = v; } } class Q extends P { get "
        "w() { return new P(this.v).v; } } say(new Q(4).w, P.made);\n"
    ),
    "recursion": (
        "const fact = function self(n) { return n < 2 ? 1 : n * self(n - 1); }; say(fact(5)); const tag "
        "= (s, ...v) => s.raw + v; say(tag`a${fact(3)}b`);\n"
    ),
    "labels and switch": (
        "let s = 0; s: for (const i of [1, 2, 3]) { switch (i) { case 2: let s1 = i; continue s; "
        "default: s += i; } } say(s);\n"
    ),
    "caught": (
        "try { throw { code: 7 }; } catch ({ code, text = code }) { say(code, text); } try { null.x; } "
        "catch (e) { let m = e.name; say(m); }\n"
    ),
    "generators": (
        "function* count(to) { for (let i = 0; i < to; i++) yield i; } const all = [...count(3)]; const "
        "[first, , third = first] = all; say(first, third);\n"
    ),
}  # fmt: skip


def every_rename(text: str, names: Sequence[str]) -> list[tuple[str, str, str]]:
    """For every binding and every new name that is not refused: the new text, the old name, the new name."""
    analysis = Analysis(SourceFile("x.js", text, Sha("")))
    return [
        (new, binding.name, name)
        for binding in analysis.bindings
        for name in names
        if (new := renamed(text, analysis.source.point(binding.sites[0].node.start_byte), name)) is not None
    ]


def taken_back(text: str, name: str, was: str) -> set[str | None]:
    """What becomes of the text when one of the bindings of that name is renamed back."""
    analysis = Analysis(SourceFile("x.js", text, Sha("")))
    named = [binding for binding in analysis.bindings if binding.name == name]
    return {renamed(text, analysis.source.point(binding.sites[0].node.start_byte), was) for binding in named}


def renamed(text: str, at: Point, name: str) -> str | None:
    """The new text; None where it is refused."""
    try:
        return rename(project_with({"x.js": text}), Rename(Symbol("x.js", at), name)).files[0].new
    except Refusal:
        return None


def outputs(programs: list[str]) -> list[list[str]]:
    """What each prints, by one process of Node."""
    assert NODE is not None
    done = subprocess.run(
        [NODE, "-e", RUN], input=json.dumps(programs), capture_output=True, text=True, timeout=50, check=True
    )
    result: list[list[str]] = json.loads(done.stdout)
    return result


def programs(count: int) -> list[str]:
    """Different ones, always the same."""
    return [Programs(random.Random(seed)).program() for seed in range(count)]


@pytest.mark.parametrize("text", [*programs(5), *SMALL.values()], ids=lambda text: f"{len(text)} characters")
def test_a_rename_can_be_taken_back(text: str) -> None:
    made = every_rename(text, ("a", "fresh"))
    assert made
    for new, was, name in made:
        assert text in taken_back(new, name, was), f"{was} to {name} in\n{text}"


@pytest.mark.skipif(NODE is None, reason="node is not on the path: what programs print is not compared")
def test_no_rename_changes_what_a_random_program_prints() -> None:
    pairs = [
        (text, new)
        for seed, text in enumerate(programs(16))
        for new, _, _ in every_rename(text, random.Random(seed).sample(NEW_NAMES, 2))
    ]
    assert len(pairs) > 100
    assert_same_output(pairs)


@pytest.mark.skipif(NODE is None, reason="node is not on the path: what programs print is not compared")
@pytest.mark.parametrize("name", SMALL)
def test_no_rename_changes_what_a_small_program_prints(name: str) -> None:
    pairs = [(SMALL[name], new) for new, _, _ in every_rename(SMALL[name], ("fresh", "x", "n", "v"))]
    assert pairs
    assert outputs([SMALL[name]])[0][-1:] not in ([], ["SyntaxError"], ["ReferenceError"])
    assert_same_output(pairs)


def assert_same_output(pairs: list[tuple[str, str]]) -> None:
    old, new = outputs([old for old, _ in pairs]), outputs([new for _, new in pairs])
    for (before, after), first, second in zip(pairs, old, new, strict=True):
        assert first == second, f"{before}\nbecame\n{after}"
