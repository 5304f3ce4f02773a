"""PostgreSQL majors other than the machine's own, taken from the Debian suites that carry them, with their security
updates: the machine's own server has those too, and minor versions that are far apart refuse each other's dumps.

Each major is unpacked into a cache folder and its programs are pointed at that suite's own loader and libraries, so
that they run here whatever this machine's libraries are. Nothing is installed and no root right is needed: apt works
on private folders, and the mirror is the one that the machine's own apt uses.

    python3 tests/support/majors.py 13 17      fetches what is missing and prints the folders of the programs
"""
import fcntl
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SUITES = {13: "bullseye", 17: "trixie"}
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
REPOSITORY = Path(__file__).resolve().parents[2]

# PostgreSQL, and the shared libraries among what it depends on. Its JIT and PL/Perl stay out: they are large and unused.
WANTED = r"postgresql-(client-)?{major}|libc-bin|zlib1g|lib(?!llvm|z3-|perl|db5|gdbm|semanage|sepol|c-l10n).*(?<!-perl)"


def programs(major):
    """The folder of the programs (postgres, psql, pg_dump …) of a major; fetched at the first use."""
    own = Path(f"/usr/lib/postgresql/{major}/bin")
    if (own / "postgres").exists():
        return own
    if major not in SUITES:
        raise LookupError(f"PostgreSQL {major} is neither installed nor in a known Debian suite {SUITES}")
    root = cache() / str(major)
    found = root / f"usr/lib/postgresql/{major}/bin"
    root.parent.mkdir(parents=True, exist_ok=True)
    with open(root.parent / f"{major}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _works(found / "postgres"):
            shutil.rmtree(root, ignore_errors=True)
            _fetch(major, root)
        if not _works(found / "postgres"):
            raise RuntimeError(f"{found}/postgres does not run; remove {root} and try again")
    return found


def environment(folder):
    """Variables with which programs of `folder` find the locales that fit their C library."""
    locales = folder.parents[3] / "lib/locale"
    return {} if folder.is_relative_to("/usr/lib/postgresql") else {"LOCPATH": str(locales)}


def cache():
    """build/pg, unless the user postgres, as which root runs servers, may not enter this checkout."""
    folders = [REPOSITORY, *REPOSITORY.parents]
    if os.geteuid() != 0 or all(folder.stat().st_mode & 0o001 for folder in folders):
        return REPOSITORY / "build/pg"
    return Path("/var/cache/holdfast-tests/pg")


def _works(postgres):
    try:
        return subprocess.run([postgres, "--version"], capture_output=True).returncode == 0
    except OSError:
        return False


def _fetch(major, root):
    with tempfile.TemporaryDirectory(dir=root.parent, prefix=f"{major}.") as scratch:
        scratch = Path(scratch)
        apt = _private_apt(scratch, SUITES[major])
        plan = _run(*apt, "--simulate", "--no-install-recommends", "install", f"postgresql-{major}")
        names = re.findall(r"^Inst (\S+)", plan, re.MULTILINE)
        wanted = [name for name in names if re.fullmatch(WANTED.format(major=major), name)]
        _run(*apt, "download", *wanted, cwd=scratch)
        tree = scratch / "tree"
        for package in scratch.glob("*.deb"):
            _run("dpkg-deb", "--extract", package, tree)
        tree.chmod(0o755)
        for jit in tree.glob("**/llvmjit.so"):
            jit.unlink()  # without its file PostgreSQL does without JIT; without its library queries would fail
        _point_at_own_libraries(tree / f"usr/lib/postgresql/{major}/bin", tree, root)
        tree.rename(root)


def _private_apt(scratch, suite):
    """An apt-get that knows that suite alone, no installed package, and writes below `scratch` alone."""
    for folder in ("state/lists/partial", "cache/archives/partial"):
        (scratch / folder).mkdir(parents=True)
    (scratch / "status").touch()
    lines = (f"deb [signed-by={KEYRING}] {_mirror(part)} {suite}{part} main\n" for part in ("", "-security"))
    (scratch / "sources.list").write_text("".join(lines))
    settings = {
        "Dir::State": scratch / "state",
        "Dir::State::status": scratch / "status",
        "Dir::Cache": scratch / "cache",
        "Dir::Etc::sourcelist": scratch / "sources.list",
        "Dir::Etc::sourceparts": "-",
        "APT::Sandbox::User": "root",
    }
    apt = ["apt-get", "-qq", *(f"-o{name}={value}" for name, value in settings.items())]
    _run(*apt, "update")
    return apt


def _mirror(part):
    """Where this machine's own apt takes Debian from, or Debian's security updates."""
    release = re.search(r"^VERSION_CODENAME=(\w+)", Path("/etc/os-release").read_text(), re.MULTILINE).group(1)
    uris = _run("apt-get", "indextargets", "--no-release-info", "--format", "$(REPO_URI)",
                "Created-By: Packages", f"Release: {release}{part}", "Component: main").split()
    if not uris:
        raise LookupError(f"apt has no source for {release}{part} main, so other PostgreSQL majors cannot be fetched")
    return uris[0]


def _point_at_own_libraries(folder, tree, root):
    """Programs in `folder` get the loader and the library path that they will have once `tree` is renamed to `root`."""
    loader = next(path for path in sorted(tree.glob("**/*-linux-gnu*/ld-linux*.so.*")))
    libraries = {path.parent for path in tree.glob("**/*-linux-gnu*/*.so.*")}
    there = [str(root / path.relative_to(tree)) for path in sorted(libraries)]
    for program in folder.iterdir():
        if program.read_bytes()[:4] == b"\x7fELF":
            _run("patchelf", "--set-interpreter", root / loader.relative_to(tree), program)
            _run("patchelf", "--force-rpath", "--set-rpath", ":".join(there), program)


def _run(*command, cwd=None):
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True,
                          env={**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"})
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command[:2]))} … failed with {done.returncode}:\n{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    for argument in sys.argv[1:] or SUITES:
        print(programs(int(argument)))
