"""What the examples of messages have in common: ids, a hunk, a question, a bill. Data only."""

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

PROMPT = "01K9Z7Q4V6N7P8Q9R0S1T2V3W4"
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
    },
    {
        "type": "select",
        "id": "effort",
        "name": "Effort",
        "category": "thought_level",
        "currentValue": "default",
        "options": [{"value": "default", "name": "Default"}, {"value": "high", "name": "High"}],
    },
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

USAGE: dict[str, Any] = {
    "sessionId": SESSION,
    "summary": "2 model calls, 11.8k in (81 % cached), 500 out, $0.0123 (genai-prices 0.2.3); "
    "model 14.2 s, tools 0.8 s, +12 −3 lines",
    "total": {
        "calls": 2,
        "tokens": {"input": 11800, "cached": 9600, "cacheWrite": 0, "output": 500, "reasoning": 320},
        "dollars": "0.0123",
        "unpriced": 0,
        "seconds": 14.2,
    },
    "lines": [
        {
            "kind": "tool",
            "name": "read_file",
            "total": {
                "calls": 3,
                "tokens": {"input": 4100, "cached": 3300, "cacheWrite": 0, "output": 0, "reasoning": 0},
                "dollars": "0.0031",
                "unpriced": 0,
                "seconds": 0.0,
            },
            "estimated": True,
        },
    ],
    "budgets": [{"unit": "dollars", "limit": "5", "spent": "0.0123"}],
    "toolSeconds": 0.8,
    "added": 12,
    "removed": 3,
    "prices": ["genai-prices 0.2.3"],
}
