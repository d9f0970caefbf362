"""The list of components as CycloneDX 1.6 JSON (https://cyclonedx.org/docs/1.6/json/)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from offline_ci import __version__
from offline_ci.bundle.licences import Component

_SPEC = "1.6"
_NAMESPACE = uuid.UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")
"""RFC 9562's for URLs: the serial number follows from the contents, so that the same bundle has the same."""


def sbom(components: Sequence[Component], bundle_id: str) -> dict[str, Any]:
    """The document.

    Args:
        components: what the bundle carries.
        bundle_id: identifies its contents.
    """
    return {
        "bomFormat": "CycloneDX",
        "specVersion": _SPEC,
        "serialNumber": f"urn:uuid:{uuid.uuid5(_NAMESPACE, bundle_id)}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": f"offline-ci@{__version__}",
                "name": "offline-ci",
                "version": __version__,
                "purl": f"pkg:pypi/offline-ci@{__version__}",
            }
        },
        "components": [_component(part) for part in sorted(components, key=lambda part: (part.where, part.name))],
    }


def _component(part: Component) -> dict[str, Any]:
    component: dict[str, Any] = {
        "type": part.kind,
        "bom-ref": f"{part.where}:{part.name}@{part.version or part.sha256[:12]}",
        "name": part.name,
        "hashes": [{"alg": "SHA-256", "content": part.sha256}],
        "properties": [{"name": "offline-ci:where", "value": part.where}],
    }
    if part.version:
        component["version"] = part.version
    if part.licence:
        component["licenses"] = [{"license": {"name": part.licence}}]
    if part.purl:
        component["purl"] = part.purl
    return component
