#!/usr/bin/env python3
"""Measures an import beside two yardsticks, in one run on one machine: `make bench`.

A disc of CT slices is generated, then kept three ways, in turn and several times over:

- consilium  `consilium import`, sealed: hashed, encrypted, indexed, on the disk before it is called kept
- orthanc    Orthanc's REST interface, POST /instances, four connections, its storage on the same file system
- copy       `cp -r` and `sync`
- disk       the same bytes in one file, past the page cache and synced: what the disk alone takes (`dd oflag=direct`)

Printed are every run, the medians, the ratios of the medians and the peak memory of each program. Nothing is asserted:
times depend on the machine, and numbers are quoted together with their run.
"""

import argparse
import concurrent.futures
import http.client
import json
import os
import pathlib
import platform
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

CONNECTIONS = 4
START_LIMIT_SECONDS = 60


class Sampled:
    """A process whose largest resident memory (VmHWM, kB) is read while it runs, every 20 ms."""

    def __init__(self, process):
        self.process = process
        self.peak_kib = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()

    def _sample(self):
        while not self._ended.wait(0.02):
            self.read()

    def read(self):
        """One reading; the mark only grows, so the last reading before the end is the peak."""
        try:
            status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        except OSError:
            return
        for line in status.splitlines():
            if line.startswith("VmHWM:"):
                self.peak_kib = max(self.peak_kib, int(line.split()[1]))

    def close(self):
        self.read()
        self._ended.set()
        self._thread.join()


def run_and_measure(command, **options):
    """Seconds and peak memory (KiB) of a command that must succeed. The kernel's own account of it is used."""
    began = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    output = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - began
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} ended with {child.returncode}:\n{output[-2000:]}")
    return seconds, usage.ru_maxrss, output


def settle():
    """Nothing of the run before is still being written when the next begins."""
    os.sync()


def measure_consilium(program, disc, work, slices):
    """Imports into a new sealed home; the home itself is made before the clock starts."""
    home = work / "home"
    passphrase = work / "passphrase"
    passphrase.write_text("a passphrase for a measurement\n")
    common = [program, "--home", home, "--passphrase-file", passphrase]
    subprocess.run([*common, "init"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    settle()
    seconds, peak, output = run_and_measure([*common, "--json", "import", disc, "--case", "bench"])
    totals = json.loads(output[output.index("{"):])["totals"]
    if totals["kept"] < slices:
        sys.exit(f"consilium kept {totals['kept']} of {slices} slices")
    shutil.rmtree(home)
    return seconds, peak


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def orthanc_program():
    found = shutil.which("Orthanc") or shutil.which("Orthanc", path="/usr/sbin:/usr/local/sbin")
    if found is None:
        print("skipped: Orthanc is not installed (scripts/install.sh orthanc)", file=sys.stderr)
    return found


def measure_orthanc(program, files, work):
    """Posts every file over four connections to an Orthanc with an empty store and no plug-ins."""
    port = free_port()
    store = work / "orthanc"
    store.mkdir()
    settings = store / "settings.json"
    settings.write_text(json.dumps({
        "Name": "bench", "HttpPort": port, "DicomServerEnabled": False, "RemoteAccessAllowed": False,
        "AuthenticationEnabled": False, "StorageDirectory": str(store / "store"), "IndexDirectory": str(store / "store"),
        "Plugins": [], "StorageCompression": False, "OverwriteInstances": False, "HttpThreadsCount": 50,
    }))
    with open(store / "log", "wb") as log:
        server = subprocess.Popen([program, settings], stdout=log, stderr=log, cwd=store)
    sampled = Sampled(server)
    try:
        until = time.monotonic() + START_LIMIT_SECONDS
        while True:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
                connection.request("GET", "/system")
                connection.getresponse().read()
                break
            except OSError:
                if server.poll() is not None or time.monotonic() > until:
                    sys.exit(f"Orthanc did not start:\n{(store / 'log').read_text(errors='replace')[-2000:]}")
                time.sleep(0.05)
        settle()

        def post(part):
            own = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
            own.connect()
            own.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for file in part:
                own.request("POST", "/instances", body=file.read_bytes())
                answer = own.getresponse()
                answer.read()
                if answer.status != 200:
                    raise RuntimeError(f"Orthanc answered {answer.status} for {file.name}")
            own.close()

        began = time.perf_counter()
        with concurrent.futures.ThreadPoolExecutor(CONNECTIONS) as pool:
            list(pool.map(post, [files[start::CONNECTIONS] for start in range(CONNECTIONS)]))
        seconds = time.perf_counter() - began
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("GET", "/statistics")
        kept = json.loads(connection.getresponse().read())["CountInstances"]
        if kept != len(files):
            sys.exit(f"Orthanc kept {kept} of {len(files)} slices")
    finally:
        sampled.close()
        server.terminate()
        server.wait()
        shutil.rmtree(store)
    return seconds, sampled.peak_kib


def measure_copy(disc, work):
    """`cp -r` and `sync` into an empty folder."""
    settle()
    seconds, peak, _ = run_and_measure(["sh", "-c", 'cp -r "$0" "$1" && sync', disc, work / "copy"])
    shutil.rmtree(work / "copy")
    return seconds, peak


def measure_disk(whole, work):
    """One file of all the bytes, written past the page cache and synced: nothing that keeps bytes for good is faster."""
    settle()
    target = work / "raw"
    command = ["dd", f"if={whole}", f"of={target}", "bs=4M", "oflag=direct", "conv=fsync", "status=none"]
    seconds, peak, _ = run_and_measure(command)
    target.unlink()
    return seconds, peak


def writes_directly(work):
    """Whether this file system can write past the page cache."""
    probe = work / "probe"
    done = subprocess.run(["dd", "if=/dev/zero", f"of={probe}", "bs=1M", "count=1", "oflag=direct", "status=none"],
                          stderr=subprocess.DEVNULL)
    probe.unlink(missing_ok=True)
    if done.returncode != 0:
        print("skipped: this file system cannot write past the page cache; the disk alone is not measured", file=sys.stderr)
    return done.returncode == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--consilium", required=True, type=pathlib.Path, help="the program, built for release")
    parser.add_argument("--slices", type=int, default=2000, help="CT slices on the disc (2000 are 1 GB)")
    parser.add_argument("--runs", type=int, default=3, help="runs of each, in turn")
    parser.add_argument("--folder", type=pathlib.Path, help="where to work; the same file system for all")
    arguments = parser.parse_args()
    program = arguments.consilium.resolve()
    orthanc = orthanc_program()

    with tempfile.TemporaryDirectory(prefix="consilium-bench-", dir=arguments.folder) as folder:
        work = pathlib.Path(folder)
        disc = work / "disc"
        print(f"generating a disc of {arguments.slices} CT slices ...", flush=True)
        subprocess.run([program, "bench-disc", disc, "--slices", str(arguments.slices)], check=True, stdout=subprocess.DEVNULL)
        every = sorted(path for path in disc.rglob("*") if path.is_file())
        files = [path for path in every if path.read_bytes()[128:132] == b"DICM" and path.name != "DICOMDIR"]
        size = sum(path.stat().st_size for path in every)

        ways = {"consilium": lambda: measure_consilium(program, disc, work, len(files))}
        if orthanc:
            ways["orthanc"] = lambda: measure_orthanc(orthanc, files, work)
        ways["copy"] = lambda: measure_copy(disc, work)
        if writes_directly(work):
            whole = work / "whole"
            with open(whole, "wb") as joined:
                for path in every:
                    joined.write(path.read_bytes())
            ways["disk"] = lambda: measure_disk(whole, work)
        titles = {"consilium": "consilium import, sealed", "orthanc": f"Orthanc REST, {CONNECTIONS} connections",
                  "copy": "cp -r and sync", "disk": "the disk alone"}
        results = {name: [] for name in ways}
        measure_copy(disc, work)  # the first reading of the disc warms the page cache for all
        for number in range(arguments.runs):
            for name, measure in ways.items():
                results[name].append(measure())
                print(f"  run {number + 1}: {titles[name]}: {results[name][-1][0]:.2f} s", flush=True)

    median = {name: statistics.median(seconds for seconds, _ in runs) for name, runs in results.items()}
    print(f"\n{len(files)} CT slices, {size / 1e9:.2f} GB, {os.cpu_count()} cores, {platform.system()} {platform.release()}, "
          f"page cache warm, {arguments.runs} runs in turn\n")
    print(f"{'':32}{'median s':>10}{'range s':>16}{'MB/s':>8}{'peak MB':>9}")
    for name, runs in results.items():
        times = [seconds for seconds, _ in runs]
        peak = "" if name in ("copy", "disk") else f"{max(kib for _, kib in runs) / 1024:.0f}"
        print(f"{titles[name]:32}{median[name]:>10.2f}{f'{min(times):.2f}-{max(times):.2f}':>16}{size / 1e6 / median[name]:>8.0f}{peak:>9}")
    print()
    if orthanc:
        print(f"consilium is {median['orthanc'] / median['consilium']:.1f} times as fast as Orthanc")
    print(f"consilium takes {median['consilium'] / median['copy']:.2f} times the time of cp and sync")
    if "disk" in median:
        print(f"consilium takes {median['consilium'] / median['disk']:.2f} times the time of the disk alone")
        if orthanc:
            print(f"the disk alone is {median['orthanc'] / median['disk']:.1f} times as fast as Orthanc")


if __name__ == "__main__":
    main()
