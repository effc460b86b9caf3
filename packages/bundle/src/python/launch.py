"""Starts the policy pack in the current directory with the packages beside this file, as `python -m pulumi.policy` does where they are installed."""

import os
import platform
import runpy
import site
import sys
import threading

HERE = os.path.dirname(os.path.abspath(__file__))


def end_with_parent():
    # Nothing is written there: it ends when the process that started this one does.
    while os.read(0, 1):
        pass
    os._exit(0)


def this_machine():
    library = "linux" if platform.libc_ver()[0] == "glibc" else "musl-linux"
    system = {"linux": library, "darwin": "macos", "win32": "windows"}.get(sys.platform, sys.platform)
    processor = platform.machine().lower().replace("amd64", "x86_64")
    return f"{sys.version_info[0]}.{sys.version_info[1]}-{system}-{processor}"


def main():
    threading.Thread(target=end_with_parent, daemon=True).start()
    with open(os.path.join(HERE, "machines.txt"), encoding="utf-8") as file:
        machines = file.read().split()
    here = this_machine()
    if here not in machines:
        sys.exit(
            f"This policy pack is for Python {', '.join(machines)}, and {sys.executable} is Python {here}. "
            "Name another Python in PULUMI_PYTHON_CMD, or publish the pack for this one, too: "
            "quillon policy publish --no-venv --python VERSIONS --platform NAMES"
        )
    # What is left out with site: https://docs.python.org/3/library/site.html
    site.setquit()
    site.setcopyright()
    site.sethelper()
    # The first is this file's folder, unless PYTHONSAFEPATH keeps it out.
    if not getattr(sys.flags, "safe_path", False):
        del sys.path[0]
    sys.path.insert(0, os.getcwd())
    for folder in (here, "any"):
        site.addsitedir(os.path.join(HERE, folder))
    sys.argv[0] = "pulumi.policy"
    runpy.run_module("pulumi.policy", run_name="__main__", alter_sys=True)


main()
