"""Makes a clone ready, then becomes the program: `bootstrap.py run|test|tongpan [arguments]`.

Standard library only. Every step leaves a stamp with the hash of what it was made from, so the
next start skips it and needs no network. Registries are reached through their ordinary clients
and whatever those are configured with; no address stands here or in a lock file.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
import time
import venv
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / "stamps"
BUNDLE = ROOT / "src" / "tongpan" / "faces" / "kit" / "static" / "dist"

DOORS = {
    "run": ["-m", "tongpan.config.supervisor"],
    "test": [str(ROOT / "tools" / "check.py")],
    "tongpan": ["-m", "tongpan.config.cli"],
}


# What of the command line tries the program with the tools of its tests.
TRIES = ("prove", "bench", "dev")


def main(door: str, arguments: list[str]) -> None:
    os.environ.setdefault("PIP_DISABLE_PIP_VERSION_CHECK", "1")
    tries = door == "test" or (bool(arguments) and arguments[0] in TRIES)
    with _alone():
        _environment()
        _packages(is_development=tries or _stamp("development").exists())
        _path()
        _translations()
        if door == "run" or tries or arguments[:1] == ["serve"]:
            _front_end()
    os.environ["PATH"] = f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    _keep_bytecode()
    os.execv(PYTHON, [str(PYTHON), *DOORS[door], *arguments])


def _environment() -> None:
    """The virtual environment, made anew when its Python is gone."""
    works = (
        PYTHON.exists() and not subprocess.run([PYTHON, "-c", ""], capture_output=True).returncode
    )
    if not works:
        _say("正在建立 Python 环境", "Making the Python environment")
        shutil.rmtree(VENV, ignore_errors=True)
        venv.EnvBuilder(with_pip=True, symlinks=True).create(VENV)


def _packages(*, is_development: bool) -> None:
    """Exactly what the lock files name, by uv where there is one, else by pip."""
    locks = [
        ROOT / ("requirements-dev.lock" if is_development else "requirements.lock"),
        ROOT / "requirements-setup.lock",
        ROOT / "requirements-demo.lock",  # data alone: what its code would need is not installed
    ]
    if _stamp("node").exists():
        locks.append(ROOT / "requirements-node.lock")
    made_from = _hash_of(locks, sys.version)
    if _is_made("packages", made_from):
        return
    _say("正在安装 Python 依赖", "Installing the Python packages")
    has_uv = _do(
        [PYTHON, "-m", "pip", "install", "-q", "--require-hashes", "-r", locks[1]], quiet=True
    )
    by_uv = [
        VENV / "bin" / "uv",
        "pip",
        "sync",
        "-q",
        "--python",
        PYTHON,
        "--require-hashes",
        *locks,
    ]
    by_pip = [PYTHON, "-m", "pip", "install", "-q", "--require-hashes", "-r", locks[0]]
    data_by_pip = [*by_pip[:-1], locks[2], "--no-deps"]
    has_all = has_uv and _do(by_uv, environ=_uv_environ())
    if not has_all and not (_do(by_pip) and _do(data_by_pip)):
        sys.exit(
            "依赖没有装上：请检查网络，或设置 pip 镜像后重试。\n"
            "The packages could not be installed: check the network or pip's index, then try again."
        )
    _made("packages", made_from)
    if is_development:
        _stamp("development").touch()


def _uv_environ() -> dict[str, str]:
    """uv does not read pip's configuration; whoever set a mirror for pip wants it here too."""
    environ = dict(os.environ)
    if "UV_DEFAULT_INDEX" not in environ and "UV_INDEX_URL" not in environ:
        index = os.environ.get("PIP_INDEX_URL") or _answer(
            [PYTHON, "-m", "pip", "config", "get", "global.index-url"]
        )
        if index:
            environ["UV_DEFAULT_INDEX"] = index
    return environ


def _path() -> None:
    """The program's own folder on the environment's path."""
    packages = sysconfig.get_path("purelib", vars={"base": str(VENV), "platbase": str(VENV)})
    pointer, source = Path(packages) / "tongpan.pth", f"{ROOT / 'src'}\n"
    if not pointer.exists() or pointer.read_text() != source:
        pointer.write_text(source)


def _keep_bytecode() -> None:
    """Compiled modules are kept in the environment's own folder, wherever the machine says not to.

    Compiling them anew is more than half of every start, and of the web server's after a crash.
    """
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(VENV / "bytecode")


def _translations() -> None:
    """The catalog that gettext reads, from the texts of every area."""
    source = ROOT / "src" / "tongpan"
    builder = ROOT / "tools" / "translations.py"
    texts = [*source.rglob("zh.txt"), *source.rglob("django.po")]
    says = [*source.rglob("*.py"), *source.rglob("templates/**/*.html")]  # texts that count
    made_from = _hash_of([builder, builder.with_name("messages.py"), *texts, *says])
    catalog = source / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.mo"
    if not (_is_made("translations", made_from) and catalog.exists()) and _do([PYTHON, builder]):
        _made("translations", made_from)


def _front_end() -> None:
    """The bundle of styles and scripts. Without it the pages still work, only plainer."""
    builder = ROOT / "tools" / "build.mjs"
    packages = [ROOT / "package.json", ROOT / "package-lock.json"]
    faces = ROOT / "src" / "tongpan" / "faces"
    kinds = ("js", "mjs", "css", "svg")
    found = [file for kind in (*kinds, "json") for file in faces.rglob(f"*.{kind}")]
    sources = [file for file in found if BUNDLE not in file.parents]
    made_from = _hash_of([*packages, *sources, *([builder] if builder.exists() else [])])
    if builder.exists() and not (_is_made("bundle", made_from) and BUNDLE.exists()):
        _say("正在构建网页文件", "Building the front end")
        if problem := _build(packages):
            _say(f"{problem}，网页将以简化样式显示", "The front end was not built: plainer pages")
        else:
            _made("bundle", made_from)


def _build(packages: list[Path]) -> str:
    """Install the packages and bundle; what went wrong, or nothing."""
    npm = _npm()
    if npm is None:
        return "没有可用的 Node"
    if not (_is_made("npm", _hash_of(packages)) and (ROOT / "node_modules").exists()):
        if not _do([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]):
            return "网页依赖没有装上"
        _made("npm", _hash_of(packages))
    return "" if _do([npm, "run", "build", "--silent"]) else "网页文件没有建成"


def _npm() -> str | None:
    """npm of this machine, else the one in a Python wheel."""
    os.environ["PATH"] = f"{os.environ.get('PATH', '')}{os.pathsep}{VENV / 'bin'}"
    if shutil.which("npm") is None or shutil.which("node") is None:
        lock = ROOT / "requirements-node.lock"
        by_uv = [VENV / "bin" / "uv", "pip", "install", "-q", "--python", PYTHON]
        by_uv += ["--require-hashes", "-r", lock]
        by_pip = [PYTHON, "-m", "pip", "install", "-q", "--require-hashes", "-r", lock]
        if _do(by_uv, environ=_uv_environ()) or _do(by_pip):
            _stamp("node").touch()
            _stamp("packages").unlink(missing_ok=True)  # from now on it belongs to the set
    return shutil.which("npm")


def _do(
    command: list[object], *, environ: dict[str, str] | None = None, quiet: bool = False
) -> bool:
    """Run a command with its output on standard error; whether it succeeded."""
    words = [str(word) for word in command]
    try:
        done = subprocess.run(
            words,
            cwd=ROOT,
            env=environ,
            stdout=sys.stderr,
            stdin=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL if quiet else None,
        )
    except OSError:
        return False
    return done.returncode == 0


def _answer(command: list[object]) -> str:
    words = [str(word) for word in command]
    return subprocess.run(words, capture_output=True, text=True).stdout.strip()


def _hash_of(files: Iterable[Path], *words: str) -> str:
    digest = hashlib.sha256(repr(words).encode())
    for file in sorted(files):
        digest.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def _stamp(step: str) -> Path:
    return STAMPS / step


def _is_made(step: str, made_from: str) -> bool:
    stamp = _stamp(step)
    return stamp.exists() and stamp.read_text() == made_from


def _made(step: str, made_from: str) -> None:
    STAMPS.mkdir(parents=True, exist_ok=True)
    _stamp(step).write_text(made_from)


class _alone:
    """Two doors opened at the same moment set up one after the other."""

    def __enter__(self) -> None:
        (ROOT / "build").mkdir(exist_ok=True)
        self.lock = (ROOT / "build" / "setup.lock").open("a")
        fcntl.flock(self.lock, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        self.lock.close()


def _say(chinese: str, english: str) -> None:
    print(f"{time.strftime('%H:%M:%S')}  {chinese} · {english}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
