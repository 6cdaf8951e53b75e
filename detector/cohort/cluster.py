"""A Dask cluster as a crew.

Workers that see the output folder write into it. Others send what they would have written, which is
some megabytes for a week, and this process puts it there.
"""

from __future__ import annotations

import secrets
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from .. import files
from ..cache import use_own_cache
from ..inputs.sources import Part, Source
from ..job import Outcome, RunOptions, Watch, perform
from ..merge import DONE
from ..output import unfinished
from ..parameter import SettingsError
from ..version import ALGORITHM_VERSION, VERSION
from .crews import Executing

if TYPE_CHECKING:
    from distributed import Client

_ANSWER_S = 30.0
"""How long a scheduler has to answer."""

_COUNTED_S = 5.0
"""How long the number of workers is taken to be what it was."""


def connected(address: str) -> Client:
    """Return a client of the cluster at an address.

    Raises
    ------
    SettingsError
        If Dask is not installed, no scheduler answers, or the workers have another version.
    """
    _check_installed()
    from distributed import Client

    try:
        client = Client(address, timeout=_ANSWER_S)
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"--scheduler {address}: no scheduler answers there: {error}"
        ) from error
    others = {theirs for theirs in client.run(_versions).values() if theirs != _versions()}
    if others:
        client.close()
        shown = ", ".join(f"{version} (algorithm {algorithm})" for version, algorithm in others)
        raise SettingsError(
            f"--scheduler {address}: workers have hypnic {shown}, here is {VERSION} (algorithm "
            f"{ALGORITHM_VERSION}); install the same everywhere"
        )
    return client


def begun(workers: int) -> Client:
    """Begin a cluster of processes on this machine; it ends with its client.

    Raises
    ------
    SettingsError
        If Dask is not installed.
    """
    _check_installed()
    import dask
    from distributed import Client, LocalCluster

    # a worker that is lost says so at once: what is tried again, and how, is decided in one place
    dask.config.set({"distributed.scheduler.allowed-failures": 0})
    cluster = LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address="127.0.0.1:0")
    client = Client(cluster)
    client.cluster = cluster
    return client


class OnCluster(Executing):
    """Hands recordings to the workers of a cluster.

    Parameters
    ----------
    client
        Of the cluster; closed at the end.
    out
        The output folder, which is there.
    """

    def __init__(self, client: Client, out: Path) -> None:
        from distributed.scheduler import KilledWorker

        self._client = client
        self._out = out
        self._threads = 0
        self._counted_s = -_COUNTED_S
        self._seen = _seen_by_all(client, out)
        work = _perform if self._seen else _perform_apart
        executor = client.get_executor(pure=False)  # or a second try would be given the first
        super().__init__(executor, 1, (KilledWorker,), work)

    @property
    def room(self) -> int:
        """As many as there are threads, which come and go with their workers."""
        if (now_s := time.monotonic()) - self._counted_s > _COUNTED_S:
            self._counted_s = now_s
            self._threads = sum(self._client.nthreads().values())
        return max(1, self._threads)

    def submit(self, source: Source, out: Path, options: RunOptions, watch: Watch) -> Future[Any]:
        """Hand a recording to any worker."""
        parts = tuple(Part(part.path.absolute(), part.shown) for part in source.parts)
        there = replace(source, parts=parts)
        return super().submit(there, out.absolute(), options, watch)

    def result(self, future: Future[Any]) -> Outcome:
        """Take what came back, and put what came with it into its place."""
        if self._seen:
            return super().result(future)
        outcome: Outcome
        outcome, content = future.result()
        _put(self._out / "recordings" / str(outcome.row["recording_id"]), outcome, content)
        return outcome

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        super().__exit__(kind, error, trace)
        self._client.close()


def _check_installed() -> None:
    try:
        import distributed  # noqa: F401 (whether it can be)
    except ImportError:
        raise SettingsError(
            "a Dask cluster needs a further library: pip install distributed"
        ) from None


def _versions() -> tuple[str, str]:
    return VERSION, ALGORITHM_VERSION


def _seen_by_all(client: Client, out: Path) -> bool:
    """Whether all workers see this output folder, and not another one of the same path."""
    mark = out.absolute() / f".seen-{secrets.token_hex(8)}"
    mark.touch()
    try:
        return all(client.run(Path.exists, mark).values())
    finally:
        mark.unlink()


def _perform(source: Source, out: Path, options: RunOptions) -> Outcome:
    use_own_cache()
    return perform(source, out, options)


def _perform_apart(
    source: Source, _out: Path, options: RunOptions
) -> tuple[Outcome, dict[str, bytes]]:
    """Analyse a recording in a folder of the worker; return also what it wrote."""
    use_own_cache()
    with tempfile.TemporaryDirectory(prefix="hypnic-") as name:
        outcome = perform(source, Path(name), options)
        folder = Path(name) / "recordings" / source.recording_id
        paths = sorted(folder.iterdir()) if folder.is_dir() else []
        return outcome, {path.name: path.read_bytes() for path in paths}


def _put(folder: Path, outcome: Outcome, content: Mapping[str, bytes]) -> None:
    """Put what a worker sent into the output folder, whole or not at all."""
    if outcome.row["status"] not in DONE:
        for name, data in content.items():  # the log of a crash
            folder.mkdir(parents=True, exist_ok=True)
            files.write(folder / name, data)
        return
    partial = unfinished(folder)
    partial.mkdir(parents=True)
    for name, data in content.items():
        files.write(partial / name, data)
    files.replace_folder(partial, folder)
