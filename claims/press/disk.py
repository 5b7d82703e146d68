"""What a disk refuses, in sentences."""

from __future__ import annotations

import errno

DISK = {errno.ENOSPC: "no space is left on the disk: make room",
        errno.EDQUOT: "the quota of the disk is used up: make room",
        errno.EFBIG: "a file may not grow that large here: raise the limit (ulimit -f)",
        errno.EROFS: "this disk may only be read: let it be written to",
        errno.EACCES: "permission denied: let it be read and written",
        errno.EPERM: "not permitted: let it be written to"}
"""What a machine refuses → what to say and to do."""


def refused(error: OSError) -> str | None:
    """The sentence about a disk that refuses; None if it is another error, whose traceback somebody has to see.

    >>> refused(OSError(errno.ENOSPC, "", "_build/x"))
    '_build/x: no space is left on the disk: make room, then run it again; the last good site is as it was'
    """
    if error.errno not in DISK:
        return None
    return f"{error.filename or '_build'}: {DISK[error.errno]}, then run it again; the last good site is as it was"
