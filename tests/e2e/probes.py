"""One careful client beside the crowd: how long each of its requests takes, and which fail."""
import statistics
import threading
import time

import support

PAUSE = 0.01


class Probe:
    """Asks known addresses in turn on a connection of its own, which it renews every 20 requests."""

    def __init__(self, port, paths=("/goals",), pause=PAUSE):
        self.port, self.paths, self.pause = port, paths, pause
        self.times, self.failures, self.ended = [], [], threading.Event()
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self):
        client, count = None, 0
        while not self.ended.wait(self.pause):
            if client is None or count % 20 == 0:
                if client:
                    client.close()
                client = support.Client(self.port)
            path, count = self.paths[count % len(self.paths)], count + 1
            began = time.monotonic()
            try:
                got = client.get(path)
                if got.status != 200:
                    self.failures.append((path, got.status))
            except Exception as error:
                # whatever it was: a client had no answer
                self.failures.append((path, repr(error)))
                client = None
            self.times.append((time.monotonic() - began) * 1000)
        if client:
            client.close()

    def end(self):
        self.ended.set()
        self.thread.join()
        return self

    def p99(self):
        return percentile(self.times, 99)

    def p50(self):
        return statistics.median(self.times)


def percentile(values, of):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * of // 100)] if ordered else float("nan")
