import base64

import pytest

from steckel.security import totp

#: RFC 6238 appendix B: the secret of its SHA-1 vectors, and codes of eight digits cut to six.
RFC = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_codes_are_those_of_the_standard(moment: int, code: str) -> None:
    assert totp.code_of(RFC, moment // 30) == code
    assert totp.step_of(RFC, code, moment, 0) == moment // 30
    assert totp.step_of(RFC, f"{code[:3]} {code[3:]}", moment, 0) == moment // 30


@pytest.mark.parametrize(("late", "counts"), [(-30, True), (0, True), (31, True), (61, False)])
def test_a_clock_may_be_one_step_late_or_early(late: int, *, counts: bool) -> None:
    moment = 1_800_000_000
    code = totp.code_of(RFC, moment // 30)
    assert (totp.step_of(RFC, code, moment + late, 0) is not None) is counts


def test_a_code_counts_once() -> None:
    moment = 1_800_000_000
    code = totp.code_of(RFC, moment // 30)
    taken = totp.step_of(RFC, code, moment, 0)
    assert taken is not None
    assert totp.step_of(RFC, code, moment, taken) is None


@pytest.mark.parametrize("typed", ["", "28708", "2870820", "28708a", "٢٨٧٠٨٢", "-87082"])
def test_what_is_no_code_is_none(typed: str) -> None:
    assert totp.step_of(RFC, typed, 59, 0) is None


def test_the_address_names_site_and_account() -> None:
    address = totp.address_of("ABC", account="a@b", site="St. Anna & Co")
    assert address == (
        "otpauth://totp/St.%20Anna%20%26%20Co:a%40b?secret=ABC&issuer=St.%20Anna%20%26%20Co"
    )
