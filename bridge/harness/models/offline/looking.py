"""Plans that look: from the words for a name to the one place that is meant, or a question.

A plan is a generator: it yields steps and is sent the outputs of their calls. Played again with the same outputs it
comes to the same place, so nothing has to be remembered but the conversation.
"""

import re
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from bridge.harness.models.offline.conversation import Place
from bridge.harness.models.offline.memory import Memory, Option, Question, Step, Stop
from bridge.harness.models.offline.outputs import Looked, Target, looked
from bridge.harness.models.offline.telling import places_list, which_question
from bridge.harness.models.offline.vocabulary import EXTENSIONS
from bridge.harness.models.offline.wishes import Subject, Wish

ResultT = TypeVar("ResultT")
Plan = Generator[Step, tuple[str, ...], ResultT]

MOST_OPTIONS = 9
_KINDS = {
    "function": {"function", "method"},
    "method": {"method", "function"},
    "class": {"class"},
    "variable": {"variable", "attribute", "parameter"},
    "constant": {"variable", "attribute"},
    "attribute": {"attribute", "variable", "method"},
    "parameter": {"parameter", "variable"},
    "module": {"module"},
}
"""What `find_usages` may call what a person calls so."""

_COMMENT = re.compile(r"\s*(?:#|//|/\*|\*|--|;|\"\"\"|$)")
_DEFINES = re.compile(
    r"\s*(?:@.*|(?:export\s+|default\s+|public\s+|async\s+)*(?:def|class|function)\s+(?P<head>[^\W\d]\w*)"
    r"|(?:(?:const|let|var)\s+)?(?P<name>[^\W\d]\w*)\s*(?::[^=]*)?=(?!=))"
)
_NUMBERED = re.compile(r"(\d+)\t(.*)")
_PERHAPS = re.compile(r" Perhaps [^?]*\?$")
"""How the search ends a refusal that has candidates."""

_BELOW = 20
"""Lines below an instruction comment in which what it speaks of is looked for."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What a plan knows: where the person is, what was before, and what this prompt has already dealt with."""

    place: Place | None
    memory: Memory
    before: Target | None = None


def call(tool: str, say: str = "", **args: object) -> Plan[str]:
    """One call; its output."""
    (output,) = yield Step(say, ((tool, args),))
    return output


def look(say: str = "", **args: object) -> Plan[Looked]:
    """Ask `find_usages`."""
    output = yield from call("find_usages", say, **args)
    return looked(output)


def locate(scene: Scene, wish: Wish, say: str) -> Plan[Target]:
    """The definition that a wish's subject means. Raises `Stop` with a question where there are several."""
    subject = wish.subject
    if subject.nth:
        return (yield from again(_listed(scene, subject.nth), say))
    if subject.pronoun:
        return (yield from _pointed(scene, wish, say))
    path = ""
    if subject.path:
        path = yield from file_of(subject.path, scene, wish, say)
        say = ""
    elif scene.place is not None:
        path = scene.place.uri
    if subject.path and not subject.name:
        return Target(path, 1, 1, "module", path.rpartition("/")[2].rpartition(".")[0])
    name = f"{subject.holder}.{subject.name}" if subject.holder else subject.name
    if subject.line and path:
        found = yield from look(say, symbol=subject.name, path=path, line=subject.line)
    else:
        found = yield from look(say, symbol=name, **({"path": path} if path else {}))
    if found.error:
        raise Stop(*unknown(found, wish))
    return (yield from _chosen(scene, wish, found.definitions))


def again(target: Target, say: str = "") -> Plan[Target]:
    """A place that was found before, where it is by now."""
    found = yield from look(say, symbol=target.short, path=target.path)
    same = [one for one in found.definitions if one.name == target.name and one.path == target.path]
    if found.error or not same:
        raise Stop(f"`{target.name}` is not in {target.path} any more.")
    return same[0]


def file_of(said: str, scene: Scene, wish: Wish, say: str = "") -> Plan[str]:
    """The file that a path or a module's name means. Raises `Stop` where it is none, or one of several."""
    files = yield from files_like(said, say)
    if not files:
        raise Stop(f"There is no file {said} in this project.")
    if len(files) == 1 or said in files:
        return said if said in files else files[0]
    mine = [file for file in files if scene.place is not None and scene.place.is_in(file)]
    if len(mine) == 1:
        return mine[0]
    options = [Option(file, (_with_path(wish, said, file),)) for file in files[:MOST_OPTIONS]]
    raise Stop(
        f"Which {said} do you mean?\n{places_list([option.label for option in options])}", Question(tuple(options))
    )


def files_like(said: str, say: str = "") -> Plan[list[str]]:
    """All files that are called so, wherever they are."""
    is_module = "/" not in said and said.rpartition(".")[2] not in EXTENSIONS
    path = f"{said.replace('.', '/')}.py" if is_module else said
    output = yield from call("glob", say, pattern=f"**/{path}")
    rows = [row for row in output.splitlines() if row and not row.startswith(("[", "Error:"))]
    return [row for row in rows if row == path or row.endswith(f"/{path}")]


def _with_path(wish: Wish, said: str, file: str) -> Wish:
    if wish.path == said:
        return replace(wish, path=file)
    if wish.subject.path == said:
        return replace(wish, subject=replace(wish.subject, path=file))
    return replace(wish, to=file)


def _listed(scene: Scene, nth: int) -> Target:
    listed = scene.memory.listed
    if 1 <= nth <= len(listed):
        return listed[nth - 1]
    raise Stop(
        "I have shown no list with that number. Say the name instead."
        if not listed
        else f"My list has {len(listed)} places."
    )


def _pointed(scene: Scene, wish: Wish, say: str) -> Plan[Target]:
    """`it` is what this prompt has dealt with; else what is at the cursor, or what was dealt with last."""
    if scene.before is not None and wish.subject.pronoun == "it":
        return (yield from again(scene.before, say))
    here = yield from _at_cursor(scene, say)
    last = scene.memory.target if wish.subject.pronoun == "it" or scene.place is None else None
    if here.definitions:
        if last is not None and not any(one.name == last.name for one in here.definitions):
            raise Stop(*_which(wish, [here.definitions[0], last]))
        return (yield from _chosen(scene, wish, here.definitions))
    if last is not None:
        return (yield from again(last))
    if scene.place is None:
        raise Stop(f"I can't see where you are, so I don't know what `{_pronoun(wish.subject)}` is. Say its name.")
    raise Stop(f"{here.error} Put the cursor on the name that you mean, or say the name.")


def _pronoun(subject: Subject) -> str:
    return f"{subject.pronoun} {subject.kind}".strip()


def _at_cursor(scene: Scene, say: str) -> Plan[Looked]:
    place = scene.place
    if place is None or not place.line:
        return Looked(error="I don't know where your cursor is.")
    if place.column and not place.selects:
        return (yield from look(say, path=place.uri, line=place.line, column=place.column))
    if place.selects and place.column and place.end == place.line:
        return (yield from look(say, path=place.uri, line=place.line, column=place.column))
    if place.column:
        return Looked(error="More than a name is selected.")
    return (yield from _below(place, say))


def _below(place: Place, say: str) -> Plan[Looked]:
    """An instruction comment speaks of what is defined right below it."""
    output = yield from call("read_file", say, path=place.uri, offset=place.line, limit=_BELOW)
    rows = [(int(found[1]), found[2]) for line in output.splitlines() if (found := _NUMBERED.fullmatch(line))]
    for number, text in rows:
        if _COMMENT.match(text):
            continue
        found = _DEFINES.match(text)
        if found is None:
            break
        for group in ("head", "name"):
            if found[group]:
                return (yield from look(path=place.uri, line=number, column=found.start(group) + 1))
    return Looked(error="No name is defined where you asked.")


def _chosen(scene: Scene, wish: Wish, definitions: Sequence[Target]) -> Plan[Target]:
    """The one that fits: by kind, by file; where the person is wins."""
    subject = wish.subject
    found = _distinct(definitions)
    exact = [one for one in found if one.kind == subject.kind]
    fits = exact or [one for one in found if not subject.kind or one.kind in _KINDS.get(subject.kind, {one.kind})]
    if subject.path and subject.name:
        fits = [one for one in fits if _is_file(one.path, subject.path)]
    if not fits:
        other = ", ".join(f"{one.kind} `{one.name}` in {one.path}" for one in found[:3])
        what = f"{subject.kind or 'definition'} `{subject.name}`".replace(" ``", "")
        where = f" in {subject.path}" if subject.path else ""
        text = f"I found no {what}{where}" + (f", but {other}." if other else ".")
        if len(found) == 1:
            text = f"{text} Do you mean that? (yes/no)"
            raise Stop(text, Question((Option(found[0].name, (wish,), found[0]),)))
        raise Stop(text)
    if len(fits) > 1 and scene.place is not None:
        fits = yield from _nearest(scene.place, fits)
    if len(fits) > 1:
        raise Stop(*_which(wish, fits))
    return fits[0]


def _nearest(place: Place, fits: list[Target]) -> Plan[list[Target]]:
    """What stands at the cursor wins, then what is in the person's file."""
    here = [one for one in fits if place.is_in(one.path)]
    at_line = [one for one in here if one.line == place.line]
    if len(at_line) == 1 or len(here) == 1:
        return at_line if len(at_line) == 1 else here
    if place.line and place.column:
        pointed = yield from look(path=place.uri, line=place.line, column=place.column)
        same = [one for one in fits if any(p.name == one.name and p.path == one.path for p in pointed.definitions)]
        return same if len(same) == 1 else here or fits
    below = [one for one in here if place.line < one.line <= place.line + _BELOW]
    return below[:1] if below and not place.column else here or fits


def _distinct(definitions: Sequence[Target]) -> list[Target]:
    """One for each name: a variable may be assigned in several lines."""
    first: dict[tuple[str, str], Target] = {}
    for one in definitions:
        first.setdefault((one.path, one.name), one)
    return list(first.values())


def _is_file(path: str, said: str) -> bool:
    wanted = said if said.rpartition(".")[2] in EXTENSIONS else f"{said.replace('.', '/')}.py"
    return path == wanted or path.endswith(f"/{wanted}")


def _which(wish: Wish, targets: Sequence[Target]) -> tuple[str, Question]:
    shown = list(targets)[:MOST_OPTIONS]
    options = tuple(Option(one.name, (wish,), one) for one in shown)
    return which_question(shown, len(targets)), Question(options)


def unknown(found: Looked, wish: Wish) -> tuple[str, Question | None]:
    """No such name; what is spelled alike can be chosen, and is not said twice."""
    if not found.definitions:
        return found.error, None
    error = _PERHAPS.sub("", found.error)
    shown = _distinct(found.definitions)[:MOST_OPTIONS]
    options = tuple(Option(one.name, (wish,), one) for one in shown)
    if len(shown) == 1:
        one = shown[0]
        return f"{error}\nDo you mean {one.kind} `{one.name}` in {one.path}? (yes/no)", Question(options)
    return f"{error}\n{which_question(shown, len(shown))}", Question(options)
