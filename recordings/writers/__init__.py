"""Writers of the formats that are read, for synthetic recordings and tests.

They stream: pieces of raw codes with the device time of every sample go in, whole blocks of the
format come out. What a device would store is reproduced, its clock stamps included. The layouts are
written down here once more, independently of the readers, so that an error in one shows.
"""

from ._piece import Piece
from .actigraph_csv import ActigraphCsvLayout, write_actigraph_csv
from .cwa import CwaLayout, write_cwa
from .edf import EdfLayout, write_edf
from .geneactiv import GeneactivLayout, write_geneactiv
from .gt3x import Gt3xLayout, write_gt3x
from .table import write_csv

__all__ = [
    "ActigraphCsvLayout",
    "CwaLayout",
    "EdfLayout",
    "GeneactivLayout",
    "Gt3xLayout",
    "Piece",
    "write_actigraph_csv",
    "write_csv",
    "write_cwa",
    "write_edf",
    "write_geneactiv",
    "write_gt3x",
]
