"""Where Schemathesis is wrong about one answer: its failures that do not count, each with the reason.

A hook module of Schemathesis (schemathesis.toml names it). An exception is as narrow as it can be told
from the request and the problem document; everything else counts.
"""
import re
from urllib.parse import parse_qs, urlsplit

import schemathesis


# The codes that Schemathesis gives to its failures.
INVALID_TAKEN = "ST201"
VALID_REFUSED = "ST202"
HEADER_MISSING = "ST203"
WRONG_METHOD = "ST204"

LONGEST_WISH = 8000  # bytes of Accept-Language in the contract

# What a request can be refused for, beyond what a schema can say: place, words of the fault.
UNSPEAKABLE = [
    ("cursor", ""),  # opaque: no schema says which ones the service gave
    ("after", ""),
    ("as_of", "in the future"),  # the schema knows what a day is, not which day it is
    ("#/as_of", "in the future"),
    ("known_at", "in the future"),
    ("from", "in the future"),
    ("to", "in the future"),
    ("to", "before"),
    ("from", "before"),
    ("known_at", "is not a parameter of this path"),  # beside state=draft
    ("lang", "is not a parameter of this path"),  # beside state=draft
    # two years that follow each other: as a pattern it would be a hundred
    ("fiscal_year", "must be a fiscal year"),
    ("#/funding/", "must be a fiscal year"),
    ("count", "is not known for drafts"),  # of two parameters that exclude each other
    # well-formed, and no such thing is there
    ("#/supersedes", "no published update"),
    ("#/objective", "no objective"),
    ("#/lead_department", "no department"),
    ("#/measurements/", "no measure"),
    ("#/copy_from", "no plan"),
    ("#/supporting_departments/", "no department"),
    ("#/relationships/", "no objective"),
    # lists whose items differ by some of their members
    ("#/relationships/", "the same type, objective as before"),
    ("#/relationships/", "to itself"),
    ("#/funding/", "the same fiscal_year"),
    ("#/external_refs/", "the same system"),
    # which texts the plan has, each once, and what became of them since
    ("#/code", "the plan has no such text"),
    ("#/code", "the same text as before"),
    ("#/source", "is required"),
    ("#/revision", "was changed since"),
    # against what is stored already: of another objective, archived, or the field that was left out
    ("#/supersedes", "is of another objective"),
    ("#/objective", "is archived"),
    ("#/objective", "does not move to another objective"),
    ("#/short_name_source", "a source without a short name"),
    ("#/due_on", "before"),
    ("#/ends_on", "before"),
    ("#/target_on", "before"),
    ("#/upper_limit", "below the lower limit"),
    ("#/lower_limit", "above the upper limit"),
    # members of a service that hold each other, and how exact a number can be kept
    ("#/service/state", "is required beside raw_state"),
    ("#/service/period/to", "must not be before"),
    ("#/service/median_days_to_close", "a number of days"),
    ("#/", "a number has at most"),
    ("#/weight", "must have at most three decimals"),
    ("#/supersedes", "external_id names the update"),
    ("objective", "name it"),  # which key is bound to one objective
    # to JSON Schema 17.0 is one
    ("#/rows/", "must be a whole number"),
    ("#/revision", "must be a whole number"),
]


def unspeakable(_, answer):
    """Each of its faults lies in what only the service can know."""
    faults = [(e.get("pointer") or e.get("parameter") or "", e["detail"]) for e in answer.get("errors", [])]
    faults = [(re.sub(r"^#/items/\d+", "#", where), why) for where, why in faults]
    return bool(faults) and all(
        any(where.startswith(place) and words in why for place, words in UNSPEAKABLE) for where, why in faults
    )


def dry_run(response, _):
    """Idempotency-Key is required on POST /updates except with dry_run=true; OpenAPI has no "except"."""
    wants = parse_qs(urlsplit(response.request.url).query).get("dry_run") == ["true"]
    return wants and "Idempotency-Key" not in response.request.headers


def key_reused(_, answer):
    """One Idempotency-Key with two bodies is what the examples come to, all having the same one."""
    return answer.get("code") == "idempotency-key-reused"


def null_in_path(response, _):
    """The id of a dry run is null, and the judge puts that into the next path as the word "null"."""
    return "/updates/null/" in response.request.url


def nul_in_text(_, answer):
    """U+0000 is valid in JSON, and PostgreSQL has no place for it: no text of the service can hold it."""
    return any(word in answer.get("detail", "") for word in ("\\u0000", "NUL byte"))


def any_table(response, _):
    """What a table is of, and what its rows may be, its columns tell: to the contract it is a text, or a list of objects."""
    request = response.request
    return urlsplit(request.url).path == "/imports" or request.headers.get("Content-Type", "").startswith("text/csv")


def no_number(_, answer):
    """JSON has whole numbers of any length, the service those of 64 bits."""
    return "too big integer" in answer.get("detail", "")


def reported(_, answer):
    """A dry run of a table is always answered by its report, which says what would be refused."""
    return answer.get("state") == "failed" and bool(answer.get("errors"))


def wish_unheard(response, _):
    """A wish for a language is never refused (RFC 9110 12.5.4): one that is too long is not heard."""
    return len(response.request.headers.get("Accept-Language", "")) > LONGEST_WISH


def field_left_empty(response, _):
    """A form sends its empty fields too: to a page they are as good as not given."""
    values = parse_qs(urlsplit(response.request.url).query, keep_blank_values=True).values()
    return "text/html" in response.headers.get("content-type", [""])[0] and any("" in given for given in values)


def body_first(_, answer):
    """The guard refuses a body on GET and DELETE before the path is looked up (request smuggling)."""
    return answer.get("detail") == "this method takes no body"


def spared(_, answer):
    """Of many items the good ones are taken, and the bad ones told of in the answer."""
    told = answer.get("results") or answer.get("service_request_updates") or []
    return any(result.get("outcome") == "refused" for result in told)


def no_xml(_, answer):
    """To the contract XML is a text: that it must be well-formed no schema says."""
    return "XML" in answer.get("detail", "")


# Failure, status of the answer, and who excuses it.
EXCEPTIONS = [
    (VALID_REFUSED, 400, unspeakable),
    (VALID_REFUSED, 422, unspeakable),
    (VALID_REFUSED, 422, key_reused),
    (VALID_REFUSED, 405, null_in_path),
    (VALID_REFUSED, 400, nul_in_text),
    (VALID_REFUSED, 400, no_xml),
    (VALID_REFUSED, 400, any_table),
    (VALID_REFUSED, 422, any_table),
    (VALID_REFUSED, 400, no_number),
    (INVALID_TAKEN, 200, spared),
    (INVALID_TAKEN, 200, reported),
    (INVALID_TAKEN, 200, wish_unheard),
    (INVALID_TAKEN, 200, field_left_empty),
    (HEADER_MISSING, 200, dry_run),
    (HEADER_MISSING, 409, dry_run),
    (HEADER_MISSING, 422, dry_run),
    (INVALID_TAKEN, 200, dry_run),
    (WRONG_METHOD, 400, body_first),
]


def problem(response):
    try:
        answer = response.json()
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


@schemathesis.hook
def filter_failure(_context, failure, _case, response):
    """Does this failure count?"""
    return not any(
        failure.code == code and response.status_code == status and excuses(response, problem(response))
        for code, status, excuses in EXCEPTIONS
    )
