"""From a person's words to wishes. What is not wholly understood is never taken for a wish.

A prompt is one request or several, one after the other, each with politeness around it. A reading covers every word.
Where none does, the part that would be a request is told, with what is left of the words.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from bridge.harness.models.offline.building import build
from bridge.harness.models.offline.forms import Form
from bridge.harness.models.offline.grammar import ALL_PARTS, FORMS
from bridge.harness.models.offline.patterns import Match, Matcher, skipped
from bridge.harness.models.offline.slots import SLOTS
from bridge.harness.models.offline.wishes import ALONE, Wish, WishKind
from bridge.harness.models.offline.words import MOST_CHARACTERS, Word, normalised, split, word_set

MOST_WORDS = 80
"""Of a prompt. A longer one tells a story: it is none of this grammar's requests."""

MOST_READINGS = 64
_UNSURE, _SLIP = 100, 10
"""What makes one reading worse than another: doubt, then slips; then that fewer of its words are plain ones."""

_ITEM = re.compile(r"(?m)^[ \t]*(?:[-*•]|\(?\d{1,2}[.)])[ \t]+")
_GERUNDS = {
    "renaming": "rename",
    "extracting": "extract",
    "inlining": "inline",
    "moving": "move",
    "adding": "add",
    "removing": "remove",
    "organising": "organise",
    "organizing": "organize",
    "sorting": "sort",
    "reordering": "reorder",
    "changing": "change",
    "swapping": "swap",
    "showing": "show",
    "finding": "find",
    "cleaning": "clean",
    "dropping": "drop",
    "giving": "give",
    "making": "make",
    "calling": "call",
    "putting": "put",
    "pulling": "pull",
    "factoring": "factor",
    "turning": "turn",
    "tidying": "tidy",
    "listing": "list",
    "searching": "search",
}
_BEFORE_GERUND = frozenset({"mind", "about", "consider", "suggest", "of"})
_JOINS = frozenset({"and", "then", "also", "afterwards", "plus", "after", "finally", "next", "lastly"})
_NO_FILE: frozenset[WishKind] = ALONE | {"rename_back", "greeting"}
"""Of what no file can be said."""
_LEAVES_NOTHING: frozenset[WishKind] = frozenset({"search", "inline", "organise_imports"})
"""After these there is no one thing that `it` could be: `inline total, call it sum`."""

_RESTRICTS = word_set(
    "except only unless if or but because while when without not excluding rather instead whenever where which"
    " so than until before for in as with later once after again"
)
"""What begins a restriction of a request."""

_MORE_OF: dict[str, tuple[str, ...]] = {
    "rename": ("<subject> (to|as|into|->) [<named>] {new}",),
    "move": ("<subject> (to|into) ({to:path}|{to:name})",),
    "organise_imports": ("[of|in|for] [the] {path}",),
    "extract": (),
}
"""`rename a to b and c to d`: what may follow a request of a kind without its verb."""


@dataclass(frozen=True, slots=True)
class Understood:
    """Every word has its place."""

    wishes: tuple[Wish, ...]


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Every word has its place, in more than one way."""

    readings: tuple[tuple[Wish, ...], ...]


@dataclass(frozen=True, slots=True)
class Partly:
    """A part is a request, but these words around it may change its meaning; `at_start`: some stand before it."""

    wish: Wish
    left: tuple[str, ...]
    at_start: bool


@dataclass(frozen=True, slots=True)
class Unknown:
    """No request of this grammar."""


Reading = Understood | Ambiguous | Partly | Unknown


@dataclass(frozen=True, slots=True)
class _Way:
    """Wishes from a place on, to the end; and how likely it is meant: less is better."""

    wishes: tuple[Wish, ...]
    doubt: int = 0
    plain: int = 0


@dataclass(frozen=True, slots=True)
class _Lead:
    """A place after words of politeness: whether they ask (so a question mark is no doubt), and whether they doubt."""

    at: int
    asks: bool = False
    doubts: bool = False
    words: int = 0
    path: str = ""


@lru_cache(maxsize=512)
def read(prompt: str) -> Reading:
    """How a prompt can be understood."""
    text = _ITEM.sub("", normalised(prompt[: MOST_CHARACTERS + 1])).strip()
    words = _plain_verbs(split(text))
    if len(prompt) > MOST_CHARACTERS or len(words) > MOST_WORDS or not words:
        return Unknown()
    reader = _Reader(words)
    ways = reader.whole()
    if ways:
        return _chosen(ways)
    return reader.part(text) or Unknown()


def _chosen(ways: list[_Way]) -> Reading:
    best = min(map(_rank, ways))
    wishes = list(dict.fromkeys(way.wishes for way in ways if _rank(way) == best))
    return Understood(wishes[0]) if len(wishes) == 1 else Ambiguous(tuple(wishes))


def _rank(way: _Way) -> tuple[int, int, int]:
    """Less is better: less doubt, then more words of the grammar, then fewer requests."""
    return way.doubt, -way.plain, len(way.wishes)


def _plain_verbs(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """`would you mind renaming` has the verb of `rename`."""
    found = list(words)
    for index in range(1, len(found)):
        before = next((word.key for word in reversed(found[:index]) if word.key not in {"just", "please", "maybe"}), "")
        base = _GERUNDS.get(found[index].key)
        if base and before in _BEFORE_GERUND:
            found[index] = Word(base, found[index].start, found[index].end)
    return tuple(found)


class _Reader:
    """Reads one row of words."""

    def __init__(self, words: tuple[Word, ...]) -> None:
        self._words = words
        self._matcher = Matcher(words, ALL_PARTS, SLOTS)
        self._known: dict[tuple[int, str], list[_Way]] = {}
        self._fits: dict[int, list[tuple[Form, Match, bool]]] = {}

    def whole(self) -> list[_Way]:
        """All ways to read the whole."""
        return [way for way in self._rest(0, "") if way.wishes]

    def part(self, text: str) -> Partly | None:
        """The longest request within the words, and what is left of them."""
        best: tuple[int, Wish, int, int] | None = None
        for start in range(len(self._words)):
            if start and self._words[start].is_break:
                continue
            for wishes, end, _ in self._requests(start, "", sure_only=True):
                if len(wishes) != 1 or wishes[0].kind in _NO_FILE | {"search"}:
                    continue
                length = sum(not word.is_break for word in self._words[start:end])
                if length > 1 and self._ends_there(end) and (best is None or length > best[0]):
                    best = (length, wishes[0], start, end)
        if best is None:
            return None
        *_, wish, start, end = best
        left = [self._between(text, 0, start), self._between(text, end, len(self._words))]
        return Partly(wish, tuple(piece for piece in left if piece), bool(left[0]))

    def _ends_there(self, at: int) -> bool:
        """Whether a request can end here: what follows is no part of its last word, as in `to more readable`."""
        return (
            at >= len(self._words)
            or self._words[at].is_break
            or self._words[at].key in _RESTRICTS | _JOINS
            or self._words[at].text.startswith("(")
        )

    def _between(self, text: str, start: int, end: int) -> str:
        words = self._words[start:end]
        return text[words[0].start : words[-1].end].strip(" ,.;:!?\n") if words else ""

    def _rest(self, at: int, before: str) -> list[_Way]:
        """All ways to read the words from here to the end, after a request of the kind `before`."""
        key = (at, before)
        if key not in self._known:
            self._known[key] = []  # what comes here again by another way brings nothing new
            self._known[key] = list(dict.fromkeys(self._ways(at, before)))[:MOST_READINGS]
        return self._known[key]

    def _ways(self, at: int, before: str) -> Iterator[_Way]:
        for wishes, end, plain in self._requests(at, before):
            doubt = sum(_UNSURE * (not wish.sure) for wish in wishes)
            doubt += plain[1] * _SLIP
            for following in self._after(end, wishes[-1].kind):
                if wishes[-1].kind in _LEAVES_NOTHING and any(
                    wish.subject.pronoun == "it" for wish in following.wishes[:1]
                ):
                    continue
                both = (*wishes, *following.wishes)
                real = tuple(wish for wish in both if wish.kind != "greeting") or wishes
                if len(real) > 1 and any(wish.kind in ALONE for wish in real):
                    continue
                yield _Way(real, doubt + following.doubt, plain[0] + following.plain)

    def _after(self, at: int, kind: str) -> list[_Way]:
        """What may follow a request: the end, or something that joins the next one to it."""
        end = self._skip_breaks(at)
        if end >= len(self._words):
            return [_Way(())]
        if end > at or self._words[end].key in _JOINS:
            return self._rest(end, kind)
        return []

    def _skip_breaks(self, at: int) -> int:
        while at < len(self._words) and (self._words[at].is_break or self._words[at].key in {"-", "–"}):
            at += 1
        return skipped(self._words, at)

    def _requests(
        self, at: int, before: str, *, sure_only: bool = False
    ) -> Iterator[tuple[tuple[Wish, ...], int, tuple[int, int]]]:
        """Requests that begin here: their wishes, where they end, how many plain words and slips they took."""
        for lead in self._leads(at):
            for form, match, sure in self._matches(lead.at):
                if sure or not sure_only:
                    yield from self._made(form, match, lead, sure)
            for pattern in _MORE_OF.get(before, ()):
                form = next(form for form in FORMS if form.kind == before)
                for match in self._matcher.match(pattern, lead.at):
                    yield from self._made(form, match, lead, True)

    def _matches(self, at: int) -> list[tuple[Form, Match, bool]]:
        """All patterns that fit from this place on; they are tried once."""
        if at not in self._fits:
            self._fits[at] = [
                (form, match, sure) for form, pattern, sure in _patterns() for match in self._matcher.match(pattern, at)
            ]
        return self._fits[at]

    def _made(
        self, form: Form, match: Match, lead: _Lead, sure: bool
    ) -> Iterator[tuple[tuple[Wish, ...], int, tuple[int, int]]]:
        if lead.path and (form.kind in _NO_FILE or match.bound.get("path", lead.path) != lead.path):
            return
        wishes = build(form.kind, {**match.bound, "path": lead.path} if lead.path else match.bound)
        if not wishes:
            return
        for end, polite, words in self._tails(match.at):
            asked = self._is_question(end) and not (lead.asks or polite or not wishes[0].edits)
            certain = sure and not lead.doubts and not asked
            made = wishes if certain else tuple(_doubtful(wish) for wish in wishes)
            yield made, end, (match.plain + lead.words + words, match.slips)

    def _is_question(self, at: int) -> bool:
        while at < len(self._words) and self._words[at].is_break:
            if self._words[at].text == "?":
                return True
            at += 1
        return False

    def _leads(self, at: int) -> set[_Lead]:
        """Places after words that come before a request; this one too."""
        found: set[_Lead] = set()
        waiting = [_Lead(self._skip_breaks(at))]
        while waiting:
            lead = waiting.pop()
            if lead in found:
                continue
            found.add(lead)
            for name in ("asking", "polite", "hedge"):
                for match in self._matcher.part(name, lead.at):
                    asks, doubts = lead.asks or name == "asking", lead.doubts or name == "hedge"
                    waiting.append(
                        _Lead(self._skip_breaks(match.at), asks, doubts, lead.words + match.plain, lead.path)
                    )
            for match in () if lead.path else self._matcher.part("in_file", lead.at):
                path = match.bound.get("path", "") if "line" not in match.bound else ""
                waiting.append(replace(lead, at=self._skip_breaks(match.at), words=lead.words + match.plain, path=path))
        return found

    def _tails(self, at: int) -> set[tuple[int, bool, int]]:
        """Places after words that come after a request; this one too. True where they were polite."""
        found: set[tuple[int, bool, int]] = set()
        polite = at < len(self._words) and self._words[at].key in {"please", "pls", "plz"}
        waiting = [(at, polite, 0)]
        while waiting:
            here = waiting.pop()
            if here in found:
                continue
            found.add(here)
            more = self._matcher.part("tail", here[0])
            waiting.extend((match.at, True, here[2] + match.plain) for match in more)
        return found


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[Form, str, bool], ...]:
    sure = [(form, pattern, True) for form in FORMS for pattern in form.patterns]
    return (*sure, *((form, pattern, False) for form in FORMS for pattern in form.doubtful))


def _doubtful(wish: Wish) -> Wish:
    return replace(wish, sure=False)
