"""`harness-bridge doctor`: what is needed, what is here, and how to mend the rest."""

import json
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from bridge import __version__
from bridge.app.doctor import CHECKS, Around, Check, Finding, State, look
from bridge.app.wording import visible
from bridge.surfaces.terminal.doctor_editors import editors, is_worth_a_row
from bridge.surfaces.terminal.doctor_machine import Terminal, machine
from bridge.surfaces.terminal.exits import Exit
from bridge.surfaces.terminal.output import Out, Palette, Style

NARROWEST, WIDEST = 60, 110
"""Columns that rows are wrapped at."""

_STATES: Mapping[State, Style] = {"ok": "good", "warning": "warn", "missing": "dim"}
_MARK = "→ "


@dataclass(frozen=True, slots=True)
class Look:
    """What is asked for. `command` starts this very program."""

    around: Around
    terminal: Terminal
    command: tuple[str, ...]
    as_json: bool = False


async def doctor(wanted: Look, out: Out) -> Exit:
    """Look at everything and print it; ENVIRONMENT where something needed is missing."""
    groups: Mapping[str, Mapping[str, Check]] = {
        "The agent": CHECKS,
        "This machine": machine(wanted.terminal, wanted.command),
        "Editors": editors(wanted.command),
    }
    everything = {name: check for checks in groups.values() for name, check in checks.items()}
    found = {one.name: one for one in await look(everything, wanted.around) if is_worth_a_row(one)}
    lacking = [one for one in found.values() if one.needed and one.state == "missing"]
    if wanted.as_json:
        out.write(_as_json(list(found.values()), not lacking))
    else:
        titled = {title: [found[name] for name in checks if name in found] for title, checks in groups.items()}
        palette = Palette(wanted.terminal.coloured)
        width = min(max(wanted.terminal.columns, NARROWEST), WIDEST) if wanted.terminal.is_one else WIDEST
        out.write("".join(f"{line}\n" for line in _page(titled, palette, width)))
    if lacking or out.broken:
        return Exit.ENVIRONMENT
    return Exit.DONE


def _as_json(found: Sequence[Finding], whole: bool) -> str:
    """`{"version", "ok", "findings": [{"name", "state", "seen", "mend", "needed"}]}`; `ok`: what is needed is here."""
    page = {"version": __version__, "ok": whole, "findings": [asdict(one) for one in found]}
    return json.dumps(page, indent=2) + "\n"


def _page(titled: Mapping[str, Sequence[Finding]], palette: Palette, width: int) -> Iterator[str]:
    found = [one for rows in titled.values() for one in rows]
    named = max(len(one.name) for one in found)
    for title, rows in titled.items():
        yield palette.paint("head", title)
        for one in rows:
            yield from _row(one, named, palette, width)
        yield ""
    yield from _verdict(found, palette)


def _row(one: Finding, named: int, palette: Palette, width: int) -> Iterator[str]:
    """The state, the name and what was seen in columns; below it how to mend it, one line whatever its length."""
    style: Style = "bad" if one.needed and one.state == "missing" else _STATES[one.state]
    indent = 2 + len("missing") + 2 + named + 2
    first, *more = textwrap.wrap(visible(one.seen), width - indent, break_long_words=False, break_on_hyphens=False) or [
        ""
    ]
    yield f"  {palette.paint(style, f'{one.state:<7}')}  {one.name:<{named}}  {first}"
    yield from (" " * indent + line for line in more)
    if one.mend:
        yield " " * indent + palette.paint("key", f"{_MARK}{visible(one.mend)}")


def _verdict(found: Sequence[Finding], palette: Palette) -> Iterator[str]:
    lacking = [one.name for one in found if one.needed and one.state == "missing"]
    better = sum(1 for one in found if one.state == "warning")
    if lacking:
        yield palette.paint("bad", f"Needed, and not here: {', '.join(lacking)}.")
    else:
        yield palette.paint("good", "Everything needed is here.")
    if better:
        yield f"{better} warning{'' if better == 1 else 's'}."
