"""The FHIR R4 door: resources read and searched over HTTP."""
