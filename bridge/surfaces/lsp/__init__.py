"""The editor's way in: JSON-RPC on stdio with LSP framing."""
