"""What all writers take."""

import numpy as np
from numpy.typing import NDArray

Piece = tuple[NDArray[np.int16], NDArray[np.int64]]
"""Raw codes, shape (n, 3), and the device time of each sample in ns, shape (n,)."""
