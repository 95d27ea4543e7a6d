"""Gives policies to the linter parliament, and prints what it finds.

The argument is a file with a JSON object: documents by their names. Each line of the
output is a finding.
"""

import json
import sys

from parliament import analyze_policy_string

with open(sys.argv[1], encoding="utf-8") as file:
    documents = json.load(file)
for name, document in sorted(documents.items()):
    for finding in analyze_policy_string(json.dumps(document)).findings:
        print(f"{name}: {finding.issue} {finding.detail} {finding.location.get('string', '')}")
