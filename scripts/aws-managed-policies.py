"""Writes AWS's managed policies, as moto has them, to the file that it is given.

moto is at the version of conformance/requirements.txt; run it by

    make managed-policies

Each line of the file is a policy: its name with path, its default version, when it
was made and when it was last changed, and its document. Tabs part the fields. The
lines are sorted, and the whole is compressed with gzip.
"""

import gzip
import json
import sys

from moto.iam.aws_managed_policies import aws_managed_policies_data

lines = []
for name, policy in json.loads(aws_managed_policies_data).items():
    fields = [
        policy["Path"].lstrip("/") + name,
        policy["DefaultVersionId"],
        policy["CreateDate"],
        policy["UpdateDate"],
        json.dumps(policy["Document"], separators=(",", ":")),
    ]
    if any("\t" in field or "\n" in field for field in fields):
        sys.exit(f"{name} has a tab or a line break")
    lines.append("\t".join(fields) + "\n")
with open(sys.argv[1], "wb") as file, gzip.GzipFile(fileobj=file, mode="wb", mtime=0) as packed:
    packed.write("".join(sorted(lines)).encode())
print(len(lines), "policies")
