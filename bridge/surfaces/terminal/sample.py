"""The demo's project: small, made up, and the same for the same seed. With a function that is to be renamed.

Where the function is used is known from the making. Nobody who looks at code is asked.
"""

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bridge.surfaces.terminal.sample_texts import ENDS, TEXTS, TYPED

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
NAMES: Mapping[str, tuple[str, ...]] = {
    "total": ("total_{amount}", "sum_of_{amount}", "overall_{amount}", "{amount}_in_all"),
    "largest": ("largest_{thing}", "biggest_{thing}", "leading_{thing}", "top_{thing}"),
    "average": ("average_{amount}", "mean_{amount}", "typical_{amount}", "usual_{amount}"),
}
"""The functions, and what each may be called."""

PEOPLE = ("Ada", "Grace", "Mary", "Alan", "Barbara")
SIGNS = ("🍏", "🚢", "📚", "🥖", "🔭")
PROMPTS = (
    "Rename `{old}` to `{new}`",
    "rename {old} to {new}",
    "Rename the function {old} to {new} everywhere",
    "please rename `{old}` to `{new}` in all files",
)

Kind = Literal["code", "export", "comment", "docstring"]
"""`export`: in `__all__`."""

_MARK = re.compile(r"<<(\w+)(?::(\w+))?>>")
_HERE = re.compile(r"^ *<<here>>\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the function is named, in the text with the typed line. `line` and `column` from 0, in characters."""

    path: str
    line: int
    column: int
    kind: Kind

    @property
    def runs(self) -> bool:
        """Whether the program needs it to be right."""
        return self.kind in ("code", "export")


@dataclass(frozen=True, slots=True)
class Sample:
    """A project. `files` are the bytes on disk by path; in `opened` a person has typed `typed` before line `at`.

    `function` is to become `wanted`, at `places`. `crlf` is the file with Windows line ends. In `lookalike` a local
    variable has the function's name.
    """

    name: str
    files: Mapping[str, bytes]
    crlf: str
    opened: str
    typed: str
    at: int
    function: str
    wanted: str
    places: tuple[Place, ...]
    lookalike: str
    prompt: str


def make_sample(seed: int) -> Sample:
    """The sample of a seed."""
    chance = random.Random(seed)
    words, wanted = _words(chance)
    paths = {template: _fill(template, words) for template in TEXTS}
    opened = chance.choice(sorted(TYPED))
    crlf = paths[chance.choice(ENDS)]
    rendered = _Rendered(words, crlf)
    files = {
        path: rendered.text(path, _HERE.sub("", TEXTS[template])).encode()
        for template, path in paths.items()
        if template != opened
    }
    typed, at = rendered.open_file(paths[opened], TEXTS[opened], TYPED[opened], files)
    return Sample(
        name=words["package"],
        files={paths[template]: files[paths[template]] for template in TEXTS},
        crlf=crlf,
        opened=paths[opened],
        typed=typed,
        at=at,
        function=words["it"],
        wanted=wanted,
        places=tuple(sorted(rendered.places, key=lambda place: (place.path, place.line, place.column))),
        lookalike=paths["<<package>>/<<things>>.py"],
        prompt=chance.choice(PROMPTS).format(old=words["it"], new=wanted),
    )


def _words(chance: random.Random) -> tuple[dict[str, str], str]:
    """What stands for each mark, and the function's new name."""
    package, thing, amount, unit = chance.choice(THEMES)
    chosen = {
        role: [name.format(thing=thing, amount=amount) for name in chance.sample(names, 2)]
        for role, names in NAMES.items()
    }
    old, new = chosen[chance.choice(sorted(chosen))]
    theme = {"package": package, "thing": thing, "things": f"{thing}s", "Thing": thing.title()}
    rest = {"amount": amount, "unit": unit, "person": chance.choice(PEOPLE), "sign": chance.choice(SIGNS)}
    return theme | rest | {role: names[0] for role, names in chosen.items()} | {"it": old, "same": old}, new


def _fill(template: str, words: Mapping[str, str]) -> str:
    return _MARK.sub(lambda mark: words[mark[1]], template)


class _Rendered:
    """Texts made of templates, and the places that are met on the way."""

    def __init__(self, words: Mapping[str, str], crlf: str) -> None:
        self.places: list[Place] = []
        self._words = words
        self._crlf = crlf

    def text(self, path: str, template: str) -> str:
        """The file's text, with its line ends; its places are noted."""
        lines = [self._line(path, number, line) for number, line in enumerate(template.split("\n"))]
        return ("\r\n" if path == self._crlf else "\n").join(lines)

    def open_file(self, path: str, template: str, typed: str, files: dict[str, bytes]) -> tuple[str, int]:
        """The file as it is on disk goes to `files`. The answer: what was typed, and before which line."""
        lines = self.text(path, template.replace("<<here>>", typed)).splitlines(keepends=True)
        at = next(number for number, line in enumerate(template.split("\n")) if "<<here>>" in line)
        files[path] = "".join(lines[:at] + lines[at + 1 :]).encode()
        return lines[at], at

    def _line(self, path: str, number: int, template: str) -> str:
        done, after = "", 0
        for mark in _MARK.finditer(template):
            done += template[after : mark.start()]
            word = self._words[mark[1]]
            if word == self._words["it"] and mark[1] != "same":
                self.places.append(Place(path, number, len(done), _kind(mark[2])))
            done, after = done + word, mark.end()
        return done + template[after:]


def _kind(name: str | None) -> Kind:
    match name:
        case "export" | "comment" | "docstring":
            return name
        case _:
            return "code"
