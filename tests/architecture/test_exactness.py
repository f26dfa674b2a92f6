"""Money is never a float, and only the clock knows what time it is."""

from __future__ import annotations

import ast

from tests.architecture.sources import PRODUCT, modules, tree

NEAR_MONEY = ("money", "catalog", "inventory", "ordering", "usage", "billing")
PRESENT = {
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "time.time",
    "time.time_ns",
    "time.gmtime",
    "time.localtime",
}


def _is_near_money(name: str) -> bool:
    parts = name.removesuffix(".py").split("/")
    return "core" in parts[:2] and any(part.removeprefix("test_") in NEAR_MONEY for part in parts)


def test_no_float_comes_near_money() -> None:
    floats = [
        f"{name}:{node.lineno}"
        for name in modules("core", "tests")
        if _is_near_money(name)
        for node in ast.walk(tree(name))
        if (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float")
    ]
    assert floats == []


def test_only_the_clock_asks_for_the_time() -> None:
    asking = [
        f"{name}:{node.lineno} {ast.unparse(node)}"
        for name in modules(*PRODUCT)
        if name != "core/clock.py"
        for node in ast.walk(tree(name))
        if isinstance(node, ast.Attribute) and _last_two(node) in PRESENT
    ]
    assert asking == []


def _last_two(node: ast.Attribute) -> str:
    return ".".join(ast.unparse(node).split(".")[-2:])
