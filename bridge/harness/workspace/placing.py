"""Bringing accepted hunks to where they belong: one versioned edit of an open document, or an atomic write to disk.

Whatever an editor answers, only the text that follows is believed (review rules, "Confirm by content").
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

import anyio
import anyio.to_thread

from bridge.harness.errors import BridgeError, FileProblem, Stale
from bridge.harness.ids import HunkId, IntentId, Uri, new_id
from bridge.harness.ports.editor import DocumentEdit, Editor, EditReply
from bridge.harness.ports.files import Files, FileText
from bridge.harness.ports.journal import Journal
from bridge.harness.values.documents import OpenDocument
from bridge.harness.values.events import HunkStale, IntentMade, Placed
from bridge.harness.values.proposals import Hunk, Intent, PlacementKind, StaleReason
from bridge.harness.values.text import Sha, TextChange, TextForm
from bridge.harness.workspace.confirm import Finding, confirm, heal
from bridge.harness.workspace.documents import Documents
from bridge.harness.workspace.hunks import line_changes
from bridge.harness.workspace.places import Places
from bridge.harness.workspace.spans import apply_step
from bridge.harness.workspace.steps import find_steps
from bridge.harness.workspace.text import sha, split_lines
from bridge.harness.workspace.uris import to_path
from bridge.harness.workspace.watch import Watch

logger = logging.getLogger(__name__)

TRIES = 5
"""Times that an edit is sent again after the person's typing overtook it (review rules)."""

CONFIRM_S = 2.0
"""How long after the editor's answer its text may take to arrive; Neovim batches changes for 0.15 s."""

QUIET_S = 0.2
"""No change for so long is a pause in typing: longer than Neovim's batches. The last try waits for one, for `CONFIRM_S`
at most. The others are sent at once: after a pause an editor tells a change before it answers, and whether the edit
follows can then be known by waiting only.
"""

NOBODYS = HunkId("")
"""Changes that put right where an edit stands are no hunk's own."""

UNHEARD = "the editor does not tell of its changes any more; save this file and open it again"
"""Never sent a second time: it may stand. Neovim 0.11 forgets a buffer that was changed while it had no client."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One write: the text that stands, the hunks with their places in it, and the text that should stand after."""

    before: str
    hunks: tuple[Hunk, ...]
    changes: tuple[TextChange, ...]

    @property
    def after(self) -> str:
        """The text with the hunks."""
        return apply_step(self.before, self.changes)

    @property
    def own(self) -> Sequence[tuple[HunkId, TextChange]]:
        """Each hunk's change."""
        return [(hunk.id, change) for hunk, change in zip(self.hunks, self.changes, strict=True)]


class Around(NamedTuple):
    """What a session writes through, and the form that a created file gets."""

    files: Files
    documents: Documents
    editor: Editor
    places: Places
    form_of: Callable[[Hunk], TextForm]


class Placer:
    """Writes hunks of one file at a time. Decisions have been recorded before it is called."""

    def __init__(self, journal: Journal, around: Around) -> None:
        """All of one session."""
        self._journal, self._around = journal, around
        self._files, self._documents, self._editor, self._places, self._form_of = around
        self._takes_out = False
        self._locks: dict[Uri, anyio.Lock] = {}
        self._under_way: dict[Uri, Plan] = {}

    def taking_out(self, journal: Journal) -> "Placer":
        """The same for inverses, with another journal: one file is still written by one of them at a time."""
        placer = Placer(journal, self._around)
        placer._takes_out = True
        placer._locks, placer._under_way = self._locks, self._under_way
        return placer

    async def place(self, uri: Uri, hunks: Sequence[Hunk]) -> None:
        """Write accepted hunks of one file. Each ends with a `Placed` or a `HunkStale` in the log.

        A caller that is cancelled leaves what is under way; it is looked after for a moment, then recorded.
        """
        async with self._locks.setdefault(uri, anyio.Lock()):
            left = hunks
            cause = f"the text changed each of the {TRIES} times that the edit was sent; nothing was changed"
            try:
                for number in range(TRIES):
                    if number == TRIES - 1:
                        await self._pause_in_typing(uri)
                    left = await self._try(uri, left)
                    if not left:
                        return
            except BridgeError as problem:
                if problem.kind == "file_missing" and hunks[0].op != "create":
                    self._places.gone(uri)
                    await self._stale(left, "gone")
                    return
                cause = str(problem)
            except anyio.get_cancelled_exc_class():
                with anyio.move_on_after(2 * CONFIRM_S, shield=True):
                    await self._see_interrupted(uri, left)
                raise
            finally:
                self._under_way.pop(uri, None)
            await self._placed(left, "absent", cause)

    async def _pause_in_typing(self, uri: Uri) -> None:
        with anyio.move_on_after(CONFIRM_S), Watch(self._documents, uri) as watch:
            quiet = watch.closed
            while not quiet:
                with anyio.move_on_after(QUIET_S) as waited:
                    await watch.next()
                quiet = waited.cancelled_caught

    async def _try(self, uri: Uri, hunks: Sequence[Hunk]) -> Sequence[Hunk]:
        """Write once, to where the text is now; answers the hunks to try again."""
        document = self._documents.get(uri)
        if document is not None and not await self._is_of_disk(document, hunks[0]):
            left = await self._through_editor(document, hunks)
        else:
            # Once begun it goes on to its record, whoever is cancelled: it takes no longer than the disk does.
            with anyio.CancelScope(shield=True):
                left = await self._to_disk(uri, hunks)
        return left

    async def _is_of_disk(self, document: OpenDocument, hunk: Hunk) -> bool:
        """A file that goes, or comes back, beneath an editor that shows its very text: there is nothing to edit."""
        path = to_path(hunk.uri)
        if hunk.op == "create" and self._takes_out and document.text == hunk.new and path is not None:
            return not await anyio.to_thread.run_sync(self._files.exists, path)
        return hunk.op == "delete" and document.text == hunk.old

    async def _see_interrupted(self, uri: Uri, hunks: Sequence[Hunk]) -> None:
        """What became of a write whose end nobody waited for."""
        plan = self._under_way.get(uri)
        found: dict[HunkId, str] = {}
        if plan is not None:
            with Watch(self._documents, uri) as watch:
                verdicts = await self._watch_for(plan, watch, EditReply(applied=True))
            found = {hunk.id: verdict for hunk, verdict in zip(plan.hunks, verdicts, strict=True)}
        for hunk in hunks:
            match found.get(hunk.id):
                case "present":
                    await self._placed((hunk,), "present", "")
                case "unverified":
                    await self._placed((hunk,), "unverified", "it was stopped while it was written")
                case _:
                    await self._placed((hunk,), "absent", "it was stopped before it was written")

    async def _through_editor(self, document: OpenDocument, hunks: Sequence[Hunk]) -> Sequence[Hunk]:
        """One edit; answers the hunks to try again."""
        plan = await self._plan(document.uri, document.text, hunks)
        if not plan.hunks:
            return ()
        await self._intend(plan, "client", sha(plan.before), sha(plan.after))
        standing = self._documents.get(document.uri)
        if standing is None or standing.text != plan.before:  # typed, or closed, while the intent was written
            return plan.hunks
        self._under_way[document.uri] = plan
        self._places.expect(document.uri, plan.before, plan.after, plan.own)
        watch = Watch(self._documents, document.uri)
        with watch:
            label = f"Accept {len(plan.hunks)} hunk{'s' if len(plan.hunks) > 1 else ''}"
            reply = await self._editor.apply(
                DocumentEdit(document.uri, document.version, document.text, plan.changes, label)
            )
            verdicts = await self._watch_for(plan, watch, reply)
            if not reply.applied and watch.text == plan.before and not watch.closed:
                await self._placed(plan.hunks, "absent", f"the editor refused the edit: {reply.reason or 'no reason'}")
                return ()
            if reply.applied and not watch.count:
                await self._placed(plan.hunks, "unverified", UNHEARD)
                return ()
            unchecked = reply.applied and self._is_unchecked(document)
            verdicts = self._at_their_places(plan, verdicts, watch.text, unchecked=unchecked)
            unsure = [hunk for hunk, verdict in zip(plan.hunks, verdicts, strict=True) if verdict == "unverified"]
            if unsure and self._is_unchecked(document) and await self._heal(plan, watch):
                return ()
        await self._placed([h for h, v in zip(plan.hunks, verdicts, strict=True) if v == "present"], "present", "")
        await self._placed(unsure, "unverified", "the editor's text could not be matched with the edit")
        return [hunk for hunk, verdict in zip(plan.hunks, verdicts, strict=True) if verdict == "absent"]

    def _is_unchecked(self, document: OpenDocument) -> bool:
        """Whether the editor makes an edit of this version whatever the person has typed since."""
        return document.version <= 0 and not self._editor.keeps

    async def _watch_for(self, plan: Plan, watch: Watch, reply: EditReply) -> Sequence[str]:
        """Look at the text after the answer, and at each later one, until it is clear what stands.

        A text that arrives after the answer holds the edit, or the editor did not make it.
        """
        seen = watch.count
        with anyio.move_on_after(CONFIRM_S):
            while True:
                verdicts = _verdicts(plan, watch.text)
                if all(verdict == "present" for verdict in verdicts):
                    return verdicts
                if watch.closed or (watch.count > seen and "absent" in verdicts):
                    return verdicts
                if not reply.applied and watch.text != plan.before:
                    return verdicts
                await watch.next()
        return _verdicts(plan, watch.text)

    def _at_their_places(self, plan: Plan, verdicts: Sequence[str], observed: str, *, unchecked: bool) -> Sequence[str]:
        """Among equal lines a text can't tell an edit on the wrong line; the changes that the editor told can.

        Where nothing was told to have changed a hunk's place, its edit went elsewhere, or was not made; where its text
        stands there, it may have been. `unchecked`, the editor made the edit whatever the person typed: it has to be
        seen at its place, and what looks like a deletion of theirs may be it.
        """
        if observed in (plan.before, plan.after):
            return verdicts
        found = []
        for hunk, verdict in zip(plan.hunks, verdicts, strict=True):
            if unchecked:
                sure = verdict == "present" and self._places.is_done(hunk)
            else:
                seen = not self._places.is_untouched(hunk) if verdict == "present" else self._places.is_done(hunk)
                sure = verdict == "unverified" or seen == (verdict == "present")
            found.append(verdict if sure else "unverified")
        return found

    async def _heal(self, plan: Plan, watch: Watch) -> bool:
        """Version 0: the editor does not check the version, and may have put the edit on a wrong line. Put it right."""
        document = self._documents.get(watch.uri)
        healed = heal(plan.before, plan.changes, watch.text)
        if document is None or healed is None:
            return False
        if healed == document.text:
            await self._placed(plan.hunks, "present", "")
            return True
        changes = line_changes(document.text, healed)
        await self._intend(plan, "client", sha(document.text), sha(healed))
        self._places.expect(document.uri, document.text, healed, [(NOBODYS, change) for change in changes])
        edit = DocumentEdit(document.uri, document.version, document.text, changes, "Move the edit to its place")
        await self._editor.apply(edit)
        with anyio.move_on_after(CONFIRM_S):
            while watch.text != healed:
                await watch.next()
        if watch.text != healed:
            return False
        await self._placed(plan.hunks, "present", "the editor had put it on a wrong line; moved to its place")
        for hunk in plan.hunks:  # where it stands was told by nobody
            self._places.drop(hunk)
        return True

    async def _to_disk(self, uri: Uri, hunks: Sequence[Hunk]) -> Sequence[Hunk]:
        """A closed file: read again, compare, write atomically. Answers the hunks that have to go through an editor."""
        path = to_path(uri)
        if path is None:
            raise FileProblem("file_missing", uri, "it is not open, and it is not a file on disk")
        if hunks[0].op == "create":
            await self._create(path, hunks[0])
            return ()
        found: FileText = await anyio.to_thread.run_sync(self._files.read_text, path)
        await find_steps(self._places.ground(uri), found.text)
        plan = await self._plan(uri, found.text, hunks)
        if not plan.hunks:
            return ()
        await self._intend(plan, "disk", sha(plan.before), sha(plan.after))
        try:
            if hunks[0].op == "delete":
                await anyio.to_thread.run_sync(self._files.remove, path, found.sha)
            else:
                await anyio.to_thread.run_sync(self._files.write_text, path, plan.after, found.form, found.sha)
        except Stale:
            return plan.hunks
        opened = self._documents.get(uri)
        if opened is not None and hunks[0].op != "delete":
            return await self._opened_meanwhile(plan, opened)
        self._places.expect(uri, plan.before, plan.after, plan.own)
        self._places.stands(uri, plan.after, None)
        await self._placed(plan.hunks, "present", "")
        return ()

    async def _opened_meanwhile(self, plan: Plan, opened: OpenDocument) -> Sequence[Hunk]:
        """An editor opened the file while it was written, and may have read the old bytes: its text is what counts."""
        verdicts = confirm(plan.before, plan.changes, opened.text)
        await self._placed([h for h, v in zip(plan.hunks, verdicts, strict=True) if v == "present"], "present", "")
        unsure = [hunk for hunk, verdict in zip(plan.hunks, verdicts, strict=True) if verdict == "unverified"]
        await self._placed(unsure, "unverified", "the file was opened, and changed, while it was written")
        return [hunk for hunk, verdict in zip(plan.hunks, verdicts, strict=True) if verdict == "absent"]

    async def _create(self, path: Path, hunk: Hunk) -> None:
        text = hunk.new
        plan = Plan("", (hunk,), (TextChange(0, 0, text),))
        await self._intend(plan, "disk", Sha(""), sha(text))
        try:
            await anyio.to_thread.run_sync(self._files.write_text, path, text, self._form_of(hunk), None)
        except Stale:  # something stands there by now: never written over
            await self._stale((hunk,), "overlap")
            return
        await self._placed((hunk,), "present", "")

    async def _plan(self, uri: Uri, text: str, hunks: Sequence[Hunk]) -> Plan:
        """The hunks that still fit `text`; the others are recorded as stale (I3: they are never written).

        Where somebody else made the very change, there is nothing to write: it is present.
        """
        self._places.stands(uri, text, None)
        fits: list[tuple[Hunk, TextChange]] = []
        for hunk in hunks:
            change = self._places.change(hunk, hunk.new)
            if hunk.op == "create" and not text:  # an editor has the file open, new and empty
                change = TextChange(0, 0, hunk.new)
            made = text == hunk.new if hunk.op == "create" else self._places.is_done(hunk)
            if made or (change and text[change.start : change.end] == change.text):
                await self._placed((hunk,), "present", "the same text stood there already")
            elif change is None:
                await self._stale((hunk,), "overlap")
            else:
                fits.append((hunk, change))
        fits.sort(key=lambda fit: (fit[1].start, fit[1].end, self._places.rank(fit[0])))
        return Plan(text, tuple(hunk for hunk, _ in fits), tuple(change for _, change in fits))

    async def _intend(self, plan: Plan, via: Literal["client", "disk"], before: Sha, expect: Sha) -> None:
        ids: tuple[HunkId, ...] = tuple(hunk.id for hunk in plan.hunks)
        file = plan.hunks[0].file
        intent = Intent(IntentId(new_id()), file, ids, via, before, expect)
        await self._journal.append(IntentMade(intent))

    async def _placed(self, hunks: Sequence[Hunk], placement: PlacementKind, cause: str) -> None:
        if hunks:
            await self._journal.append(*(Placed(hunk.id, placement, cause) for hunk in hunks))

    async def _stale(self, hunks: Sequence[Hunk], reason: StaleReason) -> None:
        await self._journal.append(*(HunkStale(hunk.id, reason) for hunk in hunks))


def _verdicts(plan: Plan, observed: str) -> list[Finding]:
    """`confirm`, but `absent` where none of a hunk's new lines stands anywhere, though some would be new in this text.

    Then it does not matter if the edit ever stood: it is planned anew, and is stale if its old text stands no more.
    """
    found = confirm(plan.before, plan.changes, observed)
    if observed in (plan.before, plan.after):
        return list(found)
    before, now = _bare_lines(plan.before), _bare_lines(observed)
    new = [_bare_lines(change.text) - before for change in plan.changes]
    return ["absent" if lines and lines.isdisjoint(now) else one for lines, one in zip(new, found, strict=True)]


def _bare_lines(text: str) -> set[str]:
    """Without their ends, which editors may change in what they insert."""
    return {line.rstrip("\r\n") for line in split_lines(text)}
