"""The published protocol: wire models, the method table, the error catalogue. No editor, no harness, no I/O."""
