"""What should have become of hunks, judged by the identity of lines: where each belongs, what may be said of it.

It shares nothing with the code that moves hunks. A hunk is bound to the very lines that stood under it when it was
proposed. Those lines, unchanged and together, are its place. Where they are gone and the same text stands again, once,
between what was above and what was below, the person has put it back: that is its place from then on. An insertion
belongs between what was above and what was below.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations, product
from typing import Any

from tests.support.nvim_history import AgentEdit, History, State, Unfollowed

Row = Mapping[str, Any]

NEAR = 6
"""Lines that are shown around a fault."""


@dataclass(frozen=True)
class Bound:
    """A hunk, and the lines of its base by identity: `above`, its own, `below`.

    `news`: its new lines; two readings where the last line of a text has no end, and the text may have got one since.
    """

    id: str
    base: State
    old: tuple[str, ...]
    news: tuple[tuple[str, ...], ...]
    above: tuple[int, ...]
    own: tuple[int, ...]
    below: tuple[int, ...]

    def __str__(self) -> str:
        around = f"after {self.above[-3:]}, before {self.below[:3]}"
        return f"hunk {self.id}: {self.old} (lines {self.own}, {around}) become {self.news}"

    def places(self, state: State) -> list[tuple[int, int]]:
        """The lines [start, end) where it may go; none where it must not be written."""
        at = {id_: line for line, id_ in enumerate(state.ids)}
        standing = [at[id_] for id_ in self.own if id_ in at]
        if self.own and len(standing) == len(self.own):
            start, end = standing[0], standing[0] + len(standing)
            whole = standing == list(range(start, end)) and state.lines[start:end] == self.old
            return [(start, end)] if whole else []
        low, high = self._between(at, len(state.ids))
        if not self.own:
            return [(line, line) for line in range(low, high + 1)]
        again = [line for line in range(low, high - len(self.own) + 1) if self._stands_again(state, line)]
        return [(again[0], again[0] + len(self.own))] if len(again) == 1 else []

    def followed(self, states: Iterable[State]) -> "Bound":
        """The hunk after these states: where its lines were gone, and its old text stood again, it is those lines."""
        one = self
        for state in states:
            if one.own and not set(one.own).issubset(state.ids):
                one = one._bound_again(state)
        return one

    def _bound_again(self, state: State) -> "Bound":
        ids = state.ids
        low, high = self._between({id_: line for line, id_ in enumerate(ids)}, len(ids))
        places = self.places(state) or ([(low, high)] if state.lines[low:high] == self.old else [])
        for start, end in places:
            return replace(self, above=ids[:start], own=ids[start:end], below=ids[end:])
        return self

    def is_made(self, state: State) -> bool:
        """Whether what it wants stands between what was above and below, and its own lines do not."""
        at = {id_: line for line, id_ in enumerate(state.ids)}
        low, high = self._between(at, len(state.ids))
        stands = any(
            state.lines[line : line + len(new)] == new for new in self.news for line in range(low, high - len(new) + 1)
        )
        return stands and not (self.own and self.places(state))

    def _stands_again(self, state: State, line: int) -> bool:
        """Whether its old text stands here, with those of its lines that are left where they belong in it."""
        part = slice(line, line + len(self.own))
        ids = state.ids[part]
        left = all(id_ in (found, None) for id_, found in zip(self._left(state), ids, strict=True))
        return state.lines[part] == self.old and left

    def _left(self, state: State) -> list[int | None]:
        return [id_ if id_ in state.ids else None for id_ in self.own]

    def _between(self, at: Mapping[int, int], count: int) -> tuple[int, int]:
        low = max((at[id_] + 1 for id_ in self.above if id_ in at), default=0)
        high = min((at[id_] for id_ in self.below if id_ in at), default=count)
        return low, high


@dataclass
class Told:
    """What the log says of a hunk."""

    verdict: str = ""
    placement: str = ""
    cause: str = ""
    stale: bool = False


@dataclass
class Account:
    """Figures of many runs. `wrong` are the faults: texts lost, edits misplaced, things said that are not so.

    `detected`: edits that landed where no hunk belongs, of a file in which a hunk is said to be unverified.
    """

    runs: int = 0
    unfollowed: int = 0
    detected: int = 0
    changes: int = 0
    edits: int = 0
    told: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        hunks = ", ".join(f"{word} {count}" for word, count in sorted(self.told.items()))
        return (
            f"{self.runs} interleavings ({self.unfollowed} not followed), {self.changes} changes of the text, "
            f"{self.edits} edits of the agent's; {self.told.total()} hunks: {hunks}; "
            f"misplaced and said so: {self.detected}; wrong: {len(self.wrong)}"
        )

    def add(self, other: "Account") -> None:
        """Count another's too."""
        self.runs += other.runs
        self.unfollowed += other.unfollowed
        self.detected += other.detected
        self.changes += other.changes
        self.edits += other.edits
        self.told += other.told
        self.wrong += other.wrong


def judge(history: History, records: Sequence[Row], uri: str) -> Account:
    """Compare what the journal shows with what the log says of one file. Raises `Unfollowed`."""
    account = Account(runs=1, changes=history.changes, edits=len(history.agent))
    bound = _bind(history, records, uri, account)
    told = _fold(records)
    made: dict[str, list[AgentEdit]] = {id_: [] for id_ in bound}
    for edit in history.agent:
        accepted = [one for id_, one in bound.items() if told[id_].verdict == "accepted"]
        followed = [one.followed(_between(one.base, edit.before, history)) for one in accepted]
        chosen = _explain(edit, accepted) or _explain(edit, followed)
        doubted = [one for one in bound.values() if told[one.id].placement == "unverified"]
        if chosen is None and doubted:
            account.detected += 1
        elif chosen is None:
            account.wrong.append(_misplaced(edit, bound.values()))
        for one in chosen or ():
            made[one.id].append(edit)
    for one in bound.values():
        word, fault = _verdict(one, told[one.id], made[one.id], history)
        account.told[word] += 1
        account.wrong += [f"{fault}: {one}, {told[one.id]}"] if fault else []
    return account


def _bind(history: History, records: Sequence[Row], uri: str, account: Account) -> dict[str, Bound]:
    """Each hunk with the lines that it was proposed for, found by the document version that it was computed on."""
    bound = {}
    for row in records:
        if row["kind"] != "Proposed":
            continue
        versions = {
            file["id"]: file["base"]["version"] for file in row["data"]["proposal"]["files"] if file["uri"] == uri
        }
        for hunk in row["data"]["hunks"]:
            if hunk["file"] not in versions:
                continue
            version, span = versions[hunk["file"]], hunk["span"]
            base = history.first if version < min(history.by_tick) else history.by_tick.get(version)
            if base is None:
                raise Unfollowed
            one = _bound(hunk, base, span["start"], span["end"])
            if base.lines[span["start"] : span["end"]] != one.old:
                if any(state.lines[-1] == "" for state in history.states):
                    raise Unfollowed  # Neovim does not tell that an empty last line was deleted
                account.wrong.append(f"version {version} of the text was another: {one}")
            bound[one.id] = one
    return bound


def _bound(hunk: Row, base: State, start: int, end: int) -> Bound:
    news = [_lines(hunk["new"])]
    if hunk["old"] and not hunk["old"].endswith("\n"):
        news.append(tuple(row.removesuffix("\r") for row in hunk["new"].split("\n")))
    return Bound(
        hunk["id"], base, _lines(hunk["old"]), tuple(news), base.ids[:start], base.ids[start:end], base.ids[end:]
    )


def _lines(text: str) -> tuple[str, ...]:
    rows = text.split("\n")
    return tuple(row.removesuffix("\r") for row in (rows if rows[-1] else rows[:-1]))


def _fold(records: Sequence[Row]) -> Mapping[str, Told]:
    """What is said last of each hunk. Records of hunks from before, whose files are closed, are none of these."""
    told: dict[str, Told] = {}
    for row in records:
        data = row["data"]
        match row["kind"]:
            case "Proposed":
                told.update({hunk["id"]: Told() for hunk in data["hunks"]})
            case "Decided" if data["hunk"] in told:
                told[data["hunk"]].verdict = data["decision"]["verdict"]
            case "Placed" if data["hunk"] in told:
                told[data["hunk"]].placement, told[data["hunk"]].cause = data["placement"], data["cause"]
            case "HunkStale" | "HunkFresh" if data["hunk"] in told:
                told[data["hunk"]].stale = row["kind"] == "HunkStale"
    return told


def _explain(edit: AgentEdit, accepted: Sequence[Bound]) -> tuple[Bound, ...] | None:
    """The hunks whose places, and nothing else, were changed to their new lines."""
    able = [(one, places) for one in accepted if (places := one.places(edit.before))]
    for chosen in combinations(able, edit.edits):
        hunks = tuple(one for one, _ in chosen)
        ways = (product(places, one.news) for one, places in chosen)
        if any(_with(edit.before, writes) == edit.after.lines for writes in product(*ways)):
            return hunks
    return None


def _with(state: State, writes: Sequence[tuple[tuple[int, int], tuple[str, ...]]]) -> tuple[str, ...]:
    lines = list(state.lines)
    for (start, end), new in sorted(writes, reverse=True):
        lines[start:end] = new
        if start == end and state.lines == ("",):
            lines.remove("")  # a buffer without text has one empty line, that is no line of its text
    return tuple(lines)


def _misplaced(edit: AgentEdit, bound: Iterable[Bound]) -> str:
    own = {id_ for one in bound for id_ in one.own}
    lost = [
        line
        for line, id_ in zip(edit.before.lines, edit.before.ids, strict=True)
        if id_ not in own and line not in edit.after.lines
    ]
    return f"an edit on a wrong line{f', and {lost} lost' if lost else ''}: {_shown(edit)}; {[*map(str, bound)]}"


def _shown(edit: AgentEdit) -> str:
    """The lines around what differs, each with its identity."""
    before, after = edit.before.lines, edit.after.lines
    size = min(len(before), len(after))
    start = next((at for at in range(size) if before[at] != after[at]), size)
    end = next((at for at in range(size - start) if before[-1 - at] != after[-1 - at]), size - start)
    views = []
    for state in (edit.before, edit.after):
        part = slice(max(start - NEAR, 0), len(state.lines) - end + NEAR)
        views.append(" ".join(f"{line}:{id_}" for line, id_ in zip(state.lines[part], state.ids[part], strict=True)))
    return f"at line {start}, {views[0]} -> {views[1]}"


def _verdict(one: Bound, told: Told, made: Sequence[AgentEdit], history: History) -> tuple[str, str]:
    """What became of a hunk in a word, and what is wrong with what is said of it."""
    if told.verdict != "accepted":
        return told.verdict or "undecided", "written though it was not accepted" if made else ""
    word = "stale" if told.stale and told.placement in ("", "absent") else told.placement
    if word == "unverified":
        return word, "" if told.cause else "unverified, and nobody is told why"
    if word == "present" and not made:  # somebody else did the same
        return "made by hand", "" if any(map(one.is_made, history.states)) else "said to stand, and never stood"
    if word == "present":
        return word, ""
    if word == "removed":
        gone = made and any(not _stands(made[-1], state) for state in _after(made[-1], history))
        return word, "" if gone else "said to be taken out, and it always stood"
    undone = any(_took_back(before, after, made) for before, after in history.travelled)
    stands = made and _stands(made[-1], history.now) and not undone
    return word or "lost", "written, and said not to be" if stands else ""


def _between(first: State, last: State, history: History) -> Sequence[State]:
    at = {id(state): number for number, state in enumerate(history.states)}
    return history.states[at[id(first)] : at[id(last)] + 1]


def _after(edit: AgentEdit, history: History) -> Sequence[State]:
    return history.states[next(at for at, state in enumerate(history.states) if state is edit.after) :]


def _stands(edit: AgentEdit, state: State) -> bool:
    """Whether all that the edit brought stands, and nothing that it took away."""
    came, went = set(edit.after.ids) - set(edit.before.ids), set(edit.before.ids) - set(edit.after.ids)
    text = dict(zip(edit.after.ids, edit.after.lines, strict=True))
    now = dict(zip(state.ids, state.lines, strict=True))
    return all(now.get(id_) == text[id_] for id_ in came) and went.isdisjoint(now)


def _took_back(before: State, after: State, made: Sequence[AgentEdit]) -> bool:
    """Whether undo took one of these edits back."""
    fresh = [set(edit.after.ids) - set(edit.before.ids) for edit in made]
    gone = [set(edit.before.ids) - set(edit.after.ids) for edit in made]
    was, now = set(before.ids), set(after.ids)
    return any((new & was) - now for new in fresh) or any((old & now) - was for old in gone)
