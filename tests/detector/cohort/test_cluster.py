"""A real Dask cluster of several processes on this machine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress

import pytest
from distributed import Client

from detector.cohort import run
from detector.cohort.cluster import OnCluster, begun, connected
from detector.parameter import SettingsError

from .conftest import OPTIONS, content

pytestmark = pytest.mark.filterwarnings("ignore")  # of distributed's own: ports, closed streams


@pytest.fixture
def client():
    with begun(2) as client:
        yield client


def test_a_cluster_gives_the_same_bytes(cohort, undisturbed, client, tmp_path):
    run([cohort], tmp_path / "out", OPTIONS, crew=lambda _: OnCluster(client, tmp_path / "out"))
    assert content(tmp_path / "out") == content(undisturbed)


def test_workers_that_do_not_see_the_output_folder_send_what_they_made(
    cohort, undisturbed, client, tmp_path, monkeypatch
):
    monkeypatch.setattr("detector.cohort.cluster._seen_by_all", lambda *_: False)
    run([cohort], tmp_path / "out", OPTIONS, crew=lambda _: OnCluster(client, tmp_path / "out"))
    assert content(tmp_path / "out") == content(undisturbed)


def test_a_lost_worker_costs_nothing_but_time(cohort, undisturbed, client, tmp_path):
    out, pids = tmp_path / "out", list(client.run(os.getpid).values())

    def kill_one():
        while not list(out.glob("recordings/.*.partial")):
            time.sleep(0.001)
        with suppress(ProcessLookupError):
            os.kill(pids[0], signal.SIGKILL)

    killer = threading.Thread(target=kill_one)
    killer.start()
    run([cohort], out, OPTIONS, crew=lambda _: OnCluster(client, out))
    killer.join()
    assert content(out) == content(undisturbed)


def test_a_scheduler_elsewhere_is_worked_on(cohort, undisturbed, tmp_path):
    command = [sys.executable, "-m", "distributed.cli.dask_scheduler"]
    own = [*("--port", "0", "--no-dashboard", "--host", "127.0.0.1")]
    found = tmp_path / "scheduler.json"
    scheduler = subprocess.Popen([*command, *own, "--scheduler-file", str(found)])
    worker = [sys.executable, "-m", "distributed.cli.dask_worker", "--scheduler-file", str(found)]
    worker += ["--nworkers", "2", "--nthreads", "1", "--no-dashboard"]
    workers = subprocess.Popen(worker, cwd=tmp_path)
    try:
        with Client(scheduler_file=str(found), timeout=60) as client:
            client.wait_for_workers(2, timeout=60)
            address = client.scheduler.address
        run([cohort], out := tmp_path / "out", OPTIONS, crew=lambda _: on(address, out))
    finally:
        for process in (workers, scheduler):
            process.terminate()
            process.wait()
    assert content(out) == content(undisturbed)


def on(address, out):
    return OnCluster(connected(address), out)


def test_a_scheduler_that_is_not_there_is_refused(monkeypatch):
    monkeypatch.setattr("detector.cohort.cluster._ANSWER_S", 1.0)
    with pytest.raises(SettingsError, match="no scheduler answers"):
        connected("tcp://127.0.0.1:1")
    with pytest.raises(SettingsError, match="no scheduler answers"):
        connected("nonsense://x")


def test_workers_of_another_version_are_refused(client, monkeypatch):
    monkeypatch.setattr("detector.cohort.cluster.VERSION", "0.0.0")
    with pytest.raises(SettingsError, match=r"workers have hypnic .*here is 0.0.0"):
        connected(client.scheduler.address)
