"""One example for each message, shown in the reference and held against the models by a test. Data only."""

from typing import Any

SESSION = "01K9Z7Q4M8W3T5R6Y7V8N9P0AB"
TURN = "01K9Z7Q4N2F6G7H8J9K0M1N2P3"
CALL = "01K9Z7Q4P5A6B7C8D9E0F1G2H3"
PROPOSAL = "01K9Z7Q4Q8X9Y0Z1A2B3C4D5E6"
HUNK = "01K9Z7Q4Q9R8S7T6V5W4X3Y2Z1"
OTHER_HUNK = "01K9Z7Q4QAJ1K2M3N4P5Q6R7S8"
APPROVAL = "01K9Z7Q4R1B2C3D4E5F6G7H8J9"
DIGEST = "8c1f7d9a34c0c6c2f6d0e1b2a3948576f0e1d2c3b4a5968778695a4b3c2d1e0f"

HUNK_VIEW: dict[str, Any] = {
    "hunkId": HUNK,
    "proposalId": PROPOSAL,
    "sessionId": SESSION,
    "uri": "file:///home/ada/project/greet.py",
    "op": "edit",
    "range": {"start": {"line": 3, "character": 0}, "end": {"line": 4, "character": 0}},
    "oldText": "def greet(nm):\n",
    "newText": "def greet(name: str) -> str:\n",
    "digest": DIGEST,
    "placement": "absent",
    "fit": "clean",
    "index": 0,
    "total": 2,
    "title": "Give greet() a readable signature",
    "policy": "ask",
    "atomic": False,
    "version": 7,
}

STALE_HUNK_VIEW: dict[str, Any] = {
    **HUNK_VIEW,
    "hunkId": OTHER_HUNK,
    "range": {"start": {"line": 9, "character": 0}, "end": {"line": 9, "character": 0}},
    "oldText": "",
    "newText": 'print(greet("Ada"))\n',
    "fit": "stale",
    "staleReason": "overlap",
    "index": 1,
}

LONG_HUNK = "01K9Z7Q4QBL2M3N4P5Q6R7S8T9"
SPLIT_HUNK = "01K9Z7Q4S3D4E5F6G7H8J9K0L1"

CONFIG_OPTIONS: list[dict[str, Any]] = [
    {
        "type": "select",
        "id": "review_policy",
        "name": "Review",
        "description": "When an edit of the agent is applied.",
        "currentValue": "ask",
        "options": [
            {"value": "ask", "name": "Ask", "description": "You decide each hunk; accepted ones are applied."},
            {"value": "keep", "name": "Keep", "description": "Hunks are applied at once; you keep or undo each."},
        ],
    }
]

PERMISSION_OPTIONS = [
    {"optionId": "allow_once", "name": "Allow once", "kind": "allow_once"},
    {"optionId": "reject_once", "name": "Reject", "kind": "reject_once"},
]

PERMISSION_CALL: dict[str, Any] = {
    "toolCallId": CALL,
    "title": "Read /etc/hosts",
    "kind": "read",
    "status": "pending",
    "locations": [{"path": "/etc/hosts"}],
    "rawInput": {"path": "/etc/hosts"},
}

APPROVAL_VIEW: dict[str, Any] = {
    "approvalId": APPROVAL,
    "sessionId": SESSION,
    "agent": [],
    "toolCall": PERMISSION_CALL,
    "touches": ["read /etc/hosts (outside the workspace)"],
    "options": PERMISSION_OPTIONS,
    "digest": DIGEST,
    "why": "default: reads outside the workspace ask",
    "state": "open",
}

PARAMS: dict[str, Any] = {
    "harness/session/new": {"cwd": "/home/ada/project", "mcpServers": []},
    "harness/session/load": {"sessionId": SESSION, "cwd": "/home/ada/project", "mcpServers": []},
    "harness/session/list": {"cwd": "/home/ada/project"},
    "harness/session/close": {"sessionId": SESSION},
    "harness/session/prompt": {
        "sessionId": SESSION,
        "prompt": [
            {"type": "text", "text": "Give greet() a readable signature."},
            {"type": "resource_link", "uri": "file:///home/ada/project/greet.py", "name": "greet.py"},
        ],
        "workDoneToken": "turn-1",
    },
    "harness/session/cancel": {"sessionId": SESSION},
    "harness/session/set_config_option": {"sessionId": SESSION, "configId": "review_policy", "value": "keep"},
    "harness/session/update": {
        "sessionId": SESSION,
        "seq": 12,
        "update": {"sessionUpdate": "hunk_update", "hunk": HUNK_VIEW},
    },
    "harness/review/list": {"sessionId": SESSION, "uri": "file:///home/ada/project/greet.py"},
    "harness/review/decide": {
        "decisions": [
            {"hunkId": HUNK, "verdict": "accept"},
            {"hunkId": OTHER_HUNK, "verdict": "reject", "reason": "Keep the module free of side effects."},
            {"hunkId": LONG_HUNK, "verdict": "accept", "lines": {"start": 0, "end": 2}},
        ]
    },
    "harness/review/get": {"hunkId": HUNK},
    "harness/review/undo": {"hunkIds": [HUNK], "reason": "The callers don't pass a name."},
    "harness/review/comment": {
        "comments": [{"hunkId": HUNK, "text": "Say in the docstring what it returns.", "lines": {"start": 0, "end": 1}}]
    },
    "harness/session/request_permission": {
        "sessionId": SESSION,
        "toolCall": PERMISSION_CALL,
        "options": PERMISSION_OPTIONS,
        "_meta": {"harness": {"approvalId": APPROVAL, "why": "default: reads outside the workspace ask"}},
    },
    "harness/permission/pending": {"sessionId": SESSION},
    "harness/permission/answer": {
        "approvalId": APPROVAL,
        "optionId": "reject_once",
        "reason": "It has nothing to do with this project.",
    },
    "harness/editor/shown": {"approvalId": APPROVAL},
    "harness/editor/apply": {
        "uri": "file:///home/ada/project/greet.py",
        "version": 7,
        "edits": [{"range": HUNK_VIEW["range"], "newText": HUNK_VIEW["newText"]}],
        "undoGroup": "01K9Z7Q4T5M6N7P8Q9R0S1T2V3",
        "label": "Give greet() a readable signature",
    },
    "harness/editor/save": {"uris": ["file:///home/ada/project/greet.py"]},
}

RESULTS: dict[str, Any] = {
    "harness/session/new": {"sessionId": SESSION, "configOptions": CONFIG_OPTIONS},
    "harness/session/load": {"configOptions": CONFIG_OPTIONS},
    "harness/session/list": {
        "sessions": [
            {
                "sessionId": SESSION,
                "cwd": "/home/ada/project",
                "title": "Give greet() a readable signature",
                "updatedAt": "2026-11-22T09:30:00Z",
            }
        ]
    },
    "harness/session/close": {},
    "harness/session/prompt": {"stopReason": "end_turn"},
    "harness/session/set_config_option": {"configOptions": [{**CONFIG_OPTIONS[0], "currentValue": "keep"}]},
    "harness/review/list": {"hunks": [HUNK_VIEW, STALE_HUNK_VIEW]},
    "harness/review/decide": {
        "outcomes": [
            {"hunkId": HUNK, "outcome": "present"},
            {"hunkId": OTHER_HUNK, "outcome": "rejected"},
            {"hunkId": LONG_HUNK, "outcome": "present", "decidedId": SPLIT_HUNK},
        ]
    },
    "harness/review/get": {
        "hunk": HUNK_VIEW,
        "currentText": HUNK_VIEW["oldText"],
        "siblings": [HUNK, OTHER_HUNK],
    },
    "harness/review/undo": {
        "outcomes": [
            {
                "hunkId": HUNK,
                "outcome": "refused",
                "message": "A later hunk stands on it.",
                "blockedBy": [SPLIT_HUNK],
            }
        ]
    },
    "harness/review/comment": {},
    "harness/session/request_permission": {"outcome": {"outcome": "selected", "optionId": "allow_once"}},
    "harness/permission/pending": {"approvals": [APPROVAL_VIEW]},
    "harness/permission/answer": {"state": "answered"},
    "harness/editor/apply": {"applied": True, "version": 8, "sha256": DIGEST},
    "harness/editor/save": {"saved": ["file:///home/ada/project/greet.py"]},
}

UPDATES: tuple[dict[str, Any], ...] = (
    {"sessionUpdate": "turn_started", "turnId": TURN},
    {"sessionUpdate": "user_message_chunk", "content": {"type": "text", "text": "Give greet() a readable signature."}},
    {"sessionUpdate": "agent_thought_chunk", "content": {"type": "text", "text": "The parameter is called nm."}},
    {"sessionUpdate": "agent_message_chunk", "content": {"type": "text", "text": "I propose two changes."}},
    {
        "sessionUpdate": "plan",
        "entries": [{"content": "Rename the parameter", "priority": "high", "status": "in_progress"}],
    },
    {"sessionUpdate": "current_mode_update", "currentModeId": "default"},
    {"sessionUpdate": "config_option_update", "configOptions": CONFIG_OPTIONS},
    {"sessionUpdate": "tool_call", "toolCallId": CALL, "title": "Edit greet.py", "kind": "edit", "status": "pending"},
    {"sessionUpdate": "hunk_update", "hunk": HUNK_VIEW},
    {"sessionUpdate": "approval_opened", "approval": APPROVAL_VIEW},
    {
        "sessionUpdate": "approval_closed",
        "approvalId": APPROVAL,
        "state": "answered",
        "optionId": "reject_once",
    },
    {
        "sessionUpdate": "tool_call_update",
        "toolCallId": CALL,
        "status": "completed",
        "content": [{"type": "content", "content": {"type": "text", "text": "1 of 2 hunks accepted"}}],
    },
    {"sessionUpdate": "note", "text": "An accepted hunk of greet.py was undone."},
    {"sessionUpdate": "turn_ended", "turnId": TURN, "stopReason": "end_turn"},
)

COMMAND_ARGUMENTS: dict[str, Any] = {
    "harness.prompt": {
        "text": "Give greet() a readable signature.",
        "uri": "file:///home/ada/project/greet.py",
        "line": 3,
        "endLine": 5,
    },
    "harness.askHere": {"uri": "file:///home/ada/project/greet.py", "range": HUNK_VIEW["range"]},
    "harness.refactor": {
        "uri": "file:///home/ada/project/greet.py",
        "range": {"start": {"line": 3, "character": 10}, "end": {"line": 3, "character": 12}},
        "action": "rename",
        "newName": "name",
    },
    "harness.accept": {"hunkId": HUNK},
    "harness.reject": {"hunkId": HUNK, "reason": "The name is fine."},
    "harness.rejectWithReason": {"hunkId": HUNK},
    "harness.applyAnyway": {"hunkId": HUNK},
    "harness.undo": {"hunkId": HUNK},
    "harness.acceptFile": {"uri": "file:///home/ada/project/greet.py"},
    "harness.rejectFile": {"uri": "file:///home/ada/project/greet.py"},
    "harness.show": {"hunkId": HUNK},
    "harness.next": {"uri": "file:///home/ada/project/greet.py", "line": 3},
    "harness.cancel": {"sessionId": SESSION},
}

COMMAND_RESULTS: dict[str, Any] = {
    "harness.prompt": {"sessionId": SESSION},
    "harness.askHere": {"sessionId": SESSION},
    "harness.refactor": {"sessionId": SESSION},
    "harness.accept": {"outcomes": [{"hunkId": HUNK, "outcome": "present"}]},
    "harness.reject": {"outcomes": [{"hunkId": HUNK, "outcome": "rejected"}]},
    "harness.rejectWithReason": {"outcomes": [{"hunkId": HUNK, "outcome": "rejected"}]},
    "harness.applyAnyway": {"outcomes": [{"hunkId": HUNK, "outcome": "present", "decidedId": SPLIT_HUNK}]},
    "harness.undo": {"outcomes": [{"hunkId": HUNK, "outcome": "removed"}]},
    "harness.acceptFile": {
        "outcomes": [
            {"hunkId": HUNK, "outcome": "present"},
            {
                "hunkId": OTHER_HUNK,
                "outcome": "stale",
                "message": "The same lines were changed meanwhile.",
                "currentText": 'print(greet("Bob"))\n',
            },
        ]
    },
    "harness.rejectFile": {"outcomes": [{"hunkId": HUNK, "outcome": "rejected"}]},
    "harness.next": {"hunk": HUNK_VIEW},
}

HANDSHAKE: dict[str, Any] = {
    "HarnessClientCapabilities": {
        "protocolVersion": 1,
        "permissions": True,
        "updates": True,
        "editorApply": True,
        "editorSave": True,
        "review": True,
    },
    "HarnessServerCapabilities": {"protocolVersion": 1},
    "InitializationOptions": {
        "model": "scripted",
        "script": "/home/ada/answers.json",
        "review": "ask",
        "save": "clean",
    },
    "ResponseError": {
        "code": -32803,
        "message": "There is no such session.",
        "data": {"kind": "unknown_session", "hint": "List the sessions, and load one, or open a new one."},
    },
}
