"""Who may know whom: the import contracts hold, and they cover everything there is."""

from __future__ import annotations

import re
import tomllib

from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

from tests.architecture.sources import ROOT, imports, modules

DOMAINS = {"catalog", "customer", "inventory", "ordering", "usage", "billing", "topics"}


def _layers() -> set[str]:
    configuration = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = [contract.get("layers", ()) for contract in configuration["tool"]["importlinter"]["contracts"]]
    return {name for some in layers for layer in some for name in re.split("[ |:]+", layer)}


def _parts(package: str) -> set[str]:
    folder = ROOT / package
    return {path.stem for path in folder.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()}


def test_every_import_contract_holds() -> None:
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == EXIT_STATUS_SUCCESS


def test_the_contracts_name_every_api_folder_and_every_part_of_the_core() -> None:
    apis = {f"apis.{name}" for name in _parts("apis") if name.startswith("tmf")}
    core = {f"core.{name}" for name in _parts("core") - {"__init__"}}
    assert (apis | core) - _layers() == set()


def test_every_domain_says_what_its_words_mean() -> None:
    assert [name for name in sorted(DOMAINS) if not (ROOT / "core" / name / "README.md").is_file()] == []


def test_a_domain_reaches_another_only_through_its_package() -> None:
    inside = [
        f"{name}:{line} imports {module}"
        for name in modules("core", "apis", "cli")
        for module, line in imports(name)
        if _is_inside_of_a_domain(module) and not _is_at_home(name, module) and name != "core/domains.py"
    ]
    assert inside == []


def _is_inside_of_a_domain(module: str) -> bool:
    parts = module.split(".")
    return len(parts) > 2 and parts[0] == "core" and parts[1] in DOMAINS


def _is_at_home(name: str, module: str) -> bool:
    return name.startswith("/".join(module.split(".")[:2]) + "/")
