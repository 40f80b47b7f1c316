"""The demo's project: small, made up, and the same for the same seed. With the change that the scripted model wants."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

THEMES = (
    ("orchard", "crate", "weight", "kg"),
    ("harbour", "barge", "load", "t"),
    ("library", "volume", "pages", "pages"),
    ("bakery", "tray", "loaves", "loaves"),
    ("observatory", "plate", "exposure", "s"),
    ("greenhouse", "bed", "harvest", "kg"),
    ("workshop", "panel", "area", "m²"),
    ("aquarium", "tank", "volume", "l"),
)
TOTALS = ("total", "overall", "sum_of")
LARGEST = ("largest", "biggest", "top")
AVERAGES = ("average", "mean", "typical")
REPORTS = ("report", "summary", "overview")
PEOPLE = ("Ada", "Grace", "Mary", "Alan", "Barbara")
SIGNS = ("🍏", "🚢", "📚", "🥖", "🔭")


@dataclass(frozen=True, slots=True)
class Change:
    """One hunk that the model will propose: in `path`, the lines `old` after `anchor` become `new`. All end in \\n."""

    path: str
    anchor: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Sample:
    """A project. `files` are the bytes on disk by path; in `opened` the person has typed `typed` before line `at`.

    `crlf` names the files with Windows line ends; the changes are written with \\n all the same.
    """

    name: str
    files: Mapping[str, bytes]
    crlf: frozenset[str]
    opened: str
    typed: str
    at: int
    changes: tuple[Change, ...]
    prompt: str
    script: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Names:
    package: str
    thing: str
    amount: str
    unit: str
    total: str
    largest: str
    average: str
    report: str

    @property
    def things(self) -> str:
        return self.thing + "s"

    @property
    def core(self) -> str:
        return f"{self.package}/{self.things}.py"

    @property
    def other(self) -> str:
        return f"{self.package}/{self.report}.py"


def make_sample(seed: int) -> Sample:
    """The sample of a seed."""
    chance = random.Random(seed)
    package, thing, amount, unit = chance.choice(THEMES)
    names = _Names(
        package,
        thing,
        amount,
        unit,
        chance.choice(TOTALS),
        chance.choice(LARGEST),
        chance.choice(AVERAGES),
        chance.choice(REPORTS),
    )
    texts = {
        "README.md": f"# {package}\n\nKeeps the {names.things} of a small {package}, and says what they come to.\n",
        f"{package}/__init__.py": f'"""The {package}."""\n',
        names.core: _core(names),
        names.other: _report(names),
        f"tests/test_{names.things}.py": _tests(names),
    }
    crlf = frozenset({names.other} if chance.random() < 0.5 else ())
    changes = (*_core_changes(names), *_report_changes(names))
    note = f"# {chance.choice(SIGNS)} {unit} are measured, not guessed: ask {chance.choice(PEOPLE)} first.\n\n"
    return Sample(
        name=package,
        files={path: (text.replace("\n", "\r\n") if path in crlf else text).encode() for path, text in texts.items()},
        crlf=crlf,
        opened=names.core,
        typed=note,
        at=4,
        changes=changes,
        prompt=f"Simplify {names.core} and {names.other}, and let an empty list of {names.things} be no error.",
        script=_script(names, changes),
    )


def _core(n: _Names) -> str:
    return f'''"""The {n.things} of the {n.package}."""

from dataclasses import dataclass


@dataclass(frozen=True)
class {n.thing.title()}:
    """One {n.thing}."""

    name: str
    {n.amount}: float


def {n.total}({n.things}: list[{n.thing.title()}]) -> float:
    """What all of them come to, in {n.unit}."""
    result = 0
    for {n.thing} in {n.things}:
        result += {n.thing}.{n.amount}
    return result


def {n.largest}({n.things}: list[{n.thing.title()}]) -> {n.thing.title()}:
    """The one with the most."""
    return sorted({n.things}, key=lambda {n.thing}: {n.thing}.{n.amount})[-1]


def {n.average}({n.things}: list[{n.thing.title()}]) -> float:
    """What one of them has, on average."""
    return {n.total}({n.things}) / len({n.things})
'''


def _report(n: _Names) -> str:
    return f'''"""The {n.things} in words."""

from {n.package}.{n.things} import {n.thing.title()}, {n.average}, {n.largest}


def names({n.things}: list[{n.thing.title()}]) -> str:
    """All of them, one after another."""
    text = ""
    for {n.thing} in {n.things}:
        text += {n.thing}.name + ", "
    return text[:-2]


def headline({n.things}: list[{n.thing.title()}]) -> str:
    """One line that says it all."""
    best = {n.largest}({n.things})
    return best.name + " leads"


def details({n.things}: list[{n.thing.title()}]) -> str:
    """The figures."""
    return "{{:.1f}} {n.unit} each".format({n.average}({n.things}))
'''


def _tests(n: _Names) -> str:
    return f"""from {n.package}.{n.things} import {n.thing.title()}, {n.total}


def test_the_{n.total}_of_two() -> None:
    assert {n.total}([{n.thing.title()}("one", 1.0), {n.thing.title()}("two", 2.0)]) == 3.0
"""


def _core_changes(n: _Names) -> tuple[Change, ...]:
    loop = (
        f"    result = 0\n    for {n.thing} in {n.things}:\n        result += {n.thing}.{n.amount}\n    return result\n"
    )
    key = f"key=lambda {n.thing}: {n.thing}.{n.amount}"
    mean = f"    return {n.total}({n.things}) / len({n.things})"
    return (
        Change(n.core, "", loop, f"    return sum({n.thing}.{n.amount} for {n.thing} in {n.things})\n"),
        Change(n.core, "", f"    return sorted({n.things}, {key})[-1]\n", f"    return max({n.things}, {key})\n"),
        Change(n.core, "", f"{mean}\n", f"{mean} if {n.things} else 0.0\n"),
    )


def _report_changes(n: _Names) -> tuple[Change, ...]:
    each = f"    for {n.thing} in {n.things}:\n"
    loop = f'    text = ""\n{each}        text += {n.thing}.name + ", "\n    return text[:-2]\n'
    anchor = '    """One line that says it all."""\n'
    figures = f'    return "{{:.1f}} {n.unit} each".format({n.average}({n.things}))\n'
    return (
        Change(n.other, "", loop, f'    return ", ".join({n.thing}.name for {n.thing} in {n.things})\n'),
        Change(n.other, anchor, "", f'    if not {n.things}:\n        return "no {n.things} at all"\n'),
        Change(n.other, "", figures, f'    return f"{{{n.average}({n.things}):.1f}} {n.unit} each"\n'),
    )


def _script(n: _Names, changes: Sequence[Change]) -> Mapping[str, Any]:
    """What the scripted model does: look, change one file, hear what became of it, change the other."""
    steps = [
        {
            "say": "I look where the figures come from.",
            "calls": [{"tool": "grep", "args": {"pattern": f"{n.total}|{n.average}", "path": "."}}],
        },
        {
            "say": f"{n.core} holds them and {n.other} puts them into words. I read both.",
            "calls": [{"tool": "read_file", "args": {"path": n.core}}],
        },
        # A step of its own: calls of one step run beside each other, and end in any order.
        {"calls": [{"tool": "read_file", "args": {"path": n.other}}]},
        {
            "say": f"First {n.core}: built-ins instead of loops, and an average that can take an empty list.",
            "calls": [_edit(n.core, changes)],
        },
        {
            "say": f"This is what I was told:\n{{last_output}}\nNow {n.other}.",
            "calls": [_edit(n.other, changes)],
        },
        {"say": "Done. This is what became of the second file:\n{last_output}\nWhat you rejected stands as it was."},
    ]
    return {"turns": [{"steps": steps}]}


def _edit(path: str, changes: Sequence[Change]) -> Mapping[str, Any]:
    edits = [
        {"old_text": one.anchor + one.old, "new_text": one.anchor + one.new} for one in changes if one.path == path
    ]
    return {"tool": "edit_file", "args": {"path": path, "edits": edits}}
