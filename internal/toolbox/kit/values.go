package kit

import (
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// Optional converts a field that may be left out to a pointer for AWS's inputs.
func Optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// PageSize asks for as much as is wanted, and for most where all is.
func PageSize(limit, most int) *int32 {
	if limit <= 0 || limit > most {
		limit = most
	}
	return aws.Int32(int32(limit))
}

// Unquoted returns an entity tag without the quotes that HTTP puts around it.
func Unquoted(etag *string) string { return strings.Trim(aws.ToString(etag), `"`) }

// ByteCount is a number of bytes that people read in larger units.
type ByteCount int64

// String returns the count in units of 1,024: "512 B", "1.5 MiB".
func (n ByteCount) String() string {
	if n < 1024 {
		return fmt.Sprintf("%d B", int64(n))
	}
	size, unit := float64(n)/1024, 0
	for size >= 1024 && unit < len("KMGTPE")-1 {
		size, unit = size/1024, unit+1
	}
	return fmt.Sprintf("%.1f %ciB", size, "KMGTPE"[unit])
}

// AnyResource is the resource of actions that know none.
const AnyResource = "*"
