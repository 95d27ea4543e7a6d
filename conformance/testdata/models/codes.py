"""Which error codes an operation may answer with: those that its model declares, and
those that are common to its service.

https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html and the pages of
that name of the other services; https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html;
https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html"""

COMMON = {
    "query": {"AccessDenied", "ValidationError", "MissingParameter", "InvalidParameterValue", "InvalidParameterCombination", "InvalidAction",
              "ExpiredToken", "OptInRequired", "RequestExpired", "Throttling", "MalformedInput"},
    "json": {"AccessDeniedException", "ValidationException", "SerializationException", "ThrottlingException", "UnrecognizedClientException"},
    "rest-json": {"AccessDeniedException", "ValidationException", "SerializationException", "ThrottlingException"},
    "ec2": {"MissingParameter", "InvalidParameterValue", "InvalidParameterCombination", "InvalidParameter", "UnauthorizedOperation", "DryRunOperation",
            "OperationNotPermitted", "IncorrectState", "IncorrectInstanceState", "UnsupportedOperation", "DependencyViolation", "VolumeInUse",
            "InvalidNextToken", "InvalidMaxResults", "FilterLimitExceeded", "InvalidAttachment", "IdempotentParameterMismatch", "InvalidZone"},
    "rest-xml": {"AccessDenied", "NoSuchBucket", "NoSuchKey", "NoSuchUpload", "NoSuchVersion", "InvalidArgument", "InvalidRequest", "MalformedXML",
                 "MissingRequestBodyError", "InvalidBucketName", "InvalidStorageClass", "MethodNotAllowed", "MalformedPolicy", "InvalidTag",
                 "BucketNotEmpty", "BucketAlreadyExists", "BucketAlreadyOwnedByYou", "InvalidLocationConstraint", "InvalidPart", "InvalidPartOrder",
                 "InvalidRange", "PreconditionFailed", "NotImplemented", "NotModified", "InvalidBucketState", "IllegalVersioningConfigurationException", "NoSuchBucketPolicy", "NoSuchCORSConfiguration",
                 "NoSuchLifecycleConfiguration", "NoSuchTagSet", "NoSuchWebsiteConfiguration", "ReplicationConfigurationNotFoundError",
                 "ServerSideEncryptionConfigurationNotFoundError", "NoSuchPublicAccessBlockConfiguration", "ObjectLockConfigurationNotFoundError",
                 "NoSuchObjectLockConfiguration", "OwnershipControlsNotFoundError", "NoSuchConfiguration", "EntityTooSmall", "EntityTooLarge",
                 "BadDigest", "InvalidDigest", "KeyTooLongError", "MissingContentLength", "InvalidObjectState", "InvalidEncryptionAlgorithmError",
                 "MissingSecurityHeader", "BadRequest", "404", "400", "403", "405", "304", "412", "416", "409"},
}

# Codes of a service that its model does not declare.
OF_SERVICE = {
    "cloudwatch": {"ValidationError", "ResourceNotFound", "MissingParameter", "InvalidParameterValue", "InvalidParameterCombination", "SerializationException"},
    "lambda": {"InvalidRequestContentException", "ResourceNotFoundException"},
    "logs": {"InvalidParameterException"},
    "rds-data": {"BadRequestException"},
    "sso-oidc": {"InvalidRequestException"},
    "cloudtrail": {"InvalidNextTokenException"},
    "secretsmanager": {"InvalidNextTokenException", "InvalidParameterException"},
    "ec2": {"InvalidInstanceType"},
    "s3": {"AccessControlListNotSupported"},
}

# How a service answers input that its model does not allow.
INVALID = {
    "query": {"MalformedInput", "ValidationError", "MissingParameter", "InvalidParameterValue", "InvalidInput"},
    "json": {"ValidationException", "InvalidParameterException", "InvalidInputException", "SerializationException",
             "InvalidMaxResultsException", "InvalidEventCategoryException", "InvalidLookupAttributesException"},
    "rest-json": {"ValidationException", "InvalidParameterValueException", "InvalidRequestException", "BadRequestException", "SerializationException"},
    "ec2": {"MissingParameter", "InvalidParameterValue", "InvalidParameterCombination", "InvalidMaxResults"},
}


def declared(operation):
    out = set()
    for shape in operation.error_shapes:
        out |= {shape.name, shape.error_code}
    return out


def protocol(model):
    return "query" if model.service_name in ("cloudwatch",) else model.metadata["protocol"]


def known(model, operation, code):
    p = protocol(model)
    if code in declared(operation) | COMMON[p] | OF_SERVICE.get(model.service_name, set()):
        return True
    return p == "ec2" and code.startswith("Invalid") and code.rpartition(".")[2] in ("NotFound", "Malformed", "Duplicate", "InUse", "Unknown")


def validates(model, operation, code):
    p = protocol(model)
    if p == "rest-xml":
        return True  # S3 has a code for nearly each member
    return code in INVALID[p] | ({"SerializationException"} if model.service_name == "cloudwatch" else set())


# How a service answers a token that it has not given.
TOKENS = {
    "iam": {"ValidationError"}, "ec2": {"InvalidParameterValue", "InvalidNextToken", "InvalidPaginationToken"},
    "rds": {"InvalidParameterValue"}, "s3": {"InvalidArgument"}, "logs": {"InvalidParameterException", "ValidationException"},
    "cloudwatch": {"InvalidNextToken", "InvalidNextTokenException", "ValidationError", "InvalidParameterValue"},
    "lambda": {"InvalidParameterValueException"}, "organizations": {"InvalidInputException"},
    "sso-admin": {"ValidationException"}, "identitystore": {"ValidationException"}, "sso": {"InvalidRequestException"}, "cloudtrail": {"InvalidNextTokenException"},
    "secretsmanager": {"InvalidNextTokenException"},
}


def refuses_token(model, operation, code):
    """What is looked for first, such as a user, may be refused before the token."""
    return code in TOKENS[model.service_name] or "NoSuch" in code or "NotFound" in code or "Denied" in code or "NotInUse" in code or code in ("InvalidInput", "UnauthorizedException")
