"""One example for each message, shown in the reference and held against the models by a test. Data only."""

from typing import Any

from bridge.protocol.export.parts import APPROVAL as APPROVAL
from bridge.protocol.export.parts import (
    APPROVAL_VIEW,
    CALL,
    CONFIG_OPTIONS,
    DIGEST,
    HUNK,
    HUNK_VIEW,
    LONG_HUNK,
    OTHER_HUNK,
    PERMISSION_CALL,
    PERMISSION_OPTIONS,
    PROMPT,
    SPLIT_HUNK,
    STALE_HUNK_VIEW,
    TURN,
    USAGE,
)
from bridge.protocol.export.parts import SESSION as SESSION

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
    "harness/session/steer": {
        "sessionId": SESSION,
        "turnId": TURN,
        "prompt": [{"type": "text", "text": "Leave the tests as they are."}],
    },
    "harness/session/unqueue": {"sessionId": SESSION, "promptId": PROMPT},
    "harness/session/compact": {"sessionId": SESSION},
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
    "harness/usage/get": {"sessionId": SESSION},
    "harness/model/list": {},
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
    "harness/session/steer": {},
    "harness/session/unqueue": {},
    "harness/session/compact": {"compacted": True, "before": 181000, "after": 24000},
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
    "harness/usage/get": USAGE,
    "harness/model/list": {
        "models": [
            {
                "id": "gpt-5-mini",
                "window": 400000,
                "output": 128000,
                "efforts": ["minimal", "low", "medium", "high"],
                "images": True,
                "price": {"input": "0.25", "output": "2", "cached": "0.025", "source": "genai-prices"},
            }
        ]
    },
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
    {
        "sessionUpdate": "usage_update",
        "used": 6100,
        "size": 400000,
        "cost": {"amount": 0.0123, "currency": "USD"},
        "_meta": {
            "harness": {
                "tokens": 12300,
                "turnId": TURN,
                "turnTokens": 12300,
                "turnDollars": "0.0123",
                "unpriced": 0,
            }
        },
    },
    {
        "sessionUpdate": "retrying",
        "turnId": TURN,
        "attempt": 1,
        "waitSeconds": 8.0,
        "message": "the service is busy (429)",
    },
    {
        "sessionUpdate": "model_switched",
        "turnId": TURN,
        "model": "gpt-5-mini",
        "why": "gpt-5 could not be reached",
    },
    {
        "sessionUpdate": "feature_lowered",
        "model": "llama",
        "feature": "reasoning",
        "why": "the server does not take it",
    },
    {
        "sessionUpdate": "compacted",
        "cause": "window",
        "by": "model",
        "before": 181000,
        "after": 24000,
        "files": ["greet.py"],
    },
    {"sessionUpdate": "budget_warning", "turnId": TURN, "unit": "dollars", "spent": "4.02", "limit": "5"},
    {"sessionUpdate": "queue_update", "queue": [{"promptId": PROMPT, "text": "Now the tests."}]},
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
    "harness.steer": {"text": "Leave the tests as they are.", "turnId": TURN},
    "harness.compact": {"sessionId": SESSION},
    "harness.usage": {},
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
    "harness.steer": {"taken": True},
    "harness.compact": {"compacted": False},
    "harness.usage": USAGE,
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
        "baseUrl": "http://localhost:11434/v1",
        "api": "chat",
        "effort": "high",
        "fast": False,
        "budget": 5.0,
        "prices": {"qwen3": {"input": 0.1, "output": 0.4}},
    },
    "ResponseError": {
        "code": -32803,
        "message": "There is no such session.",
        "data": {"kind": "unknown_session", "hint": "List the sessions, and load one, or open a new one."},
    },
}
