"""waiting -- for what happens by itself, and no longer than needed."""

import time


def eventually(condition, seconds=60, what='it did not happen', step=0.05):
    """What condition() gave when it was first true."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(step)
    raise AssertionError(what)
