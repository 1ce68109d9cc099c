"""The DICOMweb door (PS3.18): STOW-RS, QIDO-RS, WADO-RS, WADO-URI.

Pure modules (`media_types`, `multipart`, `ranges`, `query_parameters`,
`rendering`) read what a request says; an endpoint calls one workflow function
and encodes its answer. `routes.dicomweb_routes` is the entry.
"""
