"""How modules, functions and tests are named and introduced."""

from __future__ import annotations

import ast
import re
from pathlib import PurePath

from tests.architecture.sources import HISTORY, PRODUCT, functions, modules, text, tracked, tree

SHAPELESS = {"util", "utils", "helper", "helpers", "manager", "managers", "base", "misc", "stuff"}
LEFT_FOR_LATER = re.compile(r"\b(TODO|FIXME|XXX|HACK|NotImplementedError)\b")
MACHINE_PATH = re.compile(r"(?<![\w.}])/(?:root|work|home/\w+|Users/\w+)/\w")
FEWEST_WORDS = 4


def test_every_module_opens_with_a_sentence_that_says_what_it_is_for() -> None:
    silent = [name for name in modules() if text(name).strip() and not _opening(name).endswith((".", ":"))]
    assert silent == []


def _opening(name: str) -> str:
    return (ast.get_docstring(tree(name)) or "").partition("\n\n")[0].strip()


def test_every_public_function_says_what_it_does() -> None:
    silent = [
        f"{name}:{function.lineno} {function.name}"
        for name in modules(*PRODUCT)
        for function in _public_functions(tree(name))
        if not ast.get_docstring(function)
    ]
    assert silent == []


def _public_functions(module: ast.Module) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Return the functions of a module and the methods of its public classes; inner functions are private."""
    owners = [module, *(node for node in module.body if isinstance(node, ast.ClassDef) and node.name[0] != "_")]
    return [
        node
        for owner in owners
        for node in owner.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_")
    ]


def test_no_file_has_a_name_that_says_nothing() -> None:
    shapeless = [name for name in tracked() if SHAPELESS & set(re.split(r"[_.]", PurePath(name).name.lower()))]
    assert shapeless == []


def test_nothing_is_left_for_later() -> None:
    left = [name for name in modules(*PRODUCT) if LEFT_FOR_LATER.search(text(name))]
    assert left == []


def test_no_file_names_a_path_of_one_machine() -> None:
    found = [
        f"{name}: {match.group()}"
        for name in tracked()
        if not name.startswith(HISTORY) and _is_text(name) and (match := MACHINE_PATH.search(text(name)))
    ]
    assert found == []


def _is_text(name: str) -> bool:
    return PurePath(name).suffix not in {".ttf", ".otf", ".woff2", ".png", ".jpg", ".pdf", ".ico", ".gz", ".zip"}


def test_test_names_are_sentences() -> None:
    short = [
        f"{name}:{function.lineno} {function.name}"
        for name in modules("tests")
        for function in functions(name)
        if function.name.startswith("test_") and len(function.name.split("_")) - 1 < FEWEST_WORDS
    ]
    assert short == []
