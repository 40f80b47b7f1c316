"""Approvals to the wire."""

from bridge.harness.values.approvals import Approval
from bridge.protocol import permission as wire
from bridge.protocol.toolcall import ToolCallUpdate


def approval_view(approval: Approval) -> wire.ApprovalView:
    """A question as a record."""
    return wire.ApprovalView(
        approval_id=approval.id,
        session_id=approval.session,
        agent=approval.agent,
        tool_call=_tool_call(approval),
        touches=approval.subject.touches,
        options=_options(approval),
        digest=approval.digest,
        why=approval.ruling.why.text,
        state=approval.state,
    )


def request_permission(approval: Approval) -> wire.RequestPermissionRequest:
    """ACP's question."""
    note = wire.ApprovalNote(approval_id=approval.id, why=approval.ruling.why.text)
    return wire.RequestPermissionRequest(
        meta=wire.RequestPermissionMeta(harness=note),
        session_id=approval.session,
        tool_call=_tool_call(approval),
        options=_options(approval),
    )


def _tool_call(approval: Approval) -> ToolCallUpdate:
    return ToolCallUpdate(tool_call_id=approval.call, title=approval.subject.title, status="pending")


def _options(approval: Approval) -> tuple[wire.PermissionOption, ...]:
    return tuple(wire.PermissionOption(option_id=c.id, name=c.title, kind=c.kind) for c in approval.choices)
