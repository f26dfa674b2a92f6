"""The project's own files, as the architecture tests read them."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("apis", "core", "cli")
HISTORY = "core/storage/migrations/versions/"


@cache
def tracked() -> tuple[str, ...]:
    """Return the path of every file that belongs to the project, new ones that aren't ignored included."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return tuple(sorted(name for name in set(listing.splitlines()) if (ROOT / name).is_file()))


def modules(*folders: str) -> list[str]:
    """Return the Python files below some top-level folders (all: no argument); migrations are history."""
    return [
        name
        for name in tracked()
        if name.endswith(".py")
        and not name.startswith(HISTORY)
        and (not folders or name.startswith(tuple(f"{folder}/" for folder in folders)))
    ]


@cache
def text(name: str) -> str:
    """Return a file's text."""
    return (ROOT / name).read_text(encoding="utf-8")


@cache
def tree(name: str) -> ast.Module:
    """Return a module's syntax tree."""
    return ast.parse(text(name), name)


def functions(name: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield every function and method of a module, nested ones included."""
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def imports(name: str) -> Iterator[tuple[str, int]]:
    """Yield each module that a module imports (`from a.b import c` is a.b), with its line."""
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module, node.lineno
