"""Where a comment or a string names a binding: whole words, and of a plain word only what is marked as code."""

import re
from dataclasses import dataclass

from tree_sitter import Node

from bridge.harness.refactoring.instructions import is_instruction
from bridge.harness.refactoring.script.analysis import Analysis
from bridge.harness.refactoring.script.scopes import Binding, Scope

_PLAIN = re.compile(r"[a-z]+")
_FUNCTION_NODES = frozenset(
    {
        "function_declaration",
        "generator_function_declaration",
        "function_signature",
        "arrow_function",
        "function_expression",
        "method_definition",
        "method_signature",
        "abstract_method_signature",
        "class_declaration",
        "abstract_class_declaration",
        "interface_declaration",
        "type_alias_declaration",
    }
)
_WRAPPERS = frozenset(
    {"export_statement", "lexical_declaration", "variable_declaration", "variable_declarator", "ambient_declaration"}
)


@dataclass(frozen=True, slots=True)
class Mentions:
    """`sure`: byte ranges in comments. `unsure`: lines on which the word stands in a comment and may be no name.
    `strings`: lines on which it stands in a string.
    """

    sure: tuple[tuple[int, int], ...]
    unsure: tuple[int, ...]
    strings: tuple[int, ...]


def mentions(analysis: Analysis, binding: Binding) -> Mentions:
    """Those where the name means this binding: in its scope, and in the comment before its function."""
    sure: list[tuple[int, int]] = []
    unsure: list[int] = []
    name = re.escape(binding.name).encode()
    word = re.compile(rb"(?<![\w$.])" + name + rb"(?![\w$])")
    plain = _PLAIN.fullmatch(binding.name) is not None
    for comment in analysis.comments:
        text = analysis.source.data[comment.start_byte : comment.end_byte]
        found = list(word.finditer(text))
        if not found or is_instruction(text.decode(errors="replace")):
            continue
        if _meant(analysis, comment, binding.name) is not binding:
            continue
        for match in found:
            start = comment.start_byte + match.start()
            if not plain or _marked(text, match.start(), match.end()):
                sure.append((start, comment.start_byte + match.end()))
            else:
                unsure.append(analysis.source.point(start).line)
    return Mentions(tuple(sure), tuple(unsure), _in_strings(analysis, binding, word, plain=plain))


def _marked(text: bytes, start: int, end: int) -> bool:
    """Whether a plain word is code here: in quotes or backticks, called, dotted, or a parameter's in JSDoc."""
    before, after = text[:start], text[end:]
    if before[-1:] in {b"`", b"'", b'"'} and after[:1] == before[-1:]:
        return True
    if after[:1] == b"(" or re.match(rb"\.\w", after):
        return True
    return re.search(rb"@(param|arg|argument|template|link)\s+(\{[^}]*\}\s*)?\[?$", before) is not None


def _meant(analysis: Analysis, comment: Node, name: str) -> Binding | None:
    """What a name in a comment means: seen from the parameters of the function below, or from where it stands."""
    scope: Scope | None = _described(analysis, comment) or analysis.scope_at(comment)
    while scope is not None:
        if name in scope.names:
            return scope.names[name]
        scope = scope.parent
    return None


def _described(analysis: Analysis, comment: Node) -> Scope | None:
    """The scope of the parameters of what a comment stands directly before."""
    node = comment.next_named_sibling
    while node is not None and node.type in {"comment", "decorator"}:
        node = node.next_named_sibling
    while node is not None and node.type in _WRAPPERS:
        inner = node.child_by_field_name("declaration") or node.child_by_field_name("value")
        node = inner or next((child for child in node.named_children if child.type != "decorator"), None)
        if node is not None and node.type == "identifier":
            return None
    if node is None or node.type not in _FUNCTION_NODES:
        return None
    return analysis.scope_of(node)


def _in_strings(analysis: Analysis, binding: Binding, word: re.Pattern[bytes], *, plain: bool) -> tuple[int, ...]:
    """Lines with a string that names it. Of a plain word, only strings that are that word and nothing else."""
    lines = set()
    for string in analysis.strings:
        text = analysis.source.data[string.start_byte : string.end_byte]
        whole = text == binding.name.encode()
        if _is_path(string) or not (whole if plain else word.search(text)):
            continue
        if _meant(analysis, string, binding.name) is binding:
            lines.add(analysis.source.line(string))
    return tuple(sorted(lines))


def _is_path(string: Node) -> bool:
    """Whether it is where an import or export comes from."""
    around = string.parent.parent if string.parent is not None else None
    return around is not None and around.type in {"import_statement", "import_require_clause", "export_statement"}
