"""Parses DMARC records with checkdmarc: a JSON list of texts on stdin, a JSON list of results on stdout.

A result is {"error": class name} or {"tags": {tag: value}}, the values as checkdmarc gives them, defaults filled in.
The network is out of reach: what checkdmarc looks up about report addresses is answered here.
"""

import json
import socket
import sys


def refuse(*args, **kwargs):
    raise RuntimeError("the driver uses no network")


socket.socket.connect = refuse
socket.getaddrinfo = refuse

from checkdmarc import dmarc  # noqa: E402 (the network is refused first)

dmarc.verify_dmarc_report_destination = lambda *args, **kwargs: None
dmarc.get_mx_records = lambda *args, **kwargs: [{"preference": 0, "hostname": "mx.example", "addresses": []}]


def parse(text):
    # What decides whether a TXT record is looked at, before it is parsed.
    if not dmarc._is_dmarc_record(text):
        return {"error": "NoDMARCRecord"}
    try:
        parsed = dmarc.parse_dmarc_record(text, "example.com")
    except dmarc.DMARCError as error:
        return {"error": type(error).__name__}
    return {"tags": {tag: details["value"] for tag, details in parsed["tags"].items()}}


json.dump([parse(text) for text in json.load(sys.stdin)], sys.stdout)
