package s3

import (
	"errors"
	"net/http"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/s3/s3store"
	"github.com/hawser/hawser/internal/awssim/wire"
)

// fail makes an answer with S3's status and text of a code. See
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
func fail(code string) *awssim.Error {
	status, text := textOf(code)
	return &awssim.Error{Code: code, Message: text, Status: status}
}

// invalid makes an answer of status 400 with a text of its own.
func invalid(code, text string) *awssim.Error {
	return &awssim.Error{Code: code, Message: text, Status: http.StatusBadRequest}
}

// argument refuses one parameter.
func argument(name, value, text string) *awssim.Error {
	return invalid("InvalidArgument", text).With("ArgumentName", name).With("ArgumentValue", value)
}

// answerOf turns what the store says into S3's answer.
func answerOf(c *awssim.Call, err error) *awssim.Error {
	var stored *s3store.Error
	if !errors.As(err, &stored) {
		return wire.AsError(err)
	}
	e := fail(string(stored.Code))
	if stored.Message != "" {
		e.Message = stored.Message
	}
	for name, value := range stored.Detail {
		e = e.With(name, value)
	}
	switch stored.Code {
	case s3store.NoSuchBucket, s3store.BucketNotEmpty, s3store.BucketAlreadyExists, s3store.BucketAlreadyOwned:
		bucket, _ := pathOf(c)
		e = e.With("BucketName", bucket)
	}
	return e
}

// textOf gives a code's status and usual text.
func textOf(code string) (status int, text string) {
	switch s3store.Code(code) {
	case s3store.AccessDenied:
		return http.StatusForbidden, "Access Denied"
	case s3store.BadDigest:
		return http.StatusBadRequest, "The Content-MD5 you specified did not match what we received."
	case s3store.BucketAlreadyExists:
		return http.StatusConflict, "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again."
	case s3store.BucketAlreadyOwned:
		return http.StatusConflict, "Your previous request to create the named bucket succeeded and you already own it."
	case s3store.BucketNotEmpty:
		return http.StatusConflict, "The bucket you tried to delete is not empty"
	case s3store.EntityTooSmall:
		return http.StatusBadRequest, "Your proposed upload is smaller than the minimum allowed size"
	case s3store.EntityTooLarge:
		return http.StatusBadRequest, "Your proposed upload exceeds the maximum allowed size"
	case s3store.IncompleteBody:
		return http.StatusBadRequest, "You did not provide the number of bytes specified by the Content-Length HTTP header"
	case s3store.InvalidBucketState:
		return http.StatusConflict, "The request is not valid for the current state of the bucket."
	case s3store.InvalidPart:
		return http.StatusBadRequest, "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag."
	case s3store.InvalidPartOrder:
		return http.StatusBadRequest, "The list of parts was not in ascending order. Parts must be ordered by part number."
	case s3store.MethodNotAllowed:
		return http.StatusMethodNotAllowed, "The specified method is not allowed against this resource."
	case s3store.NoSuchBucket:
		return http.StatusNotFound, "The specified bucket does not exist"
	case s3store.NoSuchKey:
		return http.StatusNotFound, "The specified key does not exist."
	case s3store.NoSuchUpload:
		return http.StatusNotFound, "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed."
	case s3store.NoSuchVersion:
		return http.StatusNotFound, "The specified version does not exist."
	case s3store.NotModified:
		return http.StatusNotModified, "Not Modified"
	case s3store.PreconditionFailed:
		return http.StatusPreconditionFailed, "At least one of the pre-conditions you specified did not hold"
	case s3store.MalformedXML:
		return http.StatusBadRequest, "The XML you provided was not well-formed or did not validate against our published schema"
	}
	return requestText(code)
}

// requestText is textOf for what storage never says.
func requestText(code string) (status int, text string) {
	switch code {
	case "AuthorizationHeaderMalformed":
		return http.StatusBadRequest, "The authorization header is malformed."
	case "IllegalLocationConstraintException":
		return http.StatusBadRequest, "The unspecified location constraint is incompatible for the region specific endpoint this request was sent to."
	case "InvalidBucketAclWithObjectOwnership":
		return http.StatusBadRequest, "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting"
	case "InvalidBucketName":
		return http.StatusBadRequest, "The specified bucket is not valid."
	case "InvalidDigest":
		return http.StatusBadRequest, "The Content-MD5 you specified was invalid."
	case "InvalidLocationConstraint":
		return http.StatusBadRequest, "The specified location-constraint is not valid"
	case "InvalidObjectState":
		return http.StatusForbidden, "The operation is not valid for the object's storage class"
	case "InvalidPartNumber":
		return http.StatusRequestedRangeNotSatisfiable, "The requested partnumber is not satisfiable"
	case "InvalidRange":
		return http.StatusRequestedRangeNotSatisfiable, "The requested range is not satisfiable"
	case "InvalidStorageClass":
		return http.StatusBadRequest, "The storage class you specified is not valid"
	case "KeyTooLongError":
		return http.StatusBadRequest, "Your key is too long"
	case "MetadataTooLarge":
		return http.StatusBadRequest, "Your metadata headers exceed the maximum allowed metadata size"
	case "MissingContentLength":
		return http.StatusLengthRequired, "You must provide the Content-Length HTTP header."
	case "NotImplemented":
		return http.StatusNotImplemented, "A header you provided implies functionality that is not implemented"
	case "SignatureDoesNotMatch":
		return http.StatusForbidden, "The request signature we calculated does not match the signature you provided. Check your key and signing method."
	case "PermanentRedirect":
		return http.StatusMovedPermanently, "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint."
	}
	return http.StatusBadRequest, code
}
