"""Ways in: editors (lsp), people and scripts (terminal). Surfaces know nothing of each other."""
