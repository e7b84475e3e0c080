"""The house: operations -> __main__ -> stacks -> components -> infra; policy, toolchain and lab stand beside."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOUSE = ("operations", "__main__", "stacks", "components", "infra", "policy", "history", "lab", "toolchain")
OURS = (*HOUSE, "tests", "benchmarks", "examples")
SMALL = {"infra.errors", "infra.progress"}
MAY: dict[str, set[str]] = {
    "infra": {"infra"},
    "components": {"components", "infra"},
    "stacks": {"stacks", "components", "infra"},
    "__main__": {"stacks"},
    "toolchain": {"toolchain", *SMALL},
    "lab": {"lab", "toolchain", *SMALL},
    "policy": {"policy", "infra"},
    "history": {"history", "infra"},
    "operations": {"operations", "policy", "history", "infra", "lab", "toolchain", "components.workflows"},
}
"""Operations drive the program through the engine, so that they import neither the stacks nor the components; but for the
workflows, which are data, and written by a command as well as by a component."""

ON_IMPORT = """
import importlib, pkgutil, sys
import pulumi
acts = []
def watch(event, args):
    if event in ("socket.connect", "subprocess.Popen", "os.system", "socket.bind"):
        acts.append(f"{event} {args}")
    if event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+") and "__pycache__" not in str(args[0]):
        acts.append(f"write {args[0]}")
sys.addaudithook(watch)
import infra
for module in pkgutil.walk_packages(infra.__path__, "infra."):
    importlib.import_module(module.name)
print("\\n".join(acts))
"""


def files(package: str) -> list[Path]:
    return [ROOT / "__main__.py"] if package == "__main__" else sorted((ROOT / package).rglob("*.py"))


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Every module that a file imports, wherever in it, and every name taken from one."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def allowed(name: str, may: set[str]) -> bool:
    return name.split(".")[0] not in OURS or any(name == known or name.startswith(f"{known}.") for known in may)


@pytest.mark.parametrize("package", MAY)
def test_imports_follow_the_arrow(package: str) -> None:
    found = files(package)
    assert found
    wrong = [
        f"{path.relative_to(ROOT)}:{line}: imports {name}"
        for path in found
        for line, name in imports(path)
        if not allowed(name, MAY[package])
    ]
    assert not wrong, f"{package} may import only {sorted(MAY[package])} of ours:\n" + "\n".join(wrong)


def test_an_import_against_the_arrow_would_be_seen(tmp_path: Path) -> None:
    path = tmp_path / "bad.py"
    path.write_text("def late():\n    from components.args import ServiceArgs\n    import infra.ledger, os\n")
    assert [(line, allowed(name, MAY["lab"])) for line, name in imports(path)] == [(2, False), (3, False), (3, True)]


def test_every_package_of_ours_is_in_the_house() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert packages <= set(OURS)


def test_the_programs_entry_has_at_most_ten_lines() -> None:
    assert len((ROOT / "__main__.py").read_text().splitlines()) <= 10


def test_importing_infra_does_nothing_to_the_world() -> None:
    done = subprocess.run([sys.executable, "-c", ON_IMPORT], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


@pytest.mark.parametrize(
    ("module", "heavy"),
    [
        ("infra.errors", ["pulumi", "lightkube", "httpx2", "pydantic", "grpc", "yaml", "rich"]),
        ("infra.ledger", ["pulumi", "lightkube", "httpx2", "pydantic", "grpc", "yaml", "rich"]),
        ("infra.decision", ["pulumi", "lightkube", "httpx2", "pydantic", "grpc", "yaml", "rich"]),
        ("infra.provider.plugin", ["lightkube", "httpx2", "pydantic", "yaml", "rich"]),
        ("infra.provider.serve", ["lightkube", "httpx2", "pydantic", "yaml", "rich", "pulumi.resource"]),
        ("infra.provider.resources", ["lightkube", "httpx2"]),
        ("components", ["lightkube", "httpx2", "pulumi_kubernetes", "pulumi_github", "pulumi_aws"]),
    ],
)
def test_a_module_brings_only_what_it_needs(module: str, heavy: list[str]) -> None:
    code = f"import sys, {module}; print(*[name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
