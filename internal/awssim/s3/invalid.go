package s3

import (
	"strings"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/wire"
)

// invalidInput is the answer to an input that the model does not allow. What S3
// has a code of its own for is left to the handlers.
//
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
func invalidInput(_ *awssim.Call, in *awssim.Invalid) error {
	for _, v := range in.Violations {
		if err := refusalOf(in, v); err != nil {
			return err
		}
	}
	return nil
}

func refusalOf(in *awssim.Invalid, v wire.Violation) error {
	name, ref := v.Name, in.Operation.Input.Shape.Members[v.Name]
	if ref != nil && ref.LocationName != "" {
		name = ref.LocationName
	}
	switch {
	case v.Constraint == wire.Required && v.Name == in.Operation.Input.Shape.Payload:
		return invalid("MissingRequestBodyError", "Request Body is empty")
	case v.Location == "":
		return bodyRefusal(v)
	case v.Shape.Name == "BucketName" || v.Shape.Name == "ObjectKey" || v.Shape.Name == "CopySource":
		return nil
	case v.Constraint == wire.Required:
		return argument(name, "", "The "+name+" parameter must be specified.")
	}
	switch v.Shape.Name {
	case "StorageClass":
		return fail("InvalidStorageClass")
	case "ServerSideEncryption":
		return argument(name, v.Value, "The encryption method specified is not supported")
	case "EncodingType":
		return argument(name, v.Value, "Invalid Encoding Method specified in Request")
	case "ChecksumAlgorithm", "ChecksumType":
		return nil
	}
	return argument(name, v.Value, "Invalid value for "+name)
}

// bodyRefusal is that for a part of the XML. Where a bucket may be, and tags, have
// codes of their own.
func bodyRefusal(v wire.Violation) error {
	switch {
	case v.Constraint == wire.Required:
		return fail("MalformedXML")
	case v.Shape.Name == "BucketLocationConstraint":
		return nil
	case strings.Contains(v.Name, "Tag"): // a tag's key has the shape ObjectKey
		return invalid("InvalidTag", "The TagKey you have provided is invalid")
	}
	return fail("MalformedXML")
}
