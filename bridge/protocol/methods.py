"""THE table: every message of the protocol, joined from the resources."""

from collections.abc import Mapping
from types import MappingProxyType

from bridge.protocol import config, editor, permission, review, session, update, usage
from bridge.protocol.row import Method

METHODS: tuple[Method, ...] = (
    *session.ROWS,
    *config.ROWS,
    *update.ROWS,
    *review.ROWS,
    *permission.ROWS,
    *editor.ROWS,
    *usage.ROWS,
)

BY_NAME: Mapping[str, Method] = MappingProxyType({row.name: row for row in METHODS})
