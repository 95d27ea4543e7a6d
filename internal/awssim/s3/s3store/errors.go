package s3store

// Code is one of S3's error codes; see "List of error codes" in the S3 API
// reference.
type Code string

// The codes that storage answers with.
const (
	AccessDenied        Code = "AccessDenied"
	BadDigest           Code = "BadDigest"
	BucketAlreadyExists Code = "BucketAlreadyExists"
	BucketAlreadyOwned  Code = "BucketAlreadyOwnedByYou"
	BucketNotEmpty      Code = "BucketNotEmpty"
	EntityTooSmall      Code = "EntityTooSmall"
	InvalidArgument     Code = "InvalidArgument"
	InvalidBucketState  Code = "InvalidBucketState"
	InvalidPart         Code = "InvalidPart"
	InvalidPartOrder    Code = "InvalidPartOrder"
	InvalidRequest      Code = "InvalidRequest"
	MethodNotAllowed    Code = "MethodNotAllowed"
	NoSuchBucket        Code = "NoSuchBucket"
	NoSuchKey           Code = "NoSuchKey"
	NoSuchUpload        Code = "NoSuchUpload"
	NoSuchVersion       Code = "NoSuchVersion"
	NotModified         Code = "NotModified"
	PreconditionFailed  Code = "PreconditionFailed"
	MalformedXML        Code = "MalformedXML"
	InvalidPartNumber   Code = "InvalidPartNumber"
	InvalidRange        Code = "InvalidRange"
	IncompleteBody      Code = "IncompleteBody"
	EntityTooLarge      Code = "EntityTooLarge"
	InvalidObjectState  Code = "InvalidObjectState"
)

// Error is an answer other than success.
type Error struct {
	Code Code
	// Message, where not empty, stands in place of the code's usual text.
	Message string
	// Detail holds further members of the answer, such as "UploadId".
	Detail map[string]string
}

func (e *Error) Error() string {
	if e.Message != "" {
		return string(e.Code) + ": " + e.Message
	}
	return string(e.Code)
}

// fail makes an Error; detail is names and values in turn.
func fail(code Code, message string, detail ...string) *Error {
	e := &Error{Code: code, Message: message}
	for i := 0; i+1 < len(detail); i += 2 {
		if e.Detail == nil {
			e.Detail = make(map[string]string)
		}
		e.Detail[detail[i]] = detail[i+1]
	}
	return e
}
