"""Prints all that a .c1z file holds, as JSON, by readers that know nothing of
Hawser: zstandard, sqlite3, and protobuf with descriptors made here of the
format's field numbers."""

import json
import sqlite3
import sys
import tempfile

import zstandard
from google.protobuf import any_pb2, descriptor_pb2, descriptor_pool, json_format, message_factory, struct_pb2, timestamp_pb2

PACKAGE = "c1.connector.v2"
STRUCT, TIME, ANY = ".google.protobuf.Struct", ".google.protobuf.Timestamp", ".google.protobuf.Any"

# Of each message: number, name, type, and * where it is repeated.
MESSAGES = {
    "ResourceType": "1 id string, 2 display_name string, 3 traits Trait*, 4 annotations ANY*, 5 description string",
    "ResourceId": "1 resource_type string, 2 resource string",
    "Resource": "1 id ResourceId, 2 parent_resource_id ResourceId, 3 display_name string, 4 annotations ANY*, 5 description string",
    "Entitlement": "1 resource Resource, 2 id string, 3 display_name string, 4 description string, 5 grantable_to ResourceType*, "
    "6 annotations ANY*, 7 purpose Purpose, 8 slug string",
    "Grant": "1 entitlement Entitlement, 2 principal Resource, 3 id string, 4 annotations ANY*, 5 sources GrantSources",
    "GrantSource": "1 is_direct bool",
    "SourcesEntry": "1 key string, 2 value GrantSource",
    "GrantSources": "1 sources SourcesEntry*",
    "GrantExpandable": "1 entitlement_ids string*, 2 shallow bool, 3 resource_type_ids string*",
    "GrantMetadata": "1 metadata STRUCT",
    "GrantImmutable": "1 source_id string, 2 metadata STRUCT",
    "SkipEntitlementsAndGrants": "",
    "Email": "1 address string, 2 is_primary bool",
    "UserStatus": "1 status Status, 2 details string",
    "MFAStatus": "1 mfa_enabled bool",
    "SSOStatus": "1 sso_enabled bool",
    "UserTrait": "1 emails Email*, 2 status UserStatus, 3 profile STRUCT, 5 account_type AccountType, 6 login string, "
    "7 login_aliases string*, 8 created_at TIME, 9 last_login TIME, 10 mfa_status MFAStatus, 11 sso_status SSOStatus",
    "GroupTrait": "2 profile STRUCT",
    "RoleTrait": "1 profile STRUCT",
    "AppTrait": "1 help_url string, 4 profile STRUCT",
    "SecretTrait": "1 profile STRUCT, 2 created_at TIME, 3 expires_at TIME, 4 last_used_at TIME, 5 created_by_id ResourceId",
}
ENUMS = {
    "Trait": "UNSPECIFIED USER GROUP ROLE APP SECRET",
    "Purpose": "UNSPECIFIED ASSIGNMENT PERMISSION",
    "Status": "UNSPECIFIED ENABLED DISABLED DELETED",
    "AccountType": "UNSPECIFIED HUMAN SERVICE SYSTEM",
}


def describe():
    """Makes the pool of the format's messages."""
    pool = descriptor_pool.DescriptorPool()
    for known in (any_pb2, struct_pb2, timestamp_pb2):
        pool.AddSerializedFile(known.DESCRIPTOR.serialized_pb)
    file = descriptor_pb2.FileDescriptorProto(name="c1.proto", package=PACKAGE, syntax="proto3")
    file.dependency.extend(m.DESCRIPTOR.name for m in (any_pb2, struct_pb2, timestamp_pb2))
    for name, values in ENUMS.items():
        enum = file.enum_type.add(name=name)
        for number, value in enumerate(values.split()):
            enum.value.add(name=f"{name}_{value}", number=number)
    for name, fields in MESSAGES.items():
        message = file.message_type.add(name=name)
        for text in filter(None, fields.split(", ")):
            add_field(message, *text.split())
    pool.Add(file)
    return pool


def add_field(message, number, name, kind):
    field = message.field.add(name=name, number=int(number))
    field.label = field.LABEL_REPEATED if kind.endswith("*") else field.LABEL_OPTIONAL
    kind = kind.rstrip("*")
    if kind == "string":
        field.type = field.TYPE_STRING
    elif kind == "bool":
        field.type = field.TYPE_BOOL
    elif kind in ENUMS:
        field.type, field.type_name = field.TYPE_ENUM, f".{PACKAGE}.{kind}"
    else:
        known = {"STRUCT": STRUCT, "TIME": TIME, "ANY": ANY}
        field.type, field.type_name = field.TYPE_MESSAGE, known.get(kind, f".{PACKAGE}.{kind}")


POOL = describe()


def decode(name, data):
    message = message_factory.GetMessageClass(POOL.FindMessageTypeByName(f"{PACKAGE}.{name}"))()
    message.ParseFromString(data)
    message_without_unknowns(message, data)
    return json_format.MessageToDict(message, preserving_proto_field_name=True, descriptor_pool=POOL)


def message_without_unknowns(message, data):
    """Wants no byte that the format does not know, and the canonical order."""
    again = message.SerializeToString(deterministic=True)
    if again != data:
        raise SystemExit(f"{message.DESCRIPTOR.name}: {data.hex()} is not canonical: {again.hex()}")


def main(path):
    with open(path, "rb") as file:
        if file.read(5) != b"C1ZF\0":
            raise SystemExit("the file begins with something else")
        with tempfile.NamedTemporaryFile() as unpacked:
            zstandard.ZstdDecompressor(max_window_size=128 << 20).copy_stream(file, unpacked)
            unpacked.flush()
            print(json.dumps(dump(unpacked.name), indent=1, sort_keys=True))


def dump(path):
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    db.row_factory = sqlite3.Row
    (sound,) = db.execute("PRAGMA integrity_check").fetchone()
    if sound != "ok":
        raise SystemExit(sound)
    kinds = {"v1_resource_types": "ResourceType", "v1_resources": "Resource", "v1_entitlements": "Entitlement", "v1_grants": "Grant"}
    out = {"indexes": [row[0] for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'index' ORDER BY name")]}
    for table in [row[0] for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]:
        out[table] = [row_of(row, kinds.get(table)) for row in db.execute(f"SELECT * FROM {table} ORDER BY id")]
    return out


def row_of(row, kind):
    columns = dict(row)
    if kind:
        columns["data"] = decode(kind, columns["data"])
    if columns.get("expansion") is not None:
        columns["expansion"] = decode("GrantExpandable", columns["expansion"])
    return columns


main(sys.argv[1])
