"""Python files as the refactorings read them: texts, trees, modules, and what each file defines."""
