"""The dashboard as a browser gets it from the cache, beside nginx with the same bytes in a file."""
import os

import load
import rounds

CONNECTIONS = 32
REACH = 0.9
BROWSER = ("Accept: text/html",)


def measure(bench):
    asked = rounds.Rounds(bench)
    asked.add_load("dashboard: ours", load.Load(bench.url("/"), CONNECTIONS, BROWSER))
    nginx = bench.peer("nginx")
    if nginx:
        with open(os.path.join(nginx.folder, "www", "dashboard.html"), "wb") as file:
            file.write(bench.get("/", Accept="text/html"))
        asked.add_load("dashboard: nginx", load.Load(nginx.url("/dashboard.html"), CONNECTIONS, BROWSER))
    found = asked.run()
    bench.report.at_least(f"cached dashboard ÷ nginx with the same bytes, {CONNECTIONS} connections", REACH,
                          found.ratio("dashboard: ours", "dashboard: nginx"))
    bench.report.rates("The dashboard", found, f"The page at / in English, {CONNECTIONS} connections.")
