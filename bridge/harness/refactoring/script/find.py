"""Where a name of JavaScript or TypeScript is defined and used, file by file, by scope."""

from tree_sitter import Node

from bridge.harness.refactoring.project import Project, SourceFile
from bridge.harness.refactoring.script.analysis import Analysis
from bridge.harness.refactoring.script.scopes import Binding, DeclarationKind, Site
from bridge.harness.refactoring.script.syntax import speaks, walk
from bridge.harness.refactoring.values import FindSymbol, Found, Refusal, Symbol, Usages

KINDS: dict[DeclarationKind, str] = {
    "var": "variable",
    "variable": "variable",
    "function": "function",
    "class": "class",
    "parameter": "parameter",
    "import": "variable",
    "interface": "class",
    "type": "class",
    "type parameter": "parameter",
    "enum": "class",
    "enum member": "attribute",
    "namespace": "module",
}
"""What a declaration is called in an answer."""

_FUNCTIONS = frozenset({"arrow_function", "function_expression", "generator_function"})
_METHODS = frozenset({"method_definition", "method_signature", "abstract_method_signature"})
_FIELDS = frozenset({"field_definition", "public_field_definition", "property_signature", "pair"})


def find(project: Project, ask: FindSymbol) -> Usages:
    """Definitions, and uses if asked for, in the file that is named or in all. Other files are not followed by import:
    a use there is found as that of the name that it imports. Properties are found by name alone: uses are uncertain.
    """
    symbol = ask.symbol
    if symbol.at is not None:
        return _at(project, symbol, usages=ask.usages)
    definitions: list[Found] = []
    imports: list[Found] = []
    uses: list[Found] = []
    for analysis in analyses(project, symbol):
        bindings = named(analysis, symbol.name)
        for binding in bindings:
            (imports if "import" in binding.kinds else definitions).extend(definitions_of(analysis, binding))
            uses.extend(_uses_of(analysis, binding))
        defined, mentioned = _members(analysis, symbol.name)
        definitions.extend(defined)
        uses.extend(mentioned)
    skipped = project.skipped_files()
    return Usages(tuple(definitions or imports), tuple(uses) if ask.usages else (), skipped)


def analyses(project: Project, symbol: Symbol) -> list[Analysis]:
    """The files in which a name stands; those that do not parse are skipped. One that is named must parse."""
    if not symbol.name:
        raise Refusal("Nothing says which name is meant. Give a name, or a file with line and column.")
    if symbol.path:
        return [Analysis(project.read(symbol.path))]
    word = symbol.name.rpartition(".")[2]
    found = []
    for path in project.files:
        file = project.try_read(path) if speaks(path) else None
        if file is not None and word in file.text:
            analysis = _try(project, file)
            if analysis is not None:
                found.append(analysis)
    return found


def named(analysis: Analysis, name: str) -> list[Binding]:
    """The bindings that a name, perhaps with that of a function or class around it, may mean."""
    last = name.rpartition(".")[2]
    return [
        binding
        for binding in analysis.bindings
        if binding.name == last and f".{binding.qualified}".endswith(f".{name}")
    ]


def definitions_of(analysis: Analysis, binding: Binding) -> list[Found]:
    """Where a binding is declared."""
    return [found(analysis, site.node, _kind(site), binding.qualified) for site in binding.definitions]


def found(analysis: Analysis, node: Node, kind: str, name: str) -> Found:
    """A place as an answer names it."""
    source = analysis.source
    point = source.point(node.start_byte)
    return Found(source.file.path, point, kind, name, source.row_text(point.line))


def _at(project: Project, symbol: Symbol, *, usages: bool) -> Usages:
    analysis, binding = place(project, symbol)
    uses = tuple(_uses_of(analysis, binding)) if usages else ()
    return Usages(tuple(definitions_of(analysis, binding)), uses, project.skipped_files())


def place(project: Project, symbol: Symbol) -> tuple[Analysis, Binding]:
    """The binding that is meant by a place in a file; Refusal where there is none, or it is declared elsewhere."""
    if symbol.at is None or not symbol.path:
        raise Refusal("A place is a file with line and column.")
    analysis = Analysis(project.read(symbol.path))
    source = analysis.source
    byte = source.byte(symbol.at)
    site = analysis.site_at(byte)
    if symbol.name and (site is None or site.name != symbol.name):
        site = _on_line(analysis, symbol.name, symbol.at.line)
    where = f"{symbol.path}:{symbol.at.line}:{symbol.at.column}"
    if site is None:
        raise Refusal(_no_site(analysis, byte, where))
    if not site.certain:
        raise Refusal(
            f"What `{site.name}` means at {where} can't be told from this file: names from elsewhere may be "
            "known there. "
            "A language model can look further."
        )
    if site.binding is None:
        raise Refusal(f"`{site.name}` at {where} is not declared in this file. Ask where it is declared.")
    return analysis, site.binding


def _on_line(analysis: Analysis, name: str, line: int) -> Site | None:
    """The name on a line; Refusal where it means several things there."""
    sites = [site for site in analysis.sites if site.name == name and analysis.source.line(site.node) == line]
    if len({id(site.binding) for site in sites}) > 1:
        candidates = tuple(found(analysis, site.node, "use", site.name) for site in sites)
        raise Refusal(f"`{name}` means several things on line {line}. Give the column.", candidates)
    return sites[0] if sites else None


def _no_site(analysis: Analysis, byte: int, where: str) -> str:
    """Why no binding is at a place."""
    node = analysis.source.root.descendant_for_byte_range(byte, byte)
    if node is not None and not node.type.endswith("property_identifier") and byte:
        node = analysis.source.root.descendant_for_byte_range(byte - 1, byte - 1)
    if node is not None and node.type.endswith("property_identifier"):
        return (
            f"`{analysis.source.text(node)}` at {where} is a property or method. Which objects "
            "have it can't be told by rule in "
            "JavaScript and TypeScript; functions, classes, variables, parameters and imports can be followed. "
            "A language model can do the rest."
        )
    return f"No name stands at {where}."


def _uses_of(analysis: Analysis, binding: Binding) -> list[Found]:
    uses = []
    for site in binding.sites:
        if site.defines is None:
            uses.append(found(analysis, site.node, "use" if site.certain else "uncertain", site.name))
        elif site.defines == "import":
            uses.append(found(analysis, site.node, "import", site.name))
    return uses


def _kind(site: Site) -> str:
    parent = site.node.parent
    if site.defines == "variable" and parent is not None and parent.type == "variable_declarator":
        value = parent.child_by_field_name("value")
        if value is not None and value.type in _FUNCTIONS:
            return "function"
    return KINDS[site.defines] if site.defines else "use"


def _members(analysis: Analysis, name: str) -> tuple[list[Found], list[Found]]:
    """Methods and fields of a name: where they are defined, and where a property of that name is used."""
    owner, _, last = name.rpartition(".")
    defined, used = [], []
    for node in walk(analysis.source.root):
        if node.type not in {"property_identifier", "private_property_identifier"}:
            continue
        if analysis.source.text(node).lstrip("#") != last or node.parent is None:
            continue
        around = ".".join(analysis.scope_at(node.parent.parent or node.parent).path())
        if node.parent.type not in _METHODS | _FIELDS:
            used.append(found(analysis, node, "uncertain", last))
        elif f".{around}".endswith(f".{owner}" if owner else ""):
            kind = "method" if node.parent.type in _METHODS else "attribute"
            defined.append(found(analysis, node, kind, f"{around}.{last}" if around else last))
    return defined, used


def _try(project: Project, file: SourceFile) -> Analysis | None:
    try:
        return Analysis(file)
    except Refusal as refusal:
        project.skip(file.path, refusal.refused.why)
        return None
