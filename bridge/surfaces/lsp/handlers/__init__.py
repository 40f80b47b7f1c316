"""One resource a file; each handler maps, calls a use-case, and maps back."""
