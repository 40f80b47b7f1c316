"""How places of names, and what is asked of the refactoring worker, are put in words.

A row is a line, whatever a file's name or text holds: what would end it or hide in it is escaped.
"""

from bridge.harness.refactoring.values import (
    Ask,
    ChangeSignature,
    Extract,
    FindSymbol,
    Found,
    Inline,
    Move,
    OrganiseImports,
    Refused,
    Rename,
    Skipped,
    Symbol,
    Usages,
)
from bridge.harness.values.text import visible

MAX_LINE = 400
"""Characters of a line of code that are shown."""

_DEFINITIONS = "[definitions]"


def definition_row(found: Found) -> str:
    """`src/a.py:12:5: function shop.a.total: def total(items):`."""
    return f"{_place(found)}: {found.kind} {found.name}: {_code(found)}"


def skipped_row(skipped: Skipped) -> str:
    """`src/bad.py: it does not parse (line 3)`."""
    return visible(f"{skipped.path}: {skipped.why}")


def refusal_text(refused: Refused) -> str:
    """The reason, and what was perhaps meant, a line each."""
    if not refused.candidates:
        return visible(refused.why)
    return "\n".join([visible(refused.why), "Candidates:", *map(definition_row, refused.candidates)])


def usages_text(usages: Usages) -> str:
    """Everything that was found, by section; a section that is empty is left out, but the first."""
    certain = [use for use in usages.uses if use.kind not in ("uncertain", "mention")]
    uncertain = [use for use in usages.uses if use.kind == "uncertain"]
    mentions = [use for use in usages.uses if use.kind == "mention"]
    rows = [_DEFINITIONS, *(map(definition_row, usages.definitions) if usages.definitions else ["none"])]
    sections = {
        "[usages]": [f"{_place(use)}: {use.kind}: {_code(use)}" for use in certain],
        "[uncertain]": [f"{_place(use)}: use: {_code(use)}   ({use.why})" for use in uncertain],
        "[mentions]": [f"{_place(use)}: {use.why}: {_code(use)}" for use in mentions],
        "[not looked into]": [skipped_row(skipped) for skipped in usages.skipped],
    }
    for head, section in sections.items():
        if section:
            rows += [head, *section]
    return "\n".join(rows)


def doing(ask: Ask) -> str:
    """What is asked, in a few words for a person."""
    return visible(_doing(ask))


def _doing(ask: Ask) -> str:
    match ask:
        case FindSymbol(symbol=symbol):
            return f"Finding {_named(symbol)}"
        case Rename(symbol=symbol, new_name=new):
            return f"Renaming {_named(symbol)} to `{new}`"
        case Extract(selection=selection, into=into):
            return f"Extracting a {into} from {selection.path}:{selection.start.line}"
        case Inline(symbol=symbol):
            return f"Inlining {_named(symbol)}"
        case Move(symbol=symbol, to=to):
            return f"Moving {_named(symbol)} to {to}"
        case ChangeSignature(symbol=symbol):
            return f"Changing the signature of {_named(symbol)}"
        case OrganiseImports(path=path):
            return f"Organising the imports of {path}"


def _named(symbol: Symbol) -> str:
    if symbol.name:
        return f"`{symbol.name}`"
    return symbol.path if symbol.at is None else f"the name at {symbol.path}:{symbol.at.line}:{symbol.at.column}"


def _place(found: Found) -> str:
    return f"{visible(found.path)}:{found.at.line}:{found.at.column}"


def _code(found: Found) -> str:
    return visible(found.text[:MAX_LINE])
