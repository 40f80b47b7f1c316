"""What is published and where: every generated file by its path from the project's root."""

import json
from dataclasses import asdict

from bridge.protocol.base import PROTOCOL_VERSION, Wire
from bridge.protocol.commands import COMMANDS
from bridge.protocol.errors import CATALOGUE
from bridge.protocol.export.reference import reference
from bridge.protocol.export.schema import Schema, bundle
from bridge.protocol.export.typescript import typescript
from bridge.protocol.methods import METHODS

TEMPLATE = "bridge/protocol/export/README.template.md"
SCHEMA = f"protocol/schema/v{PROTOCOL_VERSION}.json"
METHODS_JSON = "protocol/methods.json"
README = "protocol/README.md"
TYPESCRIPT = "vscode-extension/src/protocol/generated.ts"


def published(template: str) -> dict[str, str]:
    """The text of each file, from the text of the reference's template."""
    schema = bundle()
    return {
        SCHEMA: _text(schema),
        METHODS_JSON: _text(_table()),
        README: reference(template, schema),
        TYPESCRIPT: typescript(schema),
    }


def _table() -> Schema:
    return {
        "protocolVersion": PROTOCOL_VERSION,
        "methods": [
            {
                "name": row.name,
                "direction": row.direction,
                "kind": row.kind,
                "params": _ref(row.params),
                "result": _ref(row.result),
                "scope": row.scope,
                "stability": row.stability,
                "doc": row.doc,
            }
            for row in METHODS
        ],
        "commands": [
            {
                "name": command.name,
                "title": command.title,
                "arguments": [_ref(command.arguments)],
                "result": _ref(command.result),
                "doc": command.doc,
            }
            for command in COMMANDS
        ],
        "errors": [asdict(row) for row in CATALOGUE],
    }


def _ref(model: type[Wire] | None) -> dict[str, str] | None:
    if model is None:
        return None
    return {"$ref": f"schema/v{PROTOCOL_VERSION}.json#/$defs/{model.__name__}"}


def _text(value: Schema) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
