"""``python -m detector`` is the same as ``hypnic``."""

import sys

from .cli import main

sys.exit(main())
