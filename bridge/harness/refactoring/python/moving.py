"""Moves a function, class or constant of a module's top level to another module, and its users with it."""

import re
from dataclasses import dataclass, field

import libcst as cst

from bridge.harness.refactoring.project import Project, SourceFile, with_ends_of
from bridge.harness.refactoring.python.guards import SHOWN, Leftover, guard, leftovers, remark_of
from bridge.harness.refactoring.python.names.receivers import Receivers
from bridge.harness.refactoring.python.reading.modules import Modules
from bridge.harness.refactoring.python.tree.bindings import is_binding, is_read
from bridge.harness.refactoring.python.tree.borrowing import Borrowing, Loan, Meaning
from bridge.harness.refactoring.python.tree.cst import Edit, Tree, Trees, edited
from bridge.harness.refactoring.python.tree.graph import ImportGraph
from bridge.harness.refactoring.python.tree.importing import Wanted
from bridge.harness.refactoring.python.tree.leaving import give_up, lazily
from bridge.harness.refactoring.python.tree.needs import (
    When,
    has_future_annotations,
    needs,
    quoted_outside,
    top_level_words,
    when,
)
from bridge.harness.refactoring.python.tree.pieces import Piece, exported, insertion, piece_of, with_export
from bridge.harness.refactoring.python.tree.references import Reference, References
from bridge.harness.refactoring.python.tree.targets import meant
from bridge.harness.refactoring.python.tree.users import FileEdits, Users
from bridge.harness.refactoring.values import Changed, ChangedFile, Move, Refusal
from bridge.harness.values.text import Sha

_OWN_NAMES = re.compile(r"\b__(?:name|file|package|path|spec)__\b")


@dataclass(slots=True)
class _Outcome:
    """One way of doing it: the new texts, and the circle of imports that it makes, if any."""

    files: dict[str, ChangedFile] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    circle: list[str] = field(default_factory=list)


def move(project: Project, ask: Move) -> Changed:
    """Refusal where it is no definition of a top level, or the name is taken there, or imports would go in a circle."""
    trees, modules = Trees(project), Modules(project)
    meaning = meant(trees, modules, ask.symbol)
    if meaning is None:
        raise Refusal("Only functions, classes and constants of a module's top level can be moved. Name one of those.")
    piece = piece_of(trees.get(meaning.module), meaning.name)
    target = _target(project, modules, trees, ask.to)
    if target.path == piece.tree.path:
        raise Refusal(f"`{piece.name}` is in {target.path} already. Name another module.")
    moving = _Moving(trees, modules, piece, target)
    outcome = moving.first_without_circle()
    files = tuple(outcome.files[path] for path in sorted(outcome.files))
    title = f"Move `{piece.name}` from {piece.tree.path} to {target.path}"
    left = remark_of(piece.name, _spoken(outcome.files[piece.tree.path], piece.name))
    if places := Receivers(project).perhaps_of(piece.tree.path, piece.name):
        listed = ", ".join(f"{path}:{line}" for path, line in places[:SHOWN])
        left = (*left, f"Not changed, look: `{piece.name}` may be taken from the old module in {listed}.")
    return guard(project, Changed(title, files, (*outcome.remarks, *left)), None)


class _Moving:
    """One move, tried with imports at the top first, then inside the functions that need them."""

    def __init__(self, trees: Trees, modules: Modules, piece: Piece, target: Tree) -> None:
        self._trees = trees
        self._modules = modules
        self._piece = piece
        self._source = piece.tree
        self._target = target
        self._borrowing = Borrowing(trees, modules)
        self._found = References(trees, modules).of(self._source.path, piece.name)
        self._before = ImportGraph(trees.project, modules)
        self._needs = [need for need in needs(self._source, list(piece.spans)) if need.word != piece.name]
        self._loans = self._borrowing.loans(self._source, target, self._needs, leaving=self._imported_there())

    def first_without_circle(self) -> _Outcome:
        """The plainest way that works; Refusal names the circle that all ways make."""
        first = self._tried(lazy_source=False, lazy_target=False)
        if not first.circle:
            return first
        for lazy_source, lazy_target in ((True, False), (False, True)):
            if (lazy_source and not self._source_can_wait()) or (lazy_target and not self._target_can_wait()):
                continue
            outcome = self._tried(lazy_source=lazy_source, lazy_target=lazy_target)
            if not outcome.circle:
                return outcome
        raise Refusal(
            f"Imports would go in a circle: {' imports '.join(first.circle)}. Move what `{self._piece.name}` needs with"
            " it, or both to a third module."
        )

    def _tried(self, *, lazy_source: bool, lazy_target: bool) -> _Outcome:
        files = Users(self._trees, self._modules, self._source, self._target.path, self._piece.name).follow(self._found)
        source = files.setdefault(self._source.path, FileEdits(self._source))
        target = files.setdefault(self._target.path, FileEdits(self._target))
        remarks = self._import_back(source, lazy=lazy_source)
        inner = [edit for edit in source.edits if self._inside(edit)]
        source.edits = [edit for edit in source.edits if not self._inside(edit)]
        inner += self._borrow(target, remarks, lazy=lazy_target)
        remarks += give_up(self._piece, source, self._needs, self._before)
        text = self._text(inner)
        target.edits.append(insertion(self._target, self._piece, text, self._needs))
        if exported(self._source, self._piece.name) is not None:
            target.edits += with_export(self._target, self._piece.name)
        outcome = _Outcome(remarks=remarks + self._said(text))
        if self._before.meet(self._source.path, self._target.path):
            outcome.remarks.append(
                f"{self._source.path} and {self._target.path} import each other already, so it matters which one is"
                " imported first, and that may change: run the tests."
            )
        for path, file in files.items():
            if (changed := self._finished(file)) is not None:
                outcome.files[path] = changed
        self._check(outcome)
        return outcome

    def _finished(self, file: FileEdits) -> ChangedFile | None:
        old = file.tree.file
        new = edited(old.text, file.finish(self._modules))
        if not old.text.strip():
            new = with_ends_of(self._source.file, new.lstrip("\n"))
        notes = tuple(sorted(set(file.notes), key=lambda note: (note.line, note.text)))
        return ChangedFile(old.path, old.sha, new, notes=notes) if new != old.text else None

    def _check(self, outcome: _Outcome) -> None:
        """No circle that was not there, and nobody imports the name from where it is not any more."""
        after = ImportGraph(
            self._trees.project, self._modules, {path: file.new for path, file in outcome.files.items()}
        )
        outcome.circle = after.new_circle(self._before, outcome.files)
        source = outcome.files[self._source.path]
        words = re.findall(rf"\b{re.escape(self._piece.name)}\b", source.new)
        if not words and self._piece.name in after.taken_from(self._source.path, spoken=False):
            raise Refusal(
                f"Somebody would still import `{self._piece.name}` from {self._source.path}; it was not moved."
            )

    # -- the source ----------------------------------------------------------------------------------------------------

    def _left(self) -> list[Reference]:
        """The uses in the source that stay behind."""
        here = [each for each in self._found if each.path == self._source.path and each.kind == "name"]
        return [each for each in here if each.origin.path == self._source.path and not self._piece.holds(each.node)]

    def _import_back(self, source: FileEdits, *, lazy: bool) -> list[str]:
        left = self._left()
        whens: set[When] = {when(self._source, each.node) for each in left}
        if quoted_outside(self._source, self._piece.name, self._piece.spans):
            whens.add("typing")
        module = self._borrowing.spelled(self._source, self._target.path)
        package = self._source.path.endswith("__init__.py")
        if package:
            source.wanted.add(Wanted(module, self._piece.name, self._piece.name))
            return [f"{self._source.path} still offers `{self._piece.name}` to its importers."]
        if not whens:
            return []
        if lazy:
            nodes = [each.node for each in left if when(self._source, each.node) == "call"]
            source.edits += lazily(self._source, nodes, Wanted(module, self._piece.name).text)
            return [
                f"{self._source.path} imports `{self._piece.name}` inside functions, as the modules need each other."
            ]
        source.wanted.add(Wanted(module, self._piece.name, typing=whens == {"typing"}))
        return []

    def _source_can_wait(self) -> bool:
        left = self._left()
        return bool(left) and all(when(self._source, each.node) == "call" for each in left)

    # -- the target ----------------------------------------------------------------------------------------------------

    def _imported_there(self) -> str:
        """The name, if the target imports it from the source now."""
        mine = [each for each in self._found if each.path == self._target.path and each.kind == "import"]
        if not mine and self._piece.name in top_level_words(self._target):
            raise Refusal(f"{self._target.path} has a `{self._piece.name}` already. Rename one of them first.")
        return self._piece.name if mine else ""

    def _target_can_wait(self) -> bool:
        mine = [loan for loan in self._loans if self._is_circular(loan)]
        return bool(mine) and all(loan.need.whens == {"call"} for loan in mine)

    def _is_circular(self, loan: Loan) -> bool:
        """Whether it is borrowed from the source itself, which may need the target."""
        return loan.need.node is None

    def _borrow(self, target: FileEdits, remarks: list[str], *, lazy: bool) -> list[Edit]:
        inner: list[Edit] = []
        for loan in self._loans:
            if self._borrowing.meaning(self._source, loan.need.word) == Meaning(self._target.path, ""):
                inner += self._without_module(target, loan)
            elif lazy and self._is_circular(loan):
                inside = [name for name in self._source.names(loan.need.word) if self._piece.holds(name)]
                inner += lazily(self._source, inside, loan.wanted.text)
                remarks.append(
                    f"`{self._piece.name}` imports `{loan.need.word}` inside, as the modules need each other."
                )
            else:
                target.wanted.add(loan.wanted)
        annotated = any(self._piece.holds(node) for node in self._source.all(cst.Annotation))
        if annotated and has_future_annotations(self._source) and not has_future_annotations(self._target):
            target.wanted.add(Wanted("__future__", "annotations"))
            if self._target.file.text.strip():
                remarks.append(
                    f"{self._target.path} gets `from __future__ import annotations`, as it was in the source."
                )
        return inner

    def _without_module(self, target: FileEdits, loan: Loan) -> list[Edit]:
        """`b.f` in what moves to `b` becomes `f`; where that can't be, `b` imports itself."""
        tree, known = self._source, top_level_words(self._target)
        edits = []
        for name in tree.names(loan.need.word):
            around = tree.parent(name)
            if not self._piece.holds(name) or not is_read(tree, name):
                continue
            attribute = around.attr.value if isinstance(around, cst.Attribute) else ""
            own = any(self._piece.holds(each) and is_binding(tree, each) for each in tree.names(attribute))
            if attribute in known and not own:
                edits.append(Edit(*tree.span(around), attribute))
            else:
                target.wanted.add(loan.wanted)
        return edits

    # -- the text ------------------------------------------------------------------------------------------------------

    def _inside(self, edit: Edit) -> bool:
        return any(start <= edit.start and edit.end <= end for start, end in self._piece.spans)

    def _text(self, inner: list[Edit]) -> str:
        parts = []
        for start, end in self._piece.spans:
            mine = [Edit(edit.start - start, edit.end - start, edit.new) for edit in inner if start <= edit.start < end]
            parts.append(edited(self._source.file.text[start:end], mine).replace("\r\n", "\n").rstrip())
        return "\n\n".join(parts)

    def _said(self, text: str) -> list[str]:
        said = []
        if match := _OWN_NAMES.search(text):
            said.append(
                f"`{self._piece.name}` uses `{match.group()}`, which is another one in {self._target.path}: look."
            )
        decorated = text.lstrip("# \n").startswith("@")
        if decorated and not any(each.kind in {"import", "attribute"} for each in self._found) and not self._left():
            said.append(
                f"Its decorators run when {self._target.path} is imported; nothing that was found imports it: look."
            )
        return said


def _spoken(source: ChangedFile, name: str) -> list[Leftover]:
    """Where the source still has the name as text, such as a key by which it is looked up."""
    return [each for each in leftovers(source.path, source.new, name) if each.where == "in a string"]


def _target(project: Project, modules: Modules, trees: Trees, to: str) -> Tree:
    """The module by its path or its dotted name; a new one, empty, where there is none."""
    path = to.strip().removeprefix("./")
    if not path.endswith((".py", ".pyi")):
        name = path.strip("/").replace("/", ".")
        path = modules.resolve("", 0, name) or _new_path(modules, name)
    if path in modules.files:
        return trees.get(path)
    folder = path.rpartition("/")[0]
    if not re.fullmatch(r"[^\W\d]\w*", path.rpartition("/")[2].removesuffix(".pyi").removesuffix(".py")):
        raise Refusal(f"`{to}` can't be the name of a module. Use letters, digits and _.")
    if ".." in path.split("/") or path.startswith("/") or (folder and not (project.root / folder).is_dir()):
        raise Refusal(f"There is no folder for {path}. Name a module in a folder of the project that is there.")
    if (project.root / path).exists():
        raise Refusal(f"{path} is there but is not one of the project's source files. Name another module.")
    modules.add(path)
    return Tree(SourceFile(path, "", Sha("")))


def _new_path(modules: Modules, name: str) -> str:
    """Where a new module of a dotted name goes: beside the modules of its package."""
    package, _, stem = name.rpartition(".")
    init = modules.resolve("", 0, package) if package else None
    if init is not None and init.endswith("__init__.py"):
        return init.removesuffix("__init__.py") + stem + ".py"
    return name.replace(".", "/") + ".py"
