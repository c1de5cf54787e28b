"""Ctrl-C at a time when everything fits together: between two batches, not while the weights are changed."""

from __future__ import annotations

import os
import signal
import threading
from types import FrameType, TracebackType
from typing import Any, Self


class Interruption:
    """Keeps the first Ctrl-C until :meth:`check`; the second one interrupts at once, as usual.

    Only in the main thread, and only where a program has not decided itself what Ctrl-C does.
    """

    def __init__(self) -> None:
        self._requested = False
        self._handler_before: Any = None

    def __enter__(self) -> Self:
        self._requested = False
        usual = signal.getsignal(signal.SIGINT) is signal.default_int_handler
        if usual and threading.current_thread() is threading.main_thread():
            self._handler_before = signal.signal(signal.SIGINT, self._request)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._handler_before is not None:
            signal.signal(signal.SIGINT, self._handler_before)
            self._handler_before = None

    def check(self) -> None:
        """Raise the interrupt that was asked for.

        Raises:
            KeyboardInterrupt: if Ctrl-C was pressed.
        """
        if self._requested:
            self._requested = False
            raise KeyboardInterrupt("training was interrupted by Ctrl-C after a batch")

    def _request(self, signum: int, frame: FrameType | None) -> None:
        if self._requested:
            signal.default_int_handler(signum, frame)
        self._requested = True
        if os.isatty(2):  # not print: what it writes to may be in use in this very moment
            os.write(2, b"\nstopping after this batch; Ctrl-C once more stops at once\n")
