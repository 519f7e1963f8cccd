"""`sandlot doctor`."""

import re

from conftest import sandlot


def findings(result):
    """The severity of each finding, by subject."""
    lines = [line for line in result.stdout.splitlines() if re.match(r"(ok|warning|FAILED) ", line)]
    return {line[9:29].strip(): line.split()[0] for line in lines}


def test_doctor_finds_this_machine_fit():
    result = sandlot("doctor", check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    found = findings(result)
    assert "FAILED" not in found.values(), result.stdout
    assert len(found) >= 12
    for subject in ["data directory", "disk space", "memory", "tools", "guest CAs", "tokens",
                    "server", "engine", "nft", "dnsmasq", "/dev/net/tun"]:
        assert subject in found, result.stdout
    assert "a machine booted" in result.stdout
    for line in result.stdout.splitlines():
        assert re.match(r"(ok|warning) {2,}\S|^ {29}-> ", line), line


def test_doctor_without_qemu():
    result = sandlot("doctor", "--qemu", "/nonexistent/qemu", check=False)
    assert result.returncode == 1, result.stdout + result.stderr
    assert "/nonexistent/qemu" in result.stdout
    assert "-> " in result.stdout and "apt-get install qemu-system-x86" in result.stdout
    assert findings(result)["engine"] == "FAILED"


def test_doctor_with_files_that_are_no_certificates():
    result = sandlot("doctor", "--guest-certificates", "/etc/passwd", check=False)
    assert result.returncode == 1
    assert findings(result)["guest CAs"] == "FAILED"
    assert "/etc/passwd" in result.stdout
