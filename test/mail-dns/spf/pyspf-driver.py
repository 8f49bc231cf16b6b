"""Evaluates SPF with pyspf, against zones in memory.

Reads a JSON list of cases on stdin: ip, sender, helo, and zone, which maps lower-case names to "TIMEOUT" or a list
of [type, data]. Writes a JSON list of results in the same order: result, message, lookups, voids.
"""

import json
import sys

import spf

zone = {}


def look_up(name, qtype, strict=True, timeout=None):
    """Stands in for spf.DNSLookup: the records of one name. pyspf follows CNAMEs by itself."""
    entries = zone.get(name.lower().rstrip("."), [])
    if entries == "TIMEOUT":
        raise spf.TempError("DNS timeout")
    for kind, data in entries:
        if kind == "TXT" and qtype == "TXT":
            yield ((name, kind), (data.encode("latin-1"),))
        elif kind == "MX" and qtype == "MX":
            yield ((name, kind), (data["preference"], data["exchange"]))
        elif kind in (qtype, "CNAME"):
            yield ((name, kind), data)


spf.DNSLookup = look_up


def check(case):
    global zone
    zone = case["zone"]
    query = spf.query(i=case["ip"], s=case["sender"], h=case["helo"], strict=True)
    query.set_default_explanation("DEFAULT")
    try:
        result, _, message = query.check()
    except Exception as error:  # What pyspf does not catch is an answer too.
        return {"result": "exception", "message": repr(error), "lookups": query.lookups, "voids": query.void_lookups}
    return {"result": result, "message": message, "lookups": query.lookups, "voids": query.void_lookups}


json.dump([check(case) for case in json.load(sys.stdin)], sys.stdout)
