"""What an address is (PS3.15 A.5.2, NetworkAccessPointTypeCode; the same numbers in FHIR)."""

import ipaddress


def access_point_of(address: str) -> str:
    """Return 2 for an IP address, 1 for the name of a machine."""
    try:
        ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "1"
    return "2"
