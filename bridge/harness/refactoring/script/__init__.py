"""JavaScript and TypeScript, inside one file, by tree-sitter."""
