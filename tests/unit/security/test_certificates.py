import hashlib

import pytest

from steckel.security.certificates import certificate_of

_DER = b"as it was shown"
_FINGERPRINT = hashlib.sha256(_DER).hexdigest()
_COLONS = ":".join(_FINGERPRINT[at : at + 2] for at in range(0, 64, 2)).upper()
_PARSED = {
    "subject": ((("organizationName", "Clinic"),), (("commonName", "CT1"),)),
    "subjectAltName": (("DNS", "ct1.example"), ("IP Address", "192.0.2.7")),
}
_SHOWN = certificate_of(_DER, _PARSED)


@pytest.mark.parametrize(
    "agreed",
    ["CT1", "cn=ct1", "ct1.example", _FINGERPRINT, _COLONS, f"sha256:{_FINGERPRINT}"],
)
def test_a_certificate_is_agreed_on_by_a_name_or_its_fingerprint(agreed: str) -> None:
    assert _SHOWN.is_agreed(agreed)


@pytest.mark.parametrize(
    "agreed", ["Clinic", "CT", "CT11", "192.0.2.7", "", "cn=", _FINGERPRINT[:-2] + "00", "example"]
)
def test_another_certificate_is_not_meant(agreed: str) -> None:
    assert not _SHOWN.is_agreed(agreed)


def test_a_certificate_without_names_is_nobody_s() -> None:
    assert not certificate_of(_DER, {"subject": ()}).is_agreed("")
