"""Modules of Enterprise Linux: in which stream a package was built, and how far its module's build had come.

A module is mended as a whole. Red Hat's data name the build of its stream, `nodejs:16-8080020231013145100.63b34585`:
the platform (8.8.0), the time of the build, and a context. An installed package shows the platform and a tag,
`…-2.module+el8.8.0+19857+6d2a104d`; its modularity label, where the SBOM has it, names the stream and the build.
Without one the stream is told by the version of the package the module is named by, and the build is taken for the
earliest of its platform: affected unless a later platform says otherwise, for unknown is never 'no'.
Source: Fedora and Red Hat modularity documentation, "Naming policy: name, stream, version, context".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from suture.core.purl import Purl

_TAG = re.compile(r"\.module[+_](el(\d+)(?:\.(\d+)\.(\d+))?\S*)").search  # 'el8+2452+…' is of 8.0.0
_LABELS = ("modularitylabel", "rpmmod")  # as Trivy and Syft call the qualifier

# Modules whose stream is named by the version of the package of the same name: how many of its numbers.
_BY_VERSION: dict[str, int] = {
    "ant": 2, "freeradius": 2, "httpd": 2, "inkscape": 2, "mariadb": 2, "maven": 2, "mercurial": 2, "mysql": 2,
    "nginx": 2, "nodejs": 1, "perl": 2, "php": 2, "postgresql": 1, "redis": 1, "ruby": 2, "scala": 2, "squid": 1,
    "subversion": 2, "swig": 2, "varnish": 1,
}  # fmt: skip


class Module(NamedTuple):
    """A stream of a module, and the build a package came with."""

    name: str
    stream: str
    build: str  # '8080020231013145100.63b34585'; the earliest of its platform where no label tells
    release: str = ""  # of the package the module is named by: packages of the same release have the same source


def tag_of(version: str) -> str:
    """What marks the module build a package came with, 'el8.8.0+19857+6d2a104d'; '' for a package of no module."""
    found = _TAG(version)
    return found[1] if found else ""


def labelled(read: Purl) -> Module | None:
    """The module that a package's modularity label names: `nodejs:16:8080020231013145100:63b34585`."""
    label = next(filter(None, map(read.qualifier, _LABELS)), "").split(":")
    if len(label) < 3 or not all(label[:3]):
        return None
    name, stream, version, *context = label
    return Module(name, stream, ".".join([version, *context[:1]]), _release(read.version))


def named_by(read: Purl) -> Module | None:
    """The module and stream of the package a module is named by, told by its version: ruby 2.5.9 is of `ruby:2.5`."""
    found, many = _TAG(read.version), _BY_VERSION.get(read.name, 0)
    numbers = read.version.rpartition(":")[2].partition("-")[0].split(".")
    if not found or not many or len(numbers) < many or not all(number.isdecimal() for number in numbers[:many]):
        return None
    # '8.8.0' is 80800 in a build's version, and its time follows as 14 digits: no build of the platform is earlier.
    build = f"{found[2]}{found[3] or '':0>2}{found[4] or '':0>2}{0:014}"
    return Module(read.name, ".".join(numbers[:many]), build, _release(read.version))


def in_document(packages: Iterable[Purl]) -> Mapping[str, Module]:
    """Which module each tag of a document stands for. A tag that two packages read differently stands for none."""
    found: dict[str, Module | None] = {}
    for read in packages:
        tag, module = tag_of(read.version), labelled(read) or named_by(read)
        if tag and module is not None:
            known = found.setdefault(tag, module)
            if known is not None and known[:2] != module[:2]:
                found[tag] = None
    return {tag: module for tag, module in found.items() if module is not None}


def _release(version: str) -> str:
    return version.rpartition("-")[2]


def same_source(read: Purl, module: Module) -> bool:
    """Whether a package was built from the source package its module is named by: the same release says so."""
    return read.name == module.name or (bool(module.release) and _release(read.version) == module.release)
