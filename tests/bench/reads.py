"""GET /goals from the cache beside those who would serve it otherwise, and its variants."""
import load
import making
import peers
import rounds

CROWDS = (16, 32, 64, 128, 512, 1000)
AGAINST_NGINX = {16: 1.0, 32: 1.0, 64: 1.0, 128: 0.9, 512: 0.75, 1000: 0.6}
P99_MOST = {64: 5, 128: 15, 1000: 60}
AGAINST_PEERS = {"Fastify constant": 2.5, "Fastify + pg": 12, "FastAPI": 12}
BESIDE = 64  # connections, where nothing else is said


def _variants(bench, asked, nginx):
    """What a browser or a proxy asks for: the same at both, each with its own ETag."""
    for name, base in (("ours", bench.url("/goals")), ("nginx", nginx and nginx.url())):
        if not base:
            continue
        known = f"If-None-Match: {peers.fetch(base)[1]['ETag']}"
        for what, headers in (("304", (known,)), ("close", ("Connection: close",)),
                              ("gzip", ("Accept-Encoding: gzip",))):
            asked.add_load(f"{what}: {name}", load.Load(base, BESIDE, headers))


def _same_document(bench, name):
    """A peer of another document would be no peer."""
    peer = bench.peer(name)
    if peer and peers.fetch(peer.url())[0] != bench.goals:
        raise making.Missing(f"{name} gives another document")
    return peer


def _peers(bench, asked):
    """Right before ours, the nearest one last."""
    for name in sorted(AGAINST_PEERS, key=AGAINST_PEERS.get, reverse=True):
        if _same_document(bench, name):
            asked.add_load(f"{BESIDE}: {name}", load.Load(bench.peer(name).url(), BESIDE))


def measure(bench):
    asked = rounds.Rounds(bench)
    nginx = _same_document(bench, "nginx")
    for crowd in CROWDS:
        if crowd == BESIDE:
            _peers(bench, asked)
        asked.add_load(f"{crowd}: ours", load.Load(bench.url("/goals"), crowd))
        if nginx:
            asked.add_load(f"{crowd}: nginx", load.Load(nginx.url(), crowd))
        if crowd == BESIDE:
            _variants(bench, asked, nginx)
    uncached = bench.server(bench.db, PROGRESS_CACHE_MB=0)
    asked.add_load(f"{BESIDE}: ours, uncached", load.Load(bench.url("/goals", uncached), BESIDE))
    asked.add_load("objectives: ours", load.Load(bench.url("/objectives"), BESIDE))
    if bench.peer("PocketBase"):
        asked.add_load("objectives: PocketBase", load.Load(bench.peer("PocketBase").url(), BESIDE))
    tell(bench.report, asked.run())


def tell(report, found):
    for crowd, bound in AGAINST_NGINX.items():
        report.at_least(f"cached GET /goals ÷ nginx static, {crowd} connections", bound,
                        found.ratio(f"{crowd}: ours", f"{crowd}: nginx"))
    for name, bound in AGAINST_PEERS.items():
        report.at_least(f"cached GET /goals ÷ {name}, {BESIDE} connections", bound,
                        found.ratio(f"{BESIDE}: ours", f"{BESIDE}: {name}"))
    report.at_least(f"GET /objectives, all 42, ÷ PocketBase, {BESIDE} connections", 3,
                    found.ratio("objectives: ours", "objectives: PocketBase"))
    report.at_least("304 ÷ our own 200", 1.0, found.ratio("304: ours", f"{BESIDE}: ours"))
    for crowd, most in P99_MOST.items():
        _tell_p99(report, found, crowd, most)
    variants = (("304", "304 ÷ nginx's 304"), ("close", "Connection: close ÷ nginx"), ("gzip", "gzip ÷ nginx"))
    for what, told in variants:
        report.tell(f"{told}, {BESIDE} connections", found.ratio(f"{what}: ours", f"{what}: nginx"))
    report.tell("cached ÷ our own uncached GET /goals", found.ratio(f"{BESIDE}: ours", f"{BESIDE}: ours, uncached"))
    report.rates("Reads", found, f"The number is of connections; the variants and the peers have {BESIDE}. More at a "
                 "time than the pool of 8 can serve in its patience is refused with 503: the errors of the uncached.")


def _tell_p99(report, found, crowd, most):
    ours, nginx = found[f"{crowd}: ours"], found.get(f"{crowd}: nginx")
    told = f"{ours.p99:.1f} ms" + (f" (nginx {nginx.p99:.1f} ms)" if nginx else "")
    reached = ours.p99 <= most or bool(nginx) and ours.p99 <= nginx.p99
    report.figure(f"p99 at {crowd} connections", f"no worse than nginx's, or ≤ {most} ms", told, reached)


def measure_mix(bench):
    asked = rounds.Rounds(bench)
    asked.add_load("mix: ours", load.Load(bench.url(""), BESIDE, script="mix.lua"))
    peer = bench.peer("Fastify + pg")
    if peer:
        asked.add_load("mix: Fastify + pg", load.Load(peer.url(""), BESIDE, script="mix.lua"))
    found = asked.run()
    bench.report.at_least("the mix ÷ Fastify + pg doing the same queries", 10,
                          found.ratio("mix: ours", "mix: Fastify + pg"))
    bench.report.rates("The mix", found, "70 % /summary, 20 % /objectives with filters, 10 % pages of /updates.")
