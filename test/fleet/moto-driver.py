"""Calls AWS APIs of a moto server: a list of [service, operation, arguments] in, the list of the answers out, both in JSON."""

import json
import sys

import boto3

endpoint, calls = sys.argv[1], json.load(sys.stdin)
login = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
answers = [
    getattr(boto3.client(service, endpoint_url=endpoint, region_name="eu-central-1", **login), operation)(**arguments)
    for service, operation, arguments in calls
]
json.dump(answers, sys.stdout, default=str)
