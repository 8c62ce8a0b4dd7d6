"""How far a long computation is, on the error stream or told to a callable."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any


def teller(progress: bool | Callable[[float], Any]) -> Callable[[float], Any]:
    """Return a function that is told the share done, 0 to 1.

    Parameters
    ----------
    progress : bool or callable
        True draws a bar on the error stream, False says nothing; a callable is used as it is.
    """
    if callable(progress):
        return progress
    return Bar() if progress else lambda share: None


class Bar:
    """One line on the error stream: how far, how long."""

    def __init__(self):
        self.begin, self.shown = time.perf_counter(), -1

    def __call__(self, share):
        """Draw the bar if it has changed by a hundredth."""
        now = int(100 * share)
        if now == self.shown:
            return
        self.shown = now
        bar = "#" * (now // 5) + "." * (20 - now // 5)
        took = time.perf_counter() - self.begin
        end = "\n" if now >= 100 else ""
        print(f"\rRemodelling {now:3d} % [{bar}] {took:.1f} s", end=end, file=sys.stderr, flush=True)
