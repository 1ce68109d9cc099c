"""What we show and what we believe in TLS, from the settings.

The rule: a certificate or key that cannot be used stops the start, and the
message names the setting.
"""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from steckel.errors import SettingsError
from steckel.server.settings import Settings


def dicom_server_context(settings: Settings) -> ssl.SSLContext:
    """Return the context of the TLS listener for DIMSE (PS3.15 B.9, B.12)."""
    return _server_context(
        "dicom", settings.dicom_tls_cert, settings.dicom_tls_key, settings.dicom_tls_ca
    )


def hl7_server_context(settings: Settings) -> ssl.SSLContext:
    """Return the context of the TLS listener for HL7 (IHE ITI-19)."""
    return _server_context("hl7", settings.hl7_tls_cert, settings.hl7_tls_key, settings.hl7_tls_ca)


def hl7_client_context(settings: Settings) -> ssl.SSLContext:
    """Return the context for sending HL7 to others over TLS."""
    return _client_context("hl7", settings.hl7_tls_cert, settings.hl7_tls_key, settings.hl7_tls_ca)


def dicom_client_context(settings: Settings) -> ssl.SSLContext | None:
    """Return the context for calling others, or ``None`` for that of the system."""
    if settings.dicom_tls_ca is None and settings.dicom_tls_cert is None:
        return None
    return _client_context(
        "dicom", settings.dicom_tls_cert, settings.dicom_tls_key, settings.dicom_tls_ca
    )


def check_http_certificate(settings: Settings) -> None:
    """Refuse a certificate that HTTPS could not use."""
    if settings.http_tls_cert is not None and settings.http_tls_key is not None:
        with _naming("http_tls_cert, http_tls_key", settings.http_tls_cert):
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(settings.http_tls_cert, settings.http_tls_key)


def _server_context(
    door: str, certificate: Path | None, key: Path | None, authority: Path | None
) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    _load_certificate(context, door, certificate, key)
    if authority is not None:
        # With an authority given, a caller must show a certificate of it.
        _load_authority(context, door, authority)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def _client_context(
    door: str, certificate: Path | None, key: Path | None, authority: Path | None
) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if authority is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        # The certificates of modalities name the device, not its address: that one of the
        # site's own authority is shown has to do (PS3.15 B.9 asks for no more).
        context.check_hostname = False
        _load_authority(context, door, authority)
    if certificate is not None:
        _load_certificate(context, door, certificate, key)
    return context


def _load_certificate(
    context: ssl.SSLContext, door: str, certificate: Path | None, key: Path | None
) -> None:
    assert certificate is not None
    with _naming(f"{door}_tls_cert, {door}_tls_key", certificate):
        context.load_cert_chain(certificate, key)


def _load_authority(context: ssl.SSLContext, door: str, authority: Path) -> None:
    with _naming(f"{door}_tls_ca", authority):
        context.load_verify_locations(authority)


@contextmanager
def _naming(keys: str, path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as problem:  # ssl.SSLError is one
        reason = problem.strerror or str(problem)
        raise SettingsError(
            f"{keys}: {str(path)!r} cannot be used ({reason}); allowed: a certificate (chain) "
            "and its private key without a password, in PEM"
        ) from problem
