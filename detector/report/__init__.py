"""The pages: one per recording, one per run. Made only from what is passed in; open from disk."""

from .assets import write_assets
from .cohort import cohort_page, write_cohort_page
from .limbs import limbs_page
from .page import Page

__all__ = ["Page", "cohort_page", "limbs_page", "write_assets", "write_cohort_page"]
