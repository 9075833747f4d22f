"""Runs a command beside throwaway servers: a PostgreSQL cluster and an S3 server, both on loopback.

    python peers.py COMMAND...

The command sees CONSILIUM_TEST_POSTGRES and CONSILIUM_TEST_S3 (and DATABASE_URL, S3_ENDPOINT). Each server lives in
a temporary folder and is gone when the command ends, also when this script is interrupted or killed. A server whose
program is not installed is left out with a line on stderr, and its variable stays unset.
"""

import ctypes
import glob
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
START_LIMIT_SECONDS = 60
PR_SET_PDEATHSIG = 1
PREFIX = "consilium-peers-"


class NotStarted(Exception):
    """A server could not be started; the message says why and what to do."""


def say(line):
    """One line for the person who runs the tests, never on the command's own output."""
    print(f"peers: {line}", file=sys.stderr, flush=True)


def end_with_parent(stop_signal):
    """Makes a child end when this script ends, however it ends (Linux; elsewhere only an orderly end stops it)."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    return lambda: libc.prctl(PR_SET_PDEATHSIG, stop_signal, 0, 0, 0)


def postgres_binaries():
    """The newest installed PostgreSQL's folder of programs: Debian's place first, then the PATH."""
    found = sorted(
        (pathlib.Path(path).parent for path in glob.glob("/usr/lib/postgresql/*/bin/initdb")),
        key=lambda folder: float(folder.parent.name) if folder.parent.name.replace(".", "").isdigit() else 0,
    )
    if found:
        return found[-1]
    on_path = shutil.which("initdb")
    if on_path is None:
        raise NotStarted("PostgreSQL is not installed (run scripts/install.sh peers)")
    return pathlib.Path(on_path).resolve().parent


def free_port():
    """A loopback port that is free now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def start_postgres(folder):
    """Makes a cluster in `folder` and starts it. Returns its process and its address.

    PostgreSQL refuses to run as root, so root runs it as the user that Debian's package made. Durability is off: the
    cluster is thrown away, and the tests of crashes kill our program, not the machine.
    """
    binaries = postgres_binaries()
    account = {}
    if os.geteuid() == 0:
        try:
            entry = pwd.getpwnam("postgres")
        except KeyError as error:
            raise NotStarted("there is no user named postgres to run PostgreSQL as") from error
        account = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": [entry.pw_gid]}
        os.chown(folder, entry.pw_uid, entry.pw_gid)
    data = folder / "data"
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "HOME": str(folder)}
    made = subprocess.run(
        [binaries / "initdb", "-D", data, "-U", "consilium", "-A", "trust", "-E", "UTF8", "--no-sync"],
        cwd=folder, env=environment, capture_output=True, text=True, check=False, **account,
    )
    if made.returncode != 0:
        raise NotStarted(f"initdb failed: {made.stderr.strip()}")
    settings = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200",
                f"unix_socket_directories={folder}", "listen_addresses=127.0.0.1"]
    log = folder / "log"
    for _ in range(5):
        port = free_port()
        with open(log, "wb") as output:
            server = subprocess.Popen(
                [binaries / "postgres", "-D", data, "-p", str(port)] + [part for value in settings for part in ("-c", value)],
                cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                start_new_session=True, preexec_fn=end_with_parent(signal.SIGQUIT), **account,
            )
        until = time.monotonic() + START_LIMIT_SECONDS
        while server.poll() is None and time.monotonic() < until:
            ready = subprocess.run(
                [binaries / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port), "-d", "postgres"], check=False)
            if ready.returncode == 0:
                return server, f"postgres://consilium@127.0.0.1:{port}/postgres"
            time.sleep(0.05)
        stop(server, signal.SIGQUIT)
    raise NotStarted(f"PostgreSQL did not start: {log.read_text(errors='replace').strip()[-2000:]}")


def start_s3(folder):
    """Starts the S3 server with the Python of the tests (.venv). Returns its process and its address."""
    python = HERE.parent.parent / ".venv" / "bin" / "python"
    if not python.exists():
        raise NotStarted("the Python environment of the tests is missing (run scripts/install.sh python)")
    with open(folder / "s3.log", "wb") as output:
        server = subprocess.Popen(
            [python, HERE / "s3.py"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=output, text=True,
            start_new_session=True, preexec_fn=end_with_parent(signal.SIGKILL),
            env={**os.environ, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"},
        )
    line = server.stdout.readline().strip()
    if not line.isdigit():
        stop(server, signal.SIGKILL)
        why = (folder / "s3.log").read_text(errors="replace").strip()[-2000:]
        raise NotStarted(f"the S3 server did not start: {why}")
    return server, f"http://127.0.0.1:{line}"


def stop(server, stop_signal):
    """Stops a server and waits until it is gone."""
    if server.poll() is None:
        server.send_signal(stop_signal)
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def sweep():
    """Removes the folders of earlier runs that were killed before they could."""
    for left in pathlib.Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        owner = left.name.removeprefix(PREFIX).partition("-")[0]
        if owner.isdigit() and not pathlib.Path("/proc", owner).exists():
            shutil.rmtree(left, ignore_errors=True)


def main(command):
    """Starts the servers, runs the command, stops the servers, and answers with the command's exit code."""
    if not command:
        print(__doc__, file=sys.stderr)
        return 2
    for name in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, lambda number, _frame: sys.exit(128 + number))
    sweep()
    root = pathlib.Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
    root.chmod(0o755)
    environment = dict(os.environ)
    running = []
    try:
        for title, start, stop_signal, names in (
            ("PostgreSQL", start_postgres, signal.SIGQUIT, ("CONSILIUM_TEST_POSTGRES", "DATABASE_URL")),
            ("S3", start_s3, signal.SIGKILL, ("CONSILIUM_TEST_S3", "S3_ENDPOINT")),
        ):
            folder = root / title.lower()
            folder.mkdir(mode=0o700)
            try:
                server, address = start(folder)
            except NotStarted as why:
                if os.environ.get("CONSILIUM_REQUIRE_PEERS"):
                    say(f"{title} is required and not there: {why}")
                    return 1
                say(f"skipped {title}: {why}")
                continue
            running.append((server, stop_signal))
            say(f"{title} at {address}")
            environment.update(dict.fromkeys(names, address))
        child = subprocess.Popen(command, env=environment, preexec_fn=end_with_parent(signal.SIGTERM))
        try:
            code = child.wait()
        except (KeyboardInterrupt, SystemExit):
            child.terminate()
            child.wait()
            raise
        return code if code >= 0 else 128 - code
    except KeyboardInterrupt:
        return 130
    except FileNotFoundError as error:
        say(f"cannot run {command[0]}: {error.strerror}")
        return 127
    finally:
        for server, stop_signal in reversed(running):
            stop(server, stop_signal)
        shutil.rmtree(root, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
