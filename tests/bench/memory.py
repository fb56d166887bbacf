"""What the service takes of the machine's memory: with its threads idle, and with each of them used."""
import crowds
import support

IDLE_MOST, LOADED_MOST, THREADS = 80, 120, 2048


def resident(server):
    with open(f"/proc/{server.process.pid}/status", encoding="ascii") as status:
        for line in status:
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1000
    raise RuntimeError("no VmRSS")


def _threads(server):
    with open(f"/proc/{server.process.pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("Threads:"))


def measure(bench):
    server = bench.server(bench.db, PROGRESS_THREADS=THREADS)
    idle = resident(server)
    peak = idle
    for _ in range(2):
        crowd = crowds.Idle(server.port, THREADS - 48)
        for s in crowd.sockets:
            try:
                s.sendall(b"GET /objectives HTTP/1.1\r\nHost: localhost\r\n\r\n")
            except OSError:
                continue
        peak = max(peak, resident(server))
        crowd.end()
    support.wait_until(server.is_alive, "it lives")
    note = f" ({_threads(server):,} threads)"
    bench.report.at_most(f"idle memory at {THREADS:,} threads", IDLE_MOST, idle, " MB", note)
    bench.report.at_most(f"loaded memory at {THREADS:,} threads", LOADED_MOST, peak, " MB", note)
