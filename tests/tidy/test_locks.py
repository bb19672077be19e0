"""Lock files name packages and hashes, never where they were fetched from."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PYTHON = sorted(ROOT.glob("requirements*.lock"))
ADDRESS = r"\w+://\S+|--(?:extra-)?index-url\S*|--find-links\S*"


@pytest.mark.parametrize("lock", PYTHON, ids=lambda lock: lock.name)
def test_a_python_lock_names_no_address(lock: Path) -> None:
    assert re.findall(ADDRESS, lock.read_text()) == []


@pytest.mark.parametrize("lock", PYTHON, ids=lambda lock: lock.name)
def test_every_locked_python_package_has_a_hash(lock: Path) -> None:
    packages = re.findall(r"^[\w.\[\]-]+==[^\\]*(?:\\\n\s+--hash=\S+\s*)*", lock.read_text(), re.M)

    assert packages
    assert [package for package in packages if "--hash=sha256:" not in package] == []


def test_the_script_lock_does_not_say_where_packages_came_from() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]

    assert [name for name, facts in packages.items() if "resolved" in facts] == []


def test_every_locked_script_package_has_a_hash() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]

    assert [name for name, facts in packages.items() if name and "integrity" not in facts] == []


def test_npm_is_told_to_leave_addresses_out() -> None:
    assert "omit-lockfile-registry-resolved=true" in (ROOT / ".npmrc").read_text().splitlines()
