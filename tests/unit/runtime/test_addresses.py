"""Names that lead into our own network are refused before anything is sent."""

import pytest

from runtime.addresses import ForbiddenAddress, UnknownHost, resolve


@pytest.mark.parametrize("host", [
    "127.0.0.1", "localhost", "10.1.2.3", "192.168.0.1", "172.16.9.9", "169.254.169.254", "0.0.0.0", "::1", "fe80::1", "fc00::1",
    "::ffff:127.0.0.1", "2002:7f00:1::", "224.0.0.1", "100.64.0.1", "2130706433", "0x7f.1"])
def test_what_is_not_public_is_refused(host: str) -> None:
    with pytest.raises(ForbiddenAddress, match="not on the public internet"):
        resolve(host, 443)


def test_the_house_may_allow_its_own_network() -> None:
    assert resolve("127.0.0.1", 80, allow_private=True) == "127.0.0.1"


def test_a_public_address_is_itself() -> None:
    assert resolve("93.184.216.34", 443) == "93.184.216.34"


def test_a_name_that_leads_nowhere_may_work_later() -> None:
    with pytest.raises(UnknownHost):
        resolve("no-such-host.invalid", 443)
