"""Values of a model's shapes, and values that a model does not allow."""
import datetime
import re

# Texts that may fit a pattern, the likelier ones first.
EXAMPLES = [
    "abcdefgh12345678", "abcdefgh", "123456", "123456789012", "/", "/path/", "v1", "a@example.com",
    "arn:aws:iam::123456789012:role/none", "arn:aws:iam::123456789012:policy/none",
    "arn:aws:lambda:us-east-1:123456789012:function:none", "arn:aws:sso:::instance/ssoins-1234567890abcdef",
    "arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-1234567890abcdef",
    "arn:aws:sso::123456789012:application/ssoins-1234567890abcdef/apl-1234567890abcdef",
    "arn:aws:sso::123456789012:trustedTokenIssuer/ssoins-1234567890abcdef/tti-12345678-1234-1234-1234-123456789012",
    "arn:aws:sso::aws:applicationProvider/custom", "arn:aws:s3:::models-none",
    "d-1234567890", "12345678-1234-1234-1234-123456789012", "1234567890-12345678-1234-1234-1234-123456789012",
    "r-abcd", "ou-abcd-abcd1234", "p-abcd1234", "car-abcd1234", "PT1H", "https://example.com/a", "lambda:InvokeFunction",
    "ssoins-1234567890abcdef", "lambda.amazonaws.com", "$LATEST", "1", "ABCDEFGHIJKLMNOP",
    "arn:aws:lambda:us-east-1:123456789012:layer:none:1", "arn:aws:kms:us-east-1:123456789012:key/12345678-1234-1234-1234-123456789012",
    "0" * 64, "a" * 43 + "=", "arn:aws:logs:us-east-1:123456789012:log-group:none", "2026-01-01T00:00:00Z",
]


# What EC2's ids look like, by shape.
IDS = {
    "InstanceId": "i", "VolumeId": "vol", "VpcId": "vpc", "SubnetId": "subnet", "SecurityGroupId": "sg", "ImageId": "ami", "SnapshotId": "snap",
    "NetworkInterfaceId": "eni", "RouteTableId": "rtb", "NetworkAclId": "acl", "InternetGatewayId": "igw", "NatGatewayId": "nat",
    "LaunchTemplateId": "lt", "VpcEndpointId": "vpce", "AllocationId": "eipalloc", "IamInstanceProfileAssociationId": "iip-assoc",
}


def compiled(pattern):
    """The pattern in Python, which has Java's lookarounds; None for one that it has not."""
    pattern = re.sub(r"\\u(10FFFF|10000)", lambda m: "\\U" + m[1].rjust(8, "0"), pattern)
    # Python's re has no \p: letters, digits and the like stand for the classes.
    for name, known in {"L": "a-zA-Z", "N": "0-9", "Z": " ", "S": "+=", "P": "._", "M": ""}.items():
        pattern = pattern.replace("\\p{" + name + "}", known)
    try:
        return re.compile(pattern)
    except re.error:
        return None


def fits(shape, text):
    """Whether a text may be the shape's value; None where that can't be told."""
    low, high = shape.metadata.get("min", 0), shape.metadata.get("max", 10**9)
    if not low <= len(text) <= high:
        return False
    pattern = shape.metadata.get("pattern")
    if not pattern:
        return True
    form = compiled(pattern)
    return None if form is None else form.fullmatch(text) is not None


def text(shape):
    if shape.enum:
        return shape.enum[0]
    if shape.name in IDS:
        return IDS[shape.name] + "-0123456789abcdef0"
    for example in EXAMPLES:
        if fits(shape, example):
            return example
    low = int(shape.metadata.get("min", 1))
    return ("abcdefgh" * (low // 8 + 1))[: max(low, 8)][: int(shape.metadata.get("max", 10**9))]


def number(shape):
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    return int(low if low is not None else min(1, high) if high is not None else 1)


def value(shape, depth=0):
    """A value that the model allows, with no more members than it requires."""
    kind = shape.type_name
    if kind == "structure":
        names = list(shape.required_members)
        if getattr(shape, "is_tagged_union", False) and not names:
            names = list(shape.members)[:1]
        return {n: value(shape.members[n], depth + 1) for n in names} if depth < 12 else {}
    if kind == "list":
        return [value(shape.member, depth + 1) for _ in range(max(1, int(shape.metadata.get("min", 1))))][: int(shape.metadata.get("max", 10**9))]
    if kind == "map":
        return {value(shape.key, depth + 1): value(shape.value, depth + 1)}
    if kind == "string":
        return text(shape)
    if kind in ("integer", "long"):
        return number(shape)
    if kind in ("float", "double"):
        return float(number(shape))
    if kind == "boolean":
        return False
    if kind == "timestamp":
        return datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
    return b"x" * max(1, int(shape.metadata.get("min", 1)))


def bad(shape, longest, header=False):
    """Values that the model does not allow, each with what is wrong."""
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    kind = shape.type_name
    if kind == "string":
        if shape.enum:
            yield "enum", "NotInTheList"
        if low and not shape.enum:
            yield "short", "a" * (int(low) - 1)
        if high is not None and high < longest:
            yield "long", "a" * (int(high) + 1)
        wrong = ("<>{}" if header else "☃ \x01{}<>") + "a" * int(low or 0)
        if shape.metadata.get("pattern") and not shape.enum and fits(shape, wrong) is False and (high is None or len(wrong) <= high):
            yield "pattern", wrong
    elif kind in ("integer", "long", "float", "double"):
        if low is not None:
            yield "small", int(low) - 1
        if high is not None and high < 2**31 - 1:
            yield "large", int(high) + 1
    elif kind == "list":
        if low:
            yield "few", []
        if high is not None and high < min(longest, 1100):
            yield "many", [value(shape.member)] * (int(high) + 1)


def wrong(shape):
    """A value of another type, where the wire can tell."""
    return {"string": 7, "integer": "many", "long": "many", "float": "much", "double": "much", "boolean": "perhaps", "timestamp": None}.get(shape.type_name)
