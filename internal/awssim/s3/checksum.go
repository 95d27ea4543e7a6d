package s3

import (
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"reflect"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/s3/s3store"
)

// checksum is the additional checksum that a request gives or announces. See
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
type checksum struct {
	algorithm s3store.Algorithm // empty where the request has none
	value     string            // empty where it comes in a trailer
	trailer   bool
}

const sumPrefix = "X-Amz-Checksum-"

// sumOf reads the checksum headers. It refuses two of them, and an algorithm
// that is named without its sum.
func sumOf(c *awssim.Call) (checksum, error) {
	var sum checksum
	h := c.Request.Header
	for _, a := range s3store.Algorithms() {
		name := sumHeader(a)
		value := h.Get(name)
		announced := value == "" && strings.EqualFold(h.Get("X-Amz-Trailer"), name)
		if value == "" && !announced {
			continue
		}
		if sum.algorithm != "" {
			return sum, invalid("InvalidRequest", "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.")
		}
		sum = checksum{algorithm: a, value: value, trailer: announced}
	}
	asked := s3store.Algorithm(strings.ToUpper(h.Get("X-Amz-Sdk-Checksum-Algorithm")))
	switch {
	case asked == "" || asked == sum.algorithm:
	case sum.algorithm != "" || !asked.Known():
		return sum, invalid("InvalidRequest", "Value for x-amz-sdk-checksum-algorithm header is invalid.")
	case c.Operation != "CreateMultipartUpload" && !strings.HasPrefix(c.Operation, "Copy"):
		return sum, invalid("InvalidRequest", "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.")
	}
	return sum, sum.wellFormed()
}

func sumHeader(a s3store.Algorithm) string {
	return http.CanonicalHeaderKey(sumPrefix + string(a))
}

// wellFormed refuses a value that can't be one of the algorithm's.
func (s checksum) wellFormed() error {
	if s.value == "" {
		return nil
	}
	raw, err := base64.StdEncoding.DecodeString(s.value)
	if err != nil || len(raw) != s.algorithm.Size() {
		return invalid("InvalidRequest", "Value for "+strings.ToLower(sumHeader(s.algorithm))+" header is invalid.")
	}
	return nil
}

// check compares what was promised with what was received, once that was read
// to its end.
func (s checksum) check(c *awssim.Call, r *s3store.Received) error {
	if err := checkMD5(c, r); err != nil {
		return err
	}
	if s.trailer {
		if s.value = c.Trailer().Get(sumHeader(s.algorithm)); s.value == "" {
			return invalid("MalformedTrailerError", "The request contained trailing data that was not well-formed or did not conform to our published schema.")
		}
		if err := s.wellFormed(); err != nil {
			return err
		}
	}
	if s.value != "" && s.value != r.Checksum.Value {
		return invalid("BadDigest", "The "+string(s.algorithm)+" you specified did not match the calculated checksum.")
	}
	return nil
}

// checkMD5 holds the body to the Content-MD5 header.
func checkMD5(c *awssim.Call, r *s3store.Received) error {
	want := c.Request.Header.Get("Content-Md5")
	if want == "" {
		return nil
	}
	raw, err := base64.StdEncoding.DecodeString(want)
	switch {
	case err != nil || len(raw) != len(r.MD5):
		return fail("InvalidDigest").With("Content-MD5", want)
	case string(raw) != string(r.MD5[:]):
		return fail("BadDigest").With("ExpectedDigest", hex.EncodeToString(raw)).With("CalculatedDigest", base64.StdEncoding.EncodeToString(r.MD5[:]))
	}
	return nil
}

// setSum puts a checksum into the field of its algorithm, such as
// ChecksumCRC32, and its type where the struct has a field for it.
func setSum(out any, sum s3store.Checksum) {
	if sum.Value == "" {
		return
	}
	v := reflect.ValueOf(out).Elem()
	if f := v.FieldByName("Checksum" + string(sum.Algorithm)); f.IsValid() {
		f.Set(reflect.ValueOf(&sum.Value))
	}
	if f := v.FieldByName("ChecksumType"); f.IsValid() {
		f.SetString(string(sumType(sum)))
	}
}

// getSum reads the checksum of an algorithm from a struct of the SDK's.
func getSum(in any, a s3store.Algorithm) string {
	f := reflect.Indirect(reflect.ValueOf(in)).FieldByName("Checksum" + string(a))
	if !f.IsValid() || f.IsNil() {
		return ""
	}
	return f.Elem().String()
}

func sumType(sum s3store.Checksum) types.ChecksumType {
	switch {
	case sum.Value == "":
		return ""
	case sum.Composite:
		return types.ChecksumTypeComposite
	}
	return types.ChecksumTypeFullObject
}

func algorithms(sum s3store.Checksum) []types.ChecksumAlgorithm {
	if sum.Value == "" {
		return nil
	}
	return []types.ChecksumAlgorithm{types.ChecksumAlgorithm(sum.Algorithm)}
}
