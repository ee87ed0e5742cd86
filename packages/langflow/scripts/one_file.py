"""Writes the components as single files, from the sources of the package, for those who can't pip-install.

    npm run langflow:paste [-- FOLDER]

Without a folder into `packages/langflow/dist`: `one-file/laplas/laplas.py` has all of them, for
LANGFLOW_COMPONENTS_PATH; the files of `paste/` have one each, for the code editor of a Custom Component, which takes
the first component that it finds. `paste/laplas_chat.py` of the repository is written by hand, to be read.
"""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent
SOURCES = PACKAGE / "src" / "lfx_laplas"
COMPONENTS = sorted((SOURCES / "components" / "laplas").glob("laplas_*.py"))


def main(arguments: list[str]) -> int:
    folder = Path(arguments[0]) if arguments else PACKAGE / "dist"
    files = {folder / "paste" / component.name: write_file([component]) for component in COMPONENTS}
    files[folder / "one-file" / "laplas" / "laplas.py"] = write_file(COMPONENTS)
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(path)
    return 0


def write_file(components: list[Path]) -> str:
    """Put the components and what they need into one text: what is needed first, imports at the top, each once."""
    paths: list[Path] = []
    for component in components:
        gather(component, paths)
    imports: dict[str, set[str]] = {}
    names: dict[str, Path] = {}
    parts = []
    for path in paths:
        source = path.read_text()
        tree = ast.parse(source)
        for name in defined_names(tree):
            if name in names:
                raise SystemExit(f"{name} is in {names[name].name} and in {path.name}: in one file they would be one")
            names[name] = path
        collect_imports(tree, imports)
        parts.append(body_of(source, tree))
    title = ", ".join(path.stem.removeprefix("laplas_").replace("_", " ") for path in components)
    head = (
        f'"""laplas in Langflow: {title}. One file with all that it needs.\n\n'
        "Written by npm run langflow:paste of laplas; don't edit.\n"
        '"""'
    )
    return "\n".join([head, "", "from __future__ import annotations", "", import_lines(imports), *parts])


def gather(path: Path, paths: list[Path]) -> None:
    """Add a module after those that it imports."""
    for node in ast.parse(path.read_text()).body:
        if is_own(node):
            gather(SOURCES / f"{node.module.removeprefix('lfx_laplas.')}.py", paths)
    if path not in paths:
        paths.append(path)


def is_own(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and (node.module or "").startswith("lfx_laplas.")


def defined_names(tree: ast.Module) -> list[str]:
    names = []
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.append(node.name)
        elif isinstance(node, ast.Assign):
            names += [target.id for target in node.targets if isinstance(target, ast.Name)]
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.append(node.target.id)
    return names


def collect_imports(tree: ast.Module, imports: dict[str, set[str]]) -> None:
    for node in tree.body:
        if isinstance(node, ast.Import):
            for alias in node.names:
                imports.setdefault(alias.name, set())
        elif isinstance(node, ast.ImportFrom) and node.module != "__future__" and not is_own(node):
            imports.setdefault(node.module or "", set()).update(alias.name for alias in node.names)


def import_lines(imports: dict[str, set[str]]) -> str:
    """Sort as ruff does: the standard library first, then the others; `import x` before `from x import y`."""
    groups: dict[bool, list[str]] = {True: [], False: []}
    for module, names in sorted(imports.items(), key=lambda item: (bool(item[1]), item[0])):
        line = f"from {module} import {', '.join(sorted(names, key=by_kind))}" if names else f"import {module}"
        groups[module.split(".")[0] in sys.stdlib_module_names].append(line)
    return "\n\n".join("\n".join(group) for group in (groups[True], groups[False]) if group)


def by_kind(name: str) -> tuple[int, str]:
    """Constants, then classes, then the rest."""
    return (0 if name.isupper() else 1 if name[0].isupper() else 2, name)


def body_of(source: str, tree: ast.Module) -> str:
    """Give all that stands below a module's imports, comments included."""
    last = max(node.end_lineno or 0 for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom)))
    body = "\n".join(source.splitlines()[last:]).strip("\n")
    first = (ast.get_docstring(tree) or "").splitlines()[0]
    # Two blank lines before a definition, one before anything else, as ruff has it.
    gap = "\n\n" if re.match(r"(def|class|async def|@)", body) else "\n"
    return f"\n# {first}\n{gap}{body}\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
