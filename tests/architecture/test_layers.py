"""Who may know whom: the import contracts hold, and they cover everything there is."""

from __future__ import annotations

import tomllib

from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

from tests.architecture.sources import ROOT, imports, modules

DOMAINS = {"catalog", "customer", "inventory", "ordering", "usage", "billing"}


def _contracts() -> dict[str, dict[str, object]]:
    configuration = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return {contract["name"]: contract for contract in configuration["tool"]["importlinter"]["contracts"]}


def _folders(package: str, prefix: str = "") -> set[str]:
    return {path.name for path in (ROOT / package).glob(f"{prefix}*/") if (path / "__init__.py").is_file()}


def test_every_import_contract_holds() -> None:
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == EXIT_STATUS_SUCCESS


def test_the_contracts_name_every_api_folder() -> None:
    contracts = str(_contracts())
    unnamed = {name for name in _folders("apis", "tmf") if f"apis.{name}'" not in contracts.replace(" ", "'")}
    assert unnamed == set()


def test_every_folder_of_the_core_is_a_domain_or_named_in_the_layers() -> None:
    assert _folders("core") == DOMAINS | {"events", "storage"}


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
