"""``python -m nanograd.viz``: see :mod:`nanograd.viz._command_line`."""

import sys

from nanograd.viz._command_line import main

if __name__ == "__main__":
    sys.exit(main())
