"""What we show and what we believe in TLS, from the settings.

The rules: nothing before TLS 1.2 (RFC 8996), and TLS 1.3 where the other side can; in TLS 1.2
only ephemeral keys and authenticated encryption (RFC 9325 4.2). A certificate or key that cannot
be used stops the start, and the message names the setting.
"""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from steckel.errors import SettingsError
from steckel.server.settings import Settings
from steckel.server.tls_files import TlsFiles


class Profile(StrEnum):
    """Secure transport connection profiles (PS3.15 B.9 to B.13)."""

    BCP195 = "bcp195"  #: non-downgrading, as RFC 8996 and RFC 9325 have it
    EXTENDED = "bcp195-extended"  #: and keys of 256 bits


_STRONG: Final = (
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-RSA-AES256-GCM-SHA384",
    "ECDHE-ECDSA-CHACHA20-POLY1305",
    "ECDHE-RSA-CHACHA20-POLY1305",
)
#: Cipher suites of TLS 1.2; those of TLS 1.3 are all of this kind.
_CIPHERS: Final = {
    Profile.BCP195: (*_STRONG, "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256"),
    Profile.EXTENDED: _STRONG,
}


@dataclass(frozen=True, kw_only=True)
class _Files:
    """What one door shows and believes."""

    door: str
    profile: Profile
    certificate: Path | None = None
    key: Path | None = None
    authority: Path | None = None
    check_name: bool = False  #: whether the certificate has to name who is called

    def server(self) -> ssl.SSLContext:
        """Return a context that accepts."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        _limit(context, self.profile)
        context.options |= ssl.OP_CIPHER_SERVER_PREFERENCE | ssl.OP_NO_RENEGOTIATION
        self._load_certificate(context)
        if self.authority is not None:
            # With an authority given, a caller must show a certificate of it.
            self._load_authority(context)
            context.verify_mode = ssl.CERT_REQUIRED
        return context

    def client(self) -> ssl.SSLContext:
        """Return a context that calls."""
        if self.authority is None:
            context = ssl.create_default_context()
        else:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            # The certificates of modalities name the device, not its address: that one of the
            # site's own authority is shown has to do (PS3.15 B.9 asks for no more).
            context.check_hostname = self.check_name
            self._load_authority(context)
        _limit(context, self.profile)
        if self.certificate is not None:
            self._load_certificate(context)
        return context

    def watched(self, *, as_server: bool) -> TlsFiles:
        """Return the context, made anew when a file changes."""
        make = self.server if as_server else self.client
        return TlsFiles(make, (self.certificate, self.key, self.authority))

    def _load_certificate(self, context: ssl.SSLContext) -> None:
        assert self.certificate is not None
        with _naming(f"{self.door}_tls_cert, {self.door}_tls_key", self.certificate):
            context.load_cert_chain(self.certificate, self.key)

    def _load_authority(self, context: ssl.SSLContext) -> None:
        assert self.authority is not None
        with _naming(f"{self.door}_tls_ca", self.authority):
            context.load_verify_locations(self.authority)


def dicom_server_tls(settings: Settings) -> TlsFiles:
    """Return the TLS of the listener for DIMSE."""
    return _dicom(settings).watched(as_server=True)


def dicom_client_tls(settings: Settings) -> TlsFiles | None:
    """Return the TLS for calling application entities, or ``None`` for that of the system."""
    if settings.dicom_tls_ca is None and settings.dicom_tls_cert is None:
        return None
    return _dicom(settings).watched(as_server=False)


def hl7_server_tls(settings: Settings) -> TlsFiles:
    """Return the TLS of the listener for HL7 (IHE ITI-19)."""
    return _hl7(settings).watched(as_server=True)


def hl7_client_tls(settings: Settings) -> TlsFiles:
    """Return the TLS for sending HL7 to others."""
    return _hl7(settings).watched(as_server=False)


def audit_client_tls(settings: Settings) -> TlsFiles:
    """Return the TLS for sending the audit trail, to none but who is named (RFC 5425 5.2)."""
    files = _Files(
        door="audit",
        profile=Profile.BCP195,
        certificate=settings.audit_tls_cert,
        key=settings.audit_tls_key,
        authority=settings.audit_tls_ca,
        check_name=True,
    )
    return files.watched(as_server=False)


def http_server_tls(settings: Settings) -> TlsFiles:
    """Return the TLS of the listener for HTTP."""
    files = _Files(
        door="http",
        profile=Profile(settings.http_tls_profile),
        certificate=settings.http_tls_cert,
        key=settings.http_tls_key,
    )
    return files.watched(as_server=True)


def _dicom(settings: Settings) -> _Files:
    return _Files(
        door="dicom",
        profile=Profile(settings.dicom_tls_profile),
        certificate=settings.dicom_tls_cert,
        key=settings.dicom_tls_key,
        authority=settings.dicom_tls_ca,
    )


def _hl7(settings: Settings) -> _Files:
    return _Files(
        door="hl7",
        profile=Profile(settings.hl7_tls_profile),
        certificate=settings.hl7_tls_cert,
        key=settings.hl7_tls_key,
        authority=settings.hl7_tls_ca,
    )


def _limit(context: ssl.SSLContext, profile: Profile) -> None:
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(":".join(_CIPHERS[profile]))


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
