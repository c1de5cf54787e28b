"""Writing a file whole or not at all, also if the process is killed or the power fails."""

from __future__ import annotations

import contextlib
import glob
import os
import platform
import shutil
import threading
import zlib
from pathlib import Path

_one_at_a_time = threading.Lock()  # because the temporary names of a process are the same for all its threads


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file by way of a temporary one beside it: whoever opens it finds the old or the new content.

    Folders on the way are made. A process that is killed meanwhile leaves a temporary file; the next one on
    the same machine that writes the same file removes it.

    Args:
        path: the file; of a link the file that it leads to.
        content: all that it shall hold.

    Raises:
        OSError: if the file cannot be written, which leaves the old one as it was.
    """
    path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    with _one_at_a_time:
        _remove_what_killed_processes_left(path)
        temporary = path.with_name(f".{path.name}.{_machine()}.{os.getpid()}.tmp")
        try:
            with temporary.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())  # the content has to be on the disk before the name leads to it
            if path.exists():
                shutil.copymode(path, temporary)
            temporary.replace(path)
        except BaseException:  # also Ctrl-C
            temporary.unlink(missing_ok=True)
            raise
    _sync_folder(path.parent)


def _remove_what_killed_processes_left(path: Path) -> None:
    for left in path.parent.glob(f".{glob.escape(path.name)}.{_machine()}.*.tmp"):
        writer = left.name.removesuffix(".tmp").rpartition(".")[2]
        if writer.isdecimal() and not _runs(int(writer)):
            try:
                left.unlink(missing_ok=True)
            except OSError:  # it is open after all, or not ours: it disturbs no one
                continue


def _machine() -> str:
    """Return a short name of this machine: another one that writes there numbers its processes itself."""
    return f"{zlib.crc32(platform.node().encode()):08x}"


def _runs(process: int) -> bool:
    """Return whether a process exists; on Windows no, as a file that is written there cannot be removed."""
    if os.name == "nt":
        return False  # and os.kill would end the process
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:  # it exists, and belongs to someone else
        return True
    return True


def _sync_folder(folder: Path) -> None:
    """Bring the new name onto the disk, where the system lets a folder be opened."""
    if os.name == "nt":
        return
    with contextlib.suppress(OSError):  # some network drives cannot, and the file is there already
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
