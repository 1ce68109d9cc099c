"""The CapabilityStatement, made of the tables by which requests are answered (R4 5.2)."""

from typing import Any, Final

from steckel import __version__
from steckel.fhir import audit_events
from steckel.fhir.parameters import ENDPOINT_PARAMETERS, SEARCHABLE, Parameter, Searchable
from steckel.fhir.vocabulary import pruned

#: What the statement is about, and when it said so last.
_DATE: Final = "2026-11-24"
#: Neither resource parameters nor chains: they stand in the text of the statement.
_UNLISTED: Final = frozenset({"patient.identifier"})


def capability_statement(origin: str) -> dict[str, Any]:
    """Return what this server can do."""
    resources = [_resource(kind.value, found) for kind, found in SEARCHABLE.items()]
    endpoint = Searchable(parameters=ENDPOINT_PARAMETERS)
    resources.append(_resource("Endpoint", endpoint))
    resources.append(audit_events.capability())
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": _DATE,
        "kind": "instance",
        "software": {"name": "Steckel", "version": __version__},
        "implementation": {"description": "Steckel", "url": f"{origin}/fhir"},
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json", "json"],
        "rest": [
            {
                "mode": "server",
                "security": {
                    "description": "HTTP Basic, or a bearer token of this server; a browser by "
                    "its session"
                },
                "resource": sorted(resources, key=lambda one: one["type"]),
            }
        ],
    }


def _resource(kind: str, found: Searchable) -> dict[str, Any]:
    interactions = ["read", "search-type", *(["create"] if found.create else [])]
    return pruned(
        {
            "type": kind,
            "interaction": [{"code": code} for code in interactions],
            "versioning": "no-version",
            "conditionalCreate": found.create,
            "conditionalRead": "not-match",
            "searchInclude": sorted(f"{kind}:{name}" for name in found.includes or {}),
            "searchRevInclude": list(found.revincludes),
            "searchParam": [
                _parameter(name, parameter)
                for name, parameter in found.parameters.items()
                if name not in _UNLISTED
            ],
        }
    )


def _parameter(name: str, parameter: Parameter) -> dict[str, Any]:
    return {
        "name": name,
        "type": parameter.type.value,
        "documentation": parameter.documentation,
    }
