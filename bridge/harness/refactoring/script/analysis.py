"""A file's names, looked up: which site means which binding, and where a rule can't be sure."""

import functools
from bisect import bisect_right
from pathlib import PurePosixPath

from tree_sitter import Node

from bridge.harness.refactoring.project import SourceFile
from bridge.harness.refactoring.script.binder import Binder
from bridge.harness.refactoring.script.rules import RULES
from bridge.harness.refactoring.script.scopes import REPEATABLE, Binding, Scope, Site, resolve
from bridge.harness.refactoring.script.syntax import JAVASCRIPT, Source, walk
from bridge.harness.refactoring.script.type_rules import TYPE_RULES
from bridge.harness.refactoring.values import Refusal

_MODULE_ENDINGS = frozenset({".mjs", ".cjs", ".mts", ".cts"})
_NODE_NAMES = frozenset({"require", "module", "exports"})
"""Names that only a CommonJS module has; its top level is its own."""

SLOPPY = "is a function inside a block of a script that is not strict, where it may be seen outside of the block too"
CAUGHT = "is both what is caught and a `var`, which are two things with one name"


class Analysis:
    """The bindings of one file, in the order of the text, and all sites."""

    def __init__(self, file: SourceFile) -> None:
        """Refusal where the text does not parse, or names are written so that they can't be told."""
        self.source = Source(file)
        ending = PurePosixPath(file.path).suffix
        script = ending in JAVASCRIPT
        rules = RULES if script else TYPE_RULES
        binder = Binder(self.source.data, self.source.root, rules, ambient=".d." in PurePosixPath(file.path).name)
        self.program = binder.program
        self._scopes = binder.scopes
        self.bindings = binder.bindings
        self.dynamic = binder.dynamic
        self.jsx = binder.jsx
        self.sites = sorted(binder.sites, key=lambda site: site.node.start_byte)
        es_module = any(child.type in {"import_statement", "export_statement"} for child in self.source.root.children)
        node_module = any(site.name in _NODE_NAMES and site.defines is None for site in self.sites)
        self.module = es_module or node_module or ending in _MODULE_ENDINGS
        strict = es_module or ending in {".mjs", ".mts"} or self._says_strict()
        self._refuse_escapes()
        self._open_merged()
        self._look_up()
        for site in binder.exports:
            if site.binding is not None:
                site.binding.exported = site.binding.exported or self.source.line(site.node)
        for binding in self.bindings:
            binding.trouble = binding.trouble or self._trouble(binding, strict=strict)
        self._starts = [site.node.start_byte for site in self.sites]

    @functools.cached_property
    def comments(self) -> list[Node]:
        """In the order of the text."""
        return [node for node in walk(self.source.root) if node.type in {"comment", "html_comment"}]

    @functools.cached_property
    def strings(self) -> list[Node]:
        """What stands in quotes or backticks, in the order of the text."""
        return [node for node in walk(self.source.root) if node.type == "string_fragment"]

    def site_at(self, byte: int) -> Site | None:
        """The name at a place, or directly before it."""
        index = bisect_right(self._starts, byte) - 1
        if index >= 0 and byte <= self.sites[index].node.end_byte:
            return self.sites[index]
        return None

    def scope_at(self, node: Node) -> Scope:
        """The innermost scope around a node."""
        found = self.program
        size = len(self.source.data) + 1
        for scope in self._scopes:
            start, end = scope.node.start_byte, scope.node.end_byte
            if start <= node.start_byte and node.end_byte <= end and end - start < size:
                found, size = scope, end - start
        return found

    def scope_of(self, node: Node) -> Scope | None:
        """The scope that a function, class or type opens: of its parameters, or of its type parameters."""
        return next((scope for scope in self._scopes if scope.node == node and scope.kind != "self"), None)

    def _says_strict(self) -> bool:
        first = next((child for child in self.source.root.named_children if child.type != "comment"), None)
        return first is not None and self.source.text(first).startswith(("'use strict'", '"use strict"'))

    def _refuse_escapes(self) -> None:
        for site in self.sites:
            if "\\" in site.name:
                line = self.source.line(site.node)
                raise Refusal(
                    f"{self.source.file.path} has a name that is written with an escape (line {line}). "
                    "Write it out first."
                )

    def _open_merged(self) -> None:
        """A namespace or enum that is declared twice sees the names of its other half; in a script, of other files."""
        for binding in self.bindings:
            elsewhere = binding.scope is self.program and not self.module
            for body in binding.bodies:
                body.open = body.open or elsewhere or len(binding.kinds) > 1

    def _look_up(self) -> None:
        for site in self.sites:
            if site.binding is None:
                site.binding, site.certain = resolve(site.name, site.scope, site.spaces)
            if site.binding is not None:
                site.binding.sites.append(site)

    def _trouble(self, binding: Binding, *, strict: bool) -> str:
        if len(binding.kinds) > 1 and not REPEATABLE.issuperset(binding.kinds):
            lines = [f"as {kind} on line {line}" for kind, line in self._declared(binding)]
            return f"is declared more than once ({', '.join(lines)}), which may be one thing or several"
        if self._in_catch(binding):
            return CAUGHT
        if not strict and "function" in binding.kinds and binding.scope.kind == "block" and self._seen_outside(binding):
            return SLOPPY
        return ""

    def _declared(self, binding: Binding) -> list[tuple[str, int]]:
        return [(site.defines or "", self.source.line(site.node)) for site in binding.definitions]

    def _in_catch(self, binding: Binding) -> bool:
        """Whether a `var` stands inside a `catch` that catches something of the same name."""
        for site in binding.definitions:
            scope: Scope | None = site.scope
            while scope is not None and scope is not binding.scope:
                other = scope.names.get(binding.name)
                if scope.kind == "catch" and other is not None:
                    other.trouble = other.trouble or CAUGHT
                    return True
                scope = scope.parent
        return False

    def _seen_outside(self, binding: Binding) -> bool:
        """Whether a function of a block is named around it, where it is a `var` as well (ECMA-262, annex B.3.2). What
        the name means there by its scope is then in the same trouble.
        """
        around = binding.scope.hoist()
        seen = False
        for site in self.sites:
            if site.name != binding.name or not site.scope.within(around):
                continue
            if site.binding is None:
                seen = True
            elif site.binding is not binding and around.within(site.binding.scope):
                site.binding.trouble = site.binding.trouble or SLOPPY
                seen = True
        return seen
