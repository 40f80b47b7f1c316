"""The review in an editor. Tier 0: diagnostics and code actions, for any LSP client."""
