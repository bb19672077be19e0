"""The pages of the reference, and the client of the API, say what the registers say."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_reference_is_in_step_with_the_registers() -> None:
    command = [sys.executable, str(ROOT / "tools" / "reference.py"), "--check"]

    done = subprocess.run(command, capture_output=True, text=True)

    assert done.returncode == 0, f"Run ./tongpan dev docs.\n{done.stdout}{done.stderr}"


def test_the_client_is_in_step_with_the_description_of_the_api() -> None:
    command = [sys.executable, str(ROOT / "tools" / "client.py"), "--check"]

    done = subprocess.run(command, capture_output=True, text=True)

    assert done.returncode == 0, f"Run ./tongpan dev docs.\n{done.stdout}{done.stderr}"
