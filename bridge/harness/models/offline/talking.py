"""A whole turn: read the words, fulfil the wishes one after the other, ask or say what can be done."""

import re
from dataclasses import dataclass, replace

from bridge.harness.models.offline.acting import Done, perform
from bridge.harness.models.offline.answers import NO, answered
from bridge.harness.models.offline.conversation import Place
from bridge.harness.models.offline.looking import Plan, Scene, look
from bridge.harness.models.offline.memory import Memory, Option, Question, Stop
from bridge.harness.models.offline.outputs import Target
from bridge.harness.models.offline.page import told
from bridge.harness.models.offline.puzzled import about_name, not_understood
from bridge.harness.models.offline.reading import Ambiguous, Partly, Understood, Unknown, read
from bridge.harness.models.offline.telling import places_list, spoken
from bridge.harness.models.offline.wishes import Subject, Wish, said

_NOT = re.compile(r"\b(?:don't|dont|do not|never|not|stop|no|avoid|without|cannot|can't|won't)\b", re.IGNORECASE)
_ASKING = re.compile(
    r"^\W*(?:how|what|why|when|would|should|did|does|is|are|was|were|have|has|who|which)\b", re.IGNORECASE
)
_VALUE = re.compile(
    r"(?:please |just )*(?:(?:with |use |set |a |the )*(?P<default>default)(?: value)?(?: of| to|:| =| is)?"
    r"|(?:they |callers |should )*(?P<value>pass(?:ing)?|value))"
    r" (?P<code>.+?)\.?",
    re.IGNORECASE,
)

_TAKING_BACK = (
    "undo in your editor, in each file that was changed (in Neovim `u`, one step for each accept); under the review"
    " policy *keep*, *Undo* at the hunk. In a terminal there is no undo but version control, such as `git restore -p`,"
    " which asks about each place."
)


@dataclass(frozen=True, slots=True)
class Said:
    """How a turn ends: the last message, and what is remembered."""

    text: str
    memory: Memory


def turn(prompt: str, place: Place | None, memory: Memory, setup: str) -> Plan[Said]:
    """One prompt, to its last message. `setup` says how another model is set up."""
    if memory.question is not None:
        chosen = _answer(memory.question, prompt)
        if chosen is NO:
            return Said("Nothing was changed.", replace(memory, question=None))
        if chosen is not None:
            return (yield from _fulfil(chosen.wishes, Scene(place, replace(memory, question=None)), chosen.target))
    memory = replace(memory, question=None)
    reading = read(prompt)
    if isinstance(reading, Partly | Unknown) and (why := about_name(prompt, memory)):
        return Said(*why)
    match reading:
        case Understood(wishes=wishes) if all(wish.sure or not wish.edits for wish in wishes):
            return (yield from _wishes(wishes, Scene(place, memory), setup))
        case Understood(wishes=wishes):
            return _propose((wishes,), memory)
        case Ambiguous(readings=readings):
            return _propose(readings, memory)
        case Partly():
            return _partly(reading, memory)
        case Unknown():
            return (yield from _unknown(prompt, Scene(place, memory), setup))


def _answer(question: Question, prompt: str) -> Option | None:
    if question.wants == "option":
        return answered(question, prompt)
    option = question.options[0]
    if answered(question, prompt) is NO:
        return NO
    return _with_file(option, prompt) if question.wants == "file" else _with_value(option, prompt)


def _with_file(option: Option, prompt: str) -> Option | None:
    """`basket.py`, `in basket.py` or `all files` answers in which file."""
    for text in (prompt, f"in {prompt}"):
        reading = read(f"organise imports {text}")
        if isinstance(reading, Understood) and len(reading.wishes) == 1 and reading.wishes[0].path:
            wish, *rest = option.wishes
            return replace(option, wishes=(replace(wish, path=reading.wishes[0].path), *rest))
    return None


def _with_value(option: Option, prompt: str) -> Option | None:
    """`default 1` or `pass 0` says what becomes of callers."""
    found = _VALUE.fullmatch(" ".join(prompt.split()))
    if found is None:
        return None
    wish, *rest = option.wishes
    key = "default" if found["default"] else "value"
    if wish.optional and key == "value":
        return None
    code = found["code"].strip("`")
    checked = read(f"add parameter `x = {code}` to f")
    if not isinstance(checked, Understood) or len(checked.wishes) != 1 or checked.wishes[0].spec.default != code:
        return None
    spec = replace(wish.spec, default=code) if key == "default" else replace(wish.spec, value=code)
    return replace(option, wishes=(replace(wish, spec=spec), *rest))


def _propose(readings: tuple[tuple[Wish, ...], ...], memory: Memory) -> Said:
    """It may mean something else: asked first."""
    options = tuple(Option(_sentence(wishes), tuple(wish.surely() for wish in wishes)) for wishes in readings)
    if len(options) == 1:
        return Said(f"Shall I {options[0].label}? (yes/no)", replace(memory, question=Question(options)))
    rows = places_list([option.label for option in options])
    return Said(
        f"I can read that in more than one way:\n{rows}\nAnswer with the number.",
        replace(memory, question=Question(options)),
    )


def _sentence(wishes: tuple[Wish, ...]) -> str:
    return ", then ".join(map(said, wishes))


def _partly(reading: Partly, memory: Memory) -> Said:
    """A request is there, but words around it may change it: never acted on as it is."""
    wish, left = reading.wish.surely(), [f"“{piece}”" for piece in reading.left]
    words = " and ".join(left)
    if reading.left and _NOT.search(reading.left[0]) and reading.left[0] and not _is_tail(reading):
        return Said(
            f"I did nothing. I don't know what to do with {words}. I only take requests such as {spoken(said(wish))}.",
            memory,
        )
    if reading.left and _ASKING.match(reading.left[0]):
        how = "I would look where the name is, and propose each place as a hunk; nothing changes before you accept it."
        text = (
            f"To do it, say: {said(wish)}\n{how}"
            if wish.edits
            else f"I understand only a part of that. You can say: {said(wish)}"
        )
        return Said(f"{text}\nI did nothing so far: I can't answer {words}.", memory)
    text = f"I understand “{said(wish)}”, but not {words}, so I did nothing yet."
    if wish.edits:
        text += " I can't restrict a change: it comes as a whole, and you reject the hunks that you don't want."
    options = (Option(said(wish), (wish,)),)
    return Said(f"{text}\nShall I {said(wish)}, without that? (yes/no)", replace(memory, question=Question(options)))


def _is_tail(reading: Partly) -> bool:
    """Whether all that is left stands behind the request: a restriction, not a prohibition."""
    return len(reading.left) == 1 and not reading.at_start


def _unknown(prompt: str, scene: Scene, setup: str) -> Plan[Said]:
    """Not understood: what could be said instead."""
    at_hand = yield from _at_hand(scene)
    return Said(not_understood(prompt, scene.place, at_hand, setup), scene.memory)


def _at_hand(scene: Scene) -> Plan[Target | None]:
    """What the cursor is on, for examples that fit."""
    place = scene.place
    if place is None or not place.column or place.selects:
        return None
    found = yield from look(path=place.uri, line=place.line, column=place.column)
    return found.definitions[0] if found.definitions else None


def _wishes(wishes: tuple[Wish, ...], scene: Scene, setup: str) -> Plan[Said]:
    first = wishes[0]
    match first.kind:
        case "greeting":
            return Said("Hello. Ask for a refactoring, or say `help`.", scene.memory)
        case "dismissal":
            return Said("Nothing was done.", scene.memory)
        case "help":
            at_hand = yield from _at_hand(scene)
            return Said(f"{told(at_hand.short if at_hand else '')}\n{setup}", scene.memory)
        case "undo":
            return Said(_undo(scene.memory), scene.memory)
        case "again" if scene.memory.last:
            return (yield from _fulfil(scene.memory.last, scene, None))
        case "again":
            return Said("There is nothing yet that I could do again.", scene.memory)
    return (yield from _fulfil(wishes, scene, None))


def _undo(memory: Memory) -> str:
    """What was accepted is the person's text: they undo it."""
    if not memory.edited:
        return f"I have changed nothing in this session. What was changed before you take back yourself: {_TAKING_BACK}"
    text = f"What you accepted is your text now, so you take it back: {_TAKING_BACK}"
    return f"{text} I can propose the old name again: say “rename it back”." if memory.renamed else text


def _fulfil(wishes: tuple[Wish, ...], scene: Scene, target: Target | None) -> Plan[Said]:
    """One after the other, as long as all goes well."""
    texts: list[str] = []
    scene = replace(scene, memory=replace(scene.memory, last=wishes))
    for index, wish in enumerate(wishes):
        rest = wishes[index + 1 :]
        try:
            done = yield from _one(wish, scene, target if index == 0 else None)
        except Stop as stop:
            question = _going_on(stop.question, rest)
            left = "" if question else _not_done(rest)
            texts += [stop.text, *([left] if left else [])]
            return Said("\n".join(texts), replace(scene.memory, question=question))
        texts.append(done.text)
        scene = replace(scene, memory=done.memory, before=done.before or scene.before)
        if done.failed and rest:
            return Said("\n".join([*texts, _not_done(rest)]), scene.memory)
    return Said("\n\n".join(texts), scene.memory)


def _one(wish: Wish, scene: Scene, target: Target | None) -> Plan[Done]:
    match wish.kind:
        case "rename_back":
            wish, target = _back(wish, scene.memory)
    return (yield from perform(wish, scene, target))


def _back(wish: Wish, memory: Memory) -> tuple[Wish, Target]:
    """The rename that takes the last one back. Raises `Stop` where another name is spoken of."""
    if memory.renamed is None:
        raise Stop("I have renamed nothing in this session that I could rename back.")
    target, meant = memory.renamed.target, wish.subject.name
    if meant and meant not in {target.short, target.name, memory.renamed.old}:
        raise Stop(
            f"I have not renamed `{meant}` in this session. Say which name it is to have: `rename {meant} to price`."
        )
    subject = Subject(target.short, path="" if target.kind == "module" else target.path)
    return Wish("rename", subject, new=wish.new or memory.renamed.old), target


def _going_on(question: Question | None, rest: tuple[Wish, ...]) -> Question | None:
    """The answer goes on with what was asked for besides."""
    if question is None:
        return None
    return replace(
        question, options=tuple(replace(option, wishes=(*option.wishes, *rest)) for option in question.options)
    )


def _not_done(rest: tuple[Wish, ...]) -> str:
    return f"So I did not {_sentence(rest)}." if rest else ""
