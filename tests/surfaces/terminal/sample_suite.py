"""Run as a process: the unittest suites of the projects in the folders named, each as if it were the only one.

Writes a line for each folder: "ok" or "failed", and how many tests ran.
"""

import io
import os
import sys
import unittest
from pathlib import Path


def run(folder: str) -> str:
    known = set(sys.modules)
    os.chdir(folder)
    sys.path.insert(0, folder)
    try:
        suite = unittest.TestLoader().discover("tests", top_level_dir=folder)
        result = unittest.TextTestRunner(io.StringIO()).run(suite)
    finally:
        sys.path.remove(folder)
        for name in set(sys.modules) - known:
            del sys.modules[name]
        sys.path_importer_cache.clear()
    return f"{'ok' if result.wasSuccessful() else 'failed'} {result.testsRun}"


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    for row in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines():
        sys.stdout.write(run(row) + "\n")
