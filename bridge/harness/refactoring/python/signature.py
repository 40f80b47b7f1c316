"""Changes the parameters of a function or method, its overrides, and all calls that can be followed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import libcst as cst

from bridge.harness.refactoring.project import Project
from bridge.harness.refactoring.python.guards import guard
from bridge.harness.refactoring.python.names.receivers import ClassPlace, Receivers
from bridge.harness.refactoring.python.reading.modules import Modules
from bridge.harness.refactoring.python.tree.arglist import Pending, relist
from bridge.harness.refactoring.python.tree.bindings import is_binding, is_read
from bridge.harness.refactoring.python.tree.calls import Misfit, bound, lost_calls, rewritten
from bridge.harness.refactoring.python.tree.cst import Edit, Tree, Trees, changed_file
from bridge.harness.refactoring.python.tree.parameters import (
    Param,
    Signature,
    decorator_names,
    items,
    signature_of,
    wanted,
)
from bridge.harness.refactoring.python.tree.sites import (
    Defined,
    Site,
    Sites,
    function_meant,
    is_unbound,
    makings,
    owner_of,
)
from bridge.harness.refactoring.values import Changed, ChangeSignature, LineNote, Refusal

_SHOWN = 12
"""How many places a remark lists."""


@dataclass(slots=True)
class _File:
    tree: Tree
    pending: Pending
    notes: list[LineNote] = field(default_factory=list)


@dataclass(slots=True)
class _Work:
    """What is to be done for one definition: its lists before and after."""

    old: Signature
    new: tuple[Param, ...]


def change_signature(project: Project, ask: ChangeSignature) -> Changed:
    """Refusal where the parameters would not be valid, or the body still needs one that goes."""
    return _Change(project, ask).changed()


class _Change:
    """One change."""

    def __init__(self, project: Project, ask: ChangeSignature) -> None:
        self._project = project
        self._trees = Trees(project)
        self._sites = Sites(self._trees, Modules(project))
        self._ask = ask
        self._files: dict[str, _File] = {}
        self._remarks: list[str] = []
        self._left: dict[str, list[str]] = {}
        self._apart: set[ClassPlace] = set()
        self._receivers = Receivers(project)

    def changed(self) -> Changed:
        found = self._sites.definitions(self._ask.symbol)
        if not found:
            raise Refusal("Only functions, methods and classes with an `__init__` have a signature. Name one of those.")
        first = function_meant(found[0].tree, found[0].node)
        main = Defined(found[0].tree, first)
        old = signature_of(main.tree, first)
        if "property" in decorator_names(first) or "setter" in decorator_names(first):
            raise Refusal(f"`{first.name.value}` is a property: it is read and set, never called with arguments.")
        works = [_Work(old, wanted(old, self._ask.parameters))]
        others = [each for each in found[1:] if isinstance(each.node, cst.FunctionDef)]
        if first.name.value == "__new__":
            raise Refusal("`__new__` takes what `__init__` takes too: change both by hand.")
        if first.name.value != "__init__":
            works += self._overrides(old, others)
        for work in works:
            self._body(self._file(work.old.tree), work.old, work.new)
        self._calls(main, works[0])
        self._alike(main)
        for work in works:
            self._parameters(work)
        return self._answer(first.name.value if first is found[0].node else found[0].node.name.value)

    def _overrides(self, old: Signature, others: list[Defined]) -> Iterator[_Work]:
        shape = [(param.name, param.kind) for param in old.params]
        for each in others:
            node = function_meant(each.tree, each.node)
            theirs = signature_of(each.tree, node)
            if [(param.name, param.kind) for param in theirs.params] == shape:
                yield _Work(theirs, wanted(theirs, self._ask.parameters))
            else:
                self._leave("has other parameters and was not changed", each.tree, node)
                if (owner := owner_of(each)) is not None:
                    self._apart.add((each.tree.path, each.tree.line(each.tree.span(owner.name)[0])))

    # -- the definition ------------------------------------------------------------------------------------------------

    def _parameters(self, work: _Work) -> None:
        old, new = work.old, work.new
        file = self._file(old.tree)
        texts = {index: file.pending.taken(*span) for index, span in enumerate(old.listed.spans)}
        file.pending.edits.append(relist(old.tree.file.text, old.listed, items(texts, old, new)))

    def _body(self, file: _File, old: Signature, new: tuple[Param, ...]) -> None:
        renamed = {param.was: param.name for param in new if param.was and param.was != param.name}
        gone = {param.name for param in old.params} - {param.was for param in new}
        uses = {name: list(_uses(old, name)) for name in (*renamed, *gone)}
        for name in sorted(gone):
            if uses[name]:
                raise Refusal(
                    f"`{name}` is still used in {old.tree.where(uses[name][0])}. Take it out of the body first."
                )
        fresh = {*renamed.values(), *(param.name for param in new if not param.was)}
        for name in sorted(fresh - set(renamed)):
            if name not in gone and (taken := _any_use(old, name)) is not None:
                raise Refusal(f"`{name}` means something else in {old.tree.where(taken)}. Choose another name.")
        for name, new_name in renamed.items():
            for node in uses[name]:
                start, end = old.tree.span(node)
                file.pending.edits.append(Edit(start, end, new_name))
            self._docstring(file, old, name, new_name)

    def _docstring(self, file: _File, old: Signature, name: str, new_name: str) -> None:
        """Where the docstring lists it: `:param name:`, or `name:` at the start of a line, or in backticks."""
        node = _docstring(old.node)
        if node is None:
            return
        word = re.escape(name)
        listed = rf"(?:(?::param(?: \w+)?|:type) |`|^[ \t]+)({word})(?=`|[ \t]*:|[ \t]*\([^)\n]*\)[ \t]*:)"
        for match in re.compile(listed, re.MULTILINE).finditer(old.tree.file.text, *old.tree.span(node)):
            file.pending.edits.append(Edit(*match.span(1), new_name))
            file.notes.append(LineNote(old.tree.line(match.start(1)), "in a docstring"))

    # -- the calls -----------------------------------------------------------------------------------------------------

    def _calls(self, main: Defined, work: _Work) -> None:
        sites = {(site.tree.path, site.tree.span(site.node)): site for site in self._all_sites(main)}
        ordered = [sites[key] for key in sorted(sites)]
        classes = self._class_names(main)
        if not ordered:
            self._remarks.append(
                f"No use of `{main.node.name.value}` was found: look for callers elsewhere, or that compute its name."
            )
        for site in sorted(ordered, key=_length):
            call = site.call
            if call is None:
                self._not_called(site)
                continue
            unbound = work.old.method == "instance" and not self._makes(main, site) and is_unbound(site, classes)
            self._call(site, call, work, explicit_self=unbound)

    def _call(self, site: Site, call: cst.Call, work: _Work, *, explicit_self: bool) -> None:
        file = self._file(site.tree)
        line = site.tree.line(site.tree.span(call.func)[1] - 1)
        try:
            read = bound(site.tree, call, work.old.params, explicit_self=explicit_self)
            edit = rewritten(read, work.old.params, work.new, file.pending)
        except Misfit as misfit:
            self._leave(f"{misfit}, so it was not changed", site.tree, call)
            return
        if edit is None:
            return
        doubt = self._doubt(site)
        if doubt is None:
            self._leave("calls the one that has other parameters, so it was not changed", site.tree, call)
            return
        file.pending.edits.append(edit)
        if whys := [why for why in (site.why, doubt) if why]:
            file.notes.append(LineNote(line, "; ".join(whys)))
        for lost in lost_calls(read, work.new):
            file.notes.append(LineNote(line, f"`{' '.join(lost.split())}` is not evaluated any more"))

    def _doubt(self, site: Site) -> str | None:
        """Whether it may run a method of the family that keeps its parameters; None where it certainly does."""
        node = site.node
        if not self._apart or not isinstance(node, cst.Attribute):
            return ""
        receiver = self._receivers.at(site.tree.path, site.tree.span(node.attr)[0])
        if receiver is not None and receiver.runs <= self._apart:
            return None
        if receiver is None or (receiver.runs | receiver.perhaps) & self._apart:
            return "it may run the one that has other parameters and was not changed"
        return ""

    def _alike(self, main: Defined) -> None:
        """Tells of methods that may stand for this one, or it for them, as one is a Protocol's."""
        owner, name = owner_of(main), main.node.name.value
        if owner is not None and name != "__init__":
            place = main.tree.path, main.tree.line(main.tree.span(owner.name)[0])
            self._remarks += [
                f"{path}:{line}: this class has a `{name}` too, and one of the two is a Protocol: look."
                for path, line in self._receivers.alike(name, *place)
            ]

    def _all_sites(self, main: Defined) -> Iterator[Site]:
        owner = owner_of(main)
        if owner is not None and main.node.name.value == "__init__":
            yield from makings(self._sites, Defined(main.tree, owner))
        else:
            yield from self._sites.of(main)

    def _makes(self, main: Defined, site: Site) -> bool:
        """Whether the site makes an object, and so passes no `self`."""
        if main.node.name.value != "__init__":
            return False
        node = site.node
        last = node.attr.value if isinstance(node, cst.Attribute) else node.value if isinstance(node, cst.Name) else ""
        return last != "__init__"

    def _class_names(self, main: Defined) -> set[str]:
        owner = owner_of(main)
        if owner is None:
            return set()
        names, waiting = set(), [Defined(main.tree, owner)]
        while waiting:
            each = waiting.pop()
            if each.node.name.value not in names:
                names.add(each.node.name.value)
                waiting += self._sites.subclasses(each)
        return names

    def _not_called(self, site: Site) -> None:
        around = site.tree.parent(site.node)
        if isinstance(around, cst.Attribute) or isinstance(site.tree.parent(around), cst.ClassDef):
            return
        if isinstance(around, cst.Decorator):
            self._leave("uses it as a decorator: look", site.tree, site.node)
        elif not isinstance(around, cst.Annotation):
            self._leave("passes or keeps it without calling it: look", site.tree, site.node)

    # -- the answer ----------------------------------------------------------------------------------------------------

    def _leave(self, why: str, tree: Tree, node: cst.CSTNode) -> None:
        self._left.setdefault(why, []).append(tree.where(node))

    def _file(self, tree: Tree) -> _File:
        return self._files.setdefault(tree.path, _File(tree, Pending(tree.file.text)))

    def _answer(self, name: str) -> Changed:
        files = [changed_file(file.tree.file, file.pending.edits, file.notes) for file in self._files.values()]
        done = tuple(sorted((file for file in files if file is not None), key=lambda file: file.path))
        if not done:
            raise Refusal(f"`{name}` has these parameters already.")
        for why, places in sorted(self._left.items()):
            more = f" and {len(places) - _SHOWN} more" if len(places) > _SHOWN else ""
            self._remarks.append(f"{', '.join(sorted(places)[:_SHOWN])}{more}: {why}.")
        return guard(self._project, Changed(f"Change the signature of `{name}`", done, tuple(self._remarks)), None)


def _uses(old: Signature, word: str) -> Iterator[cst.Name]:
    """Where the body reads or binds a parameter."""
    tree, body = old.tree, old.node.body
    start, end = tree.span(body)
    inside = [name for name in tree.names(word) if start <= tree.span(name)[0] < end]
    inside = [name for name in inside if is_read(tree, name) or is_binding(tree, name)]
    if not inside:
        return
    scope = tree.scope(body)
    for name in inside:
        if not isinstance(tree.parent(name), cst.Param) and any(each.scope is scope for each in tree.scope(name)[word]):
            yield name


def _any_use(old: Signature, word: str) -> cst.Name | None:
    start, end = old.tree.span(old.node.body)
    for name in old.tree.names(word):
        if start <= old.tree.span(name)[0] < end and (is_read(old.tree, name) or is_binding(old.tree, name)):
            return name
    return None


def _docstring(node: cst.FunctionDef) -> cst.SimpleString | None:
    first = node.body.body[0] if node.body.body else None
    small = first.body[0] if isinstance(first, cst.SimpleStatementLine) else None
    return small.value if isinstance(small, cst.Expr) and isinstance(small.value, cst.SimpleString) else None


def _length(site: Site) -> int:
    """Inner calls come before those around them."""
    start, end = site.tree.span(site.call or site.node)
    return end - start
