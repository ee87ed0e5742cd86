"""Prints the paths of the flows, or of the one that is named: `python -m lfx_laplas.flows chat`."""

from __future__ import annotations

import sys
from pathlib import Path


def main(names: list[str]) -> int:
    """Print a path a line. Gives 1 where there is no such flow."""
    flows = {path.stem: path for path in sorted(Path(__file__).parent.glob("*.json"))}
    unknown = [name for name in names if name not in flows]
    if unknown:
        print(f"There is no flow {unknown[0]}, but {', '.join(flows)}.", file=sys.stderr)
        return 1
    for name in names or flows:
        print(flows[name])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
