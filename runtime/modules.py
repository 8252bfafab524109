"""Finding the modules of a folder that offer something, so that adding one is adding a file."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType


def modules_with(package: ModuleType, name: str) -> Iterator[ModuleType]:
    """The modules of a package that have `name`, alphabetically."""
    for found in sorted(iter_modules(package.__path__), key=lambda m: m.name):
        module = import_module(f"{package.__name__}.{found.name}")
        if hasattr(module, name):
            yield module
