"""Every example of the reference beside the model it is an example of."""

from collections.abc import Iterator
from typing import Any

from bridge.protocol import handshake
from bridge.protocol.base import Wire
from bridge.protocol.commands import COMMANDS
from bridge.protocol.errors import ResponseError
from bridge.protocol.export import examples
from bridge.protocol.methods import METHODS
from bridge.protocol.update import SessionNotification

Example = tuple[str, type[Wire], Any]


def all_examples() -> tuple[Example, ...]:
    """(label, model, JSON) of each message, update, command and handshake example."""
    return (*_messages(), *_updates(), *_commands(), *_handshake())


def _messages() -> Iterator[Example]:
    for row in METHODS:
        if row.params is not None:
            yield f"{row.name} params", row.params, examples.PARAMS[row.name]
        if row.result is not None:
            yield f"{row.name} result", row.result, examples.RESULTS[row.name]


def _updates() -> Iterator[Example]:
    for update in examples.UPDATES:
        message = {"sessionId": examples.SESSION, "update": update}
        yield f"update {update['sessionUpdate']}", SessionNotification, message


def _commands() -> Iterator[Example]:
    for command in COMMANDS:
        yield f"{command.name} argument", command.arguments, examples.COMMAND_ARGUMENTS[command.name]
        if command.result is not None:
            yield f"{command.name} result", command.result, examples.COMMAND_RESULTS[command.name]


def _handshake() -> Iterator[Example]:
    yield "ResponseError", ResponseError, examples.HANDSHAKE["ResponseError"]
    for model in (
        handshake.HarnessClientCapabilities,
        handshake.HarnessServerCapabilities,
        handshake.InitializationOptions,
    ):
        yield model.__name__, model, examples.HANDSHAKE[model.__name__]
