"""The process in which a chapter runs: an IPython kernel that notes what the chapter reads and refuses what it may not
do.

Started by path (`python claims/press/kernel.py -f connection.json`), so that noting begins before any module of the
book is imported. Noted: files of the book that are opened, child processes. Refused, with a message that ends in the
chapter's own traceback: connections to other machines, and changing anything outside `_build` and the temporary folder
(byte code of imported modules excepted). What a child process does is not seen: a chapter that starts one is
fingerprinted by its imports as written, too (`deps`), and the tree is looked at when it ends (`tree`).
"""

from __future__ import annotations

import os
import sys
import tempfile

ROOT = os.path.realpath(os.environ.get("CLAIMS_ROOT", os.getcwd()))
BUILD = os.path.join(ROOT, "_build")
CHANGING = {"os.remove": (0,), "os.rename": (0, 1), "os.link": (1,), "os.symlink": (1,), "os.mkdir": (0,),
            "os.rmdir": (0,), "os.truncate": (0,), "os.chmod": (0,), "os.chown": (0,), "os.utime": (0,),
            "os.setxattr": (0,), "os.removexattr": (0,), "shutil.rmtree": (0,)}
"""Events by which files change without being opened → which arguments are the paths."""
NO_FOLDER = {"os.truncate", "os.setxattr", "os.removexattr"}
"""Of those, the ones whose last argument is not the descriptor of a folder that the path is relative to."""
FOLLOWS = {"os.truncate", "os.chmod", "os.chown", "os.utime"}
"""Of those, the ones that change what a link leads to."""
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Trace:
    """What the chapter touched. Kept in `sys.modules` under a name of its own, where the build asks for it."""

    def __init__(self) -> None:
        self.read: set[str] = set()
        self.spawned = False
        self.free = (BUILD + os.sep, os.path.realpath(tempfile.gettempdir()) + os.sep, "/dev/", "/proc/")
        self.skip = (BUILD + os.sep, os.path.join(ROOT, ".venv") + os.sep, os.path.join(ROOT, ".git") + os.sep)

    def allowed(self, full: str) -> bool:
        """Whether a chapter may change this file."""
        inside = full.startswith(ROOT + os.sep) and not full.startswith(BUILD + os.sep)
        return not inside and full.startswith(self.free) or "__pycache__" in full

    def change(self, event: str, args: tuple) -> None:
        """Refuse to remove, rename or alter what lies outside."""
        folder = args[-1] if event not in NO_FOLDER and isinstance(args[-1], int) and args[-1] >= 0 else None
        for place in CHANGING[event]:
            path = args[place]
            if not isinstance(path, (str, bytes)):
                continue
            path = os.fsdecode(path)
            if folder is not None and not os.path.isabs(path) and os.path.exists(f"/proc/self/fd/{folder}"):
                path = os.path.join(os.readlink(f"/proc/self/fd/{folder}"), path)
            head, tail = os.path.split(os.path.abspath(path))
            full = os.path.realpath(path) if event in FOLLOWS else os.path.join(os.path.realpath(head), tail)
            if not self.allowed(full) and not (event == "os.mkdir" and os.path.isdir(full)):
                raise PermissionError(f"a chapter changes nothing outside _build: {event.partition('.')[2]} {full}")

    def hook(self, event: str, args: tuple) -> None:
        if event == "open":
            path, mode, flags = args
            if not isinstance(path, (str, bytes)):
                return
            full = os.path.realpath(os.fsdecode(path))
            if isinstance(flags, int) and flags & WRITING or isinstance(mode, str) and set(mode) & set("wax+"):
                if not self.allowed(full):
                    raise PermissionError(f"a chapter writes nothing outside _build: {full}")
            elif (full.startswith(ROOT + os.sep) and not full.startswith(self.skip)
                  and not full.endswith((".py", ".pyc"))):
                self.read.add(full)
        elif event in CHANGING:
            self.change(event, args)
        elif event in ("os.listdir", "os.scandir"):
            path = args[0]
            full = os.path.realpath(os.fsdecode(path)) if isinstance(path, (str, bytes)) else ""
            if full.startswith(os.path.join(ROOT, "data")):
                self.read.add(full)
        elif event in ("socket.connect", "socket.sendto") and isinstance(args[1], tuple):
            host = str(args[1][0])
            if not (host.startswith("127.") or host in ("::1", "localhost", "")):
                raise PermissionError(f"a chapter needs no network: it tried to reach {host}")
        elif event == "socket.getaddrinfo":
            host = os.fsdecode(args[0]) if isinstance(args[0], (str, bytes)) else ""
            if not (host.startswith("127.") or host in ("", "::1", "localhost", "0.0.0.0")):
                raise PermissionError(f"a chapter needs no network: it tried to look up {host}")
        elif event in ("os.fork", "os.posix_spawn", "os.exec", "os.spawn", "subprocess.Popen", "os.system"):
            self.spawn()

    def spawn(self) -> None:
        """Note that there is a child process, on disk too: the chapter may not live to report it."""
        if not self.spawned:
            self.spawned = True
            if mark := os.environ.get("CLAIMS_FAMILY"):
                open(os.path.join(BUILD, "cache", f"{mark}.spawned"), "w").close()

    def report(self) -> str:
        """JSON: files read, modules with a file, top-level names imported, resources used."""
        import json
        import resource

        usage = resource.getrusage(resource.RUSAGE_SELF)
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        modules = {name: getattr(module, "__file__", None)
                   for name, module in list(sys.modules.items()) if module is not None and name != "__main__"}
        return json.dumps({
            "read": sorted(self.read),
            "modules": sorted({os.path.realpath(f)
                               for f in modules.values() if isinstance(f, str) and f.endswith(".py")}),
            "names": sorted({name.partition(".")[0] for name in modules}),
            "spawned": self.spawned,
            "evidence": memory.handed_over() if (memory := sys.modules.get("claims.remembered")) else {},
            "cpu": usage.ru_utime + usage.ru_stime + children.ru_utime + children.ru_stime,
            "peak": usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024),
        })


def die_with_parent() -> None:
    """A build that is killed must not leave chapters running."""
    try:
        import ctypes

        ctypes.CDLL(None).prctl(1, 9)
    except (OSError, AttributeError):
        pass


def main() -> None:
    here = os.path.dirname(os.path.realpath(__file__))
    sys.path[:] = [p for p in sys.path if os.path.realpath(p or ".") != here]
    die_with_parent()
    trace = Trace()
    sys.modules["_claims_trace"] = trace  # type: ignore[assignment]
    sys.addaudithook(trace.hook)
    # nobody debugs here, and debugpy is a third of a kernel's start; the other one is a second, paid by every chapter
    # that glues (see sources.quick_json_schema)
    sys.modules["debugpy"] = sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]
    from ipykernel.kernelapp import launch_new_instance

    launch_new_instance()


if __name__ == "__main__":
    main()
