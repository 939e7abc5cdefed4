"""The official JSON schemas, shipped as they were published, with their licences. The one module that opens them.

Every file stands in `manifest.json` with name, version, source, licence and SHA-256; a test compares. Schemas refer to
each other by URL; those are resolved among the shipped copies, never over the network.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from typing import cast

import jsonschema_rs
import msgspec

# What each is for -> its file. CycloneDX 1.2 and 1.3 in their strict form: unknown fields are mistakes there too.
FILES = {
    "CycloneDX 1.2": "cyclonedx/bom-1.2-strict.schema.json",
    "CycloneDX 1.3": "cyclonedx/bom-1.3-strict.schema.json",
    "CycloneDX 1.4": "cyclonedx/bom-1.4.schema.json",
    "CycloneDX 1.5": "cyclonedx/bom-1.5.schema.json",
    "CycloneDX 1.6": "cyclonedx/bom-1.6.schema.json",
    "CycloneDX 1.7": "cyclonedx/bom-1.7.schema.json",
    "SPDX 2.2": "spdx/spdx-2.2.2-schema.json",
    "SPDX 2.3": "spdx/spdx-2.3-schema.json",
    "OpenVEX 0.2.0": "openvex/openvex-0.2.0.schema.json",
    "OSV": "osv/osv.schema.json",
    "KEV": "kev/kev.schema.json",
}
_COMPANIONS = (
    "cyclonedx/spdx.schema.json",
    "cyclonedx/jsf-0.82.schema.json",
    "cyclonedx/cryptography-defs.schema.json",
)


def shipped(name: str) -> bytes:
    """One shipped file, by its path inside this folder."""
    return files(__package__).joinpath(*name.split("/")).read_bytes()


def _schema(name: str) -> dict[str, object]:
    return msgspec.json.decode(shipped(name), type=dict[str, object])


@lru_cache(maxsize=1)
def _companions() -> jsonschema_rs.Registry:
    schemas = [_schema(name) for name in _COMPANIONS]
    return jsonschema_rs.Registry([(cast(str, schema["$id"]), schema) for schema in schemas], retriever=_refuse)


def _refuse(url: str) -> dict[str, object]:
    raise ValueError(f"a schema refers to {url}, which is not shipped")


@lru_cache(maxsize=len(FILES))
def _validator(name: str) -> jsonschema_rs.Validator:
    """A validator that checks formats too; its regular expressions take linear time on any input."""
    return jsonschema_rs.validator_for(
        _schema(FILES[name]),
        registry=_companions(),
        validate_formats=True,
        pattern_options=jsonschema_rs.RegexOptions(),
    )


def errors(name: str, document: object) -> Iterator[jsonschema_rs.ValidationError]:
    """Every objection of a schema to a document; `name` is a key of `FILES`."""
    yield from _validator(name).iter_errors(document)
