"""The rules of status, percent and roll-up once more, in words and exact fractions: for tests, which trust no SQL."""
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

ACTIVE = ("off_track", "at_risk", "on_hold", "on_track")
UNCOUNTED = ("ongoing", "cancelled")


def effective(updates, day):
    return [
        u
        for u in updates
        if u["state"] == "published" and u["kind"] == "progress" and (day is None or u["as_of"] <= day)
    ]


def objective_now(updates, day):
    """(status, its day, percent, its day) from the updates of one objective."""
    reports = sorted(effective(updates, day), key=lambda u: (u["as_of"], int(u["id"])))
    if not reports:
        return "no_information", None, None, None
    status = reports[-1]
    stated = [u for u in reports if u["percent_complete"] is not None]
    if status["status"] in UNCOUNTED or not stated:
        return status["status"], status["as_of"], None, None
    return status["status"], status["as_of"], stated[-1]["percent_complete"], stated[-1]["as_of"]


def shown(value, is_complete):
    """One decimal, and 100 only when everything is done."""
    rounded = (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return rounded if is_complete else min(rounded, Decimal("99.9"))


def mean(pairs):
    weights = sum((Fraction(w) for w, _ in pairs), Fraction(0))
    return sum((Fraction(w) * Fraction(p or 0) for w, p in pairs), Fraction(0)) / weights if weights else None


def overall(statuses, counted_statuses):
    for severe in ACTIVE:
        if severe in statuses:
            return severe
    if counted_statuses and all(s == "completed" for s in counted_statuses):
        return "completed"
    reported = [s for s in statuses if s != "no_information"]
    if not reported:
        return "no_information"
    return "not_started" if all(s == "not_started" for s in reported) else None


def tally(statuses):
    return {s: statuses.count(s) for s in statuses}


def goal_progress(objectives):
    """From [{code, weight, archived, status, percent}] in order; the unrounded percent under "exact"."""
    standing = [o for o in objectives if not o["archived"]]
    counted = [o for o in standing if o["status"] not in UNCOUNTED]
    reported = [o for o in counted if o["percent"] is not None]
    exact = mean([(o["weight"], o["percent"]) for o in counted]) if reported else None
    complete = bool(counted) and all(o["percent"] == 100 for o in counted)
    return {
        "percent": None if exact is None else shown(exact, complete),
        "percent_is_minimum": exact is not None and len(reported) < len(counted),
        "method": "weighted_mean",
        "reported": len(reported),
        "total": len(standing),
        "counted": [{"code": o["code"], "weight": o["weight"], "percent": o["percent"]} for o in counted],
        "excluded": [{"code": o["code"], "reason": "archived" if o["archived"] else o["status"]}
                     for o in objectives if o not in counted],
        "status": overall([o["status"] for o in standing], [o["status"] for o in counted]),
        "status_counts": tally([o["status"] for o in standing]),
    }, exact, complete


def plan_progress(goals):
    """From [(number, weight, progress, exact, complete, objectives)]."""
    counted = [g for g in goals if g[2]["counted"]]
    said = [g for g in goals if g[3] is not None]
    exact = mean([(g[1], g[3]) for g in counted]) if said else None
    complete = bool(counted) and all(g[4] for g in counted)
    statuses = [o["status"] for g in goals for o in g[5] if not o["archived"]]
    return {
        "percent": None if exact is None else shown(exact, complete),
        "percent_is_minimum": exact is not None and any(g[3] is None or g[2]["percent_is_minimum"] for g in counted),
        "method": "weighted_mean",
        "reported": sum(g[2]["reported"] for g in goals),
        "total": sum(g[2]["total"] for g in goals),
        "counted": [
            {
                "goal": g[0],
                "weight": g[1],
                "percent": g[2]["percent"],
                "percent_unrounded": None if g[3] is None else six_places(g[3]),
            }
            for g in counted
        ],
        "excluded": [{"goal": g[0], "reason": "no_counted_objectives"} for g in goals if not g[2]["counted"]],
        "status": overall(
            statuses, [o["status"] for g in goals for o in g[5] if not o["archived"] and o["status"] not in UNCOUNTED]
        ),
        "status_counts": tally(statuses),
    }


def six_places(value):
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal("0.000001"), ROUND_HALF_UP)
