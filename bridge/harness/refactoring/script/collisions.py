"""Whether a binding may get another name: words that are no names, and names that already mean something there."""

import re

from bridge.harness.refactoring.script.analysis import Analysis
from bridge.harness.refactoring.script.rules import is_tag
from bridge.harness.refactoring.script.scopes import Binding, Scope, Site, Space
from bridge.harness.refactoring.values import Refusal

RESERVED = frozenset(
    re.findall(
        r"\w+",
        """
        break case catch class const continue debugger default delete do else enum export extends false finally for
        function if import in instanceof new null return super switch this throw true try typeof var void while with
        implements interface let package private protected public static yield await
        arguments eval undefined NaN Infinity __proto__
        """,
    )
)
"""ECMA-262, "Keywords and Reserved Words", in strict code and in modules; then names that the language itself gives."""
TYPE_WORDS = frozenset(
    re.findall(
        r"\w+",
        """
        any unknown never void string number boolean symbol bigint object null undefined
        asserts infer is keyof readonly unique
        """,
    )
)
"""What TypeScript takes for a type of its own, or for a part of one."""
_NAME = re.compile(r"[^\W\d]\w*")


def check_name(binding: Binding, new: str) -> None:
    """Refusal for what is no name here."""
    if not _NAME.fullmatch(new.replace("$", "_")) or not new.replace("$", "_").isidentifier():
        raise Refusal(f"`{new}` is no name in JavaScript. Give letters, digits, _ and $, no digit first.")
    if new in RESERVED or (new in TYPE_WORDS and binding.spaces & Space.TYPE):
        raise Refusal(f"`{new}` has a meaning of its own in the language. Choose another name.")
    if new == binding.name:
        raise Refusal(f"It is called `{new}` already.")
    if is_tag(new):
        tags = [site for site in binding.sites if site.node.parent is not None and "jsx" in site.node.parent.type]
        if any("element" in (site.node.parent.type if site.node.parent else "") for site in tags):
            raise Refusal(
                f"It is used as a JSX element; `<{new}>` would be an element of the page. Begin with a capital letter."
            )


def check_collisions(analysis: Analysis, binding: Binding, new: str) -> None:
    """Refusal where the new name would meet another of that name; it says where."""
    line = analysis.source.line
    for scope in _level(binding.scope):
        other = scope.names.get(new)
        if other is not None:
            raise Refusal(
                f"`{new}` is declared already, on line {line(other.definitions[0].node)}. Choose another name."
            )
    for site in binding.sites:
        inner: Scope | None = site.scope
        while inner is not None and inner is not binding.scope:
            other = inner.names.get(new)
            if other is not None and other.spaces & site.spaces:
                raise Refusal(
                    f"On line {line(site.node)} `{new}` would mean what line "
                    f"{line(other.definitions[0].node)} declares. "
                    "Choose another name."
                )
            inner = inner.parent
    for site in analysis.sites:
        if site.name == new and site.spaces & binding.spaces and _comes_from_outside(site, binding.scope):
            raise Refusal(
                f"`{new}` on line {line(site.node)} means something else, and would then mean this. "
                "Choose another name."
            )


def _comes_from_outside(site: Site, scope: Scope) -> bool:
    """Whether a name that stands in a scope gets its meaning from around it."""
    return site.scope.within(scope) and (site.binding is None or not site.binding.scope.within(scope))


def _level(scope: Scope) -> list[Scope]:
    """The scopes in which one name can't be declared twice: a function's parameters and its body."""
    level = [scope]
    if scope.body is not None:
        level.append(scope.body)
    if scope.kind == "body" and scope.parent is not None and scope.parent.body is scope:
        level.append(scope.parent)
    return level
