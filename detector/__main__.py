"""The program's entry: ``hypnic`` and ``python -m detector``."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line, or say which library cannot be loaded for it.

    ``hypnic doctor`` works even then: to explain that is what it is for.
    """
    try:
        from .cli import main as run

        return run()
    except ImportError as error:
        if (error.name or "").partition(".")[0] in {"detector", "recordings"}:
            raise
        if sys.argv[1:] == ["doctor"]:
            from .doctor import examine

            examine(print)
        else:
            print(
                f"hypnic: {error} ('{sys.executable} -m detector doctor' says more)",
                file=sys.stderr,
            )
        return 1


if __name__ == "__main__":
    sys.exit(main())
