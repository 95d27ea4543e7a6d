package awsapi

import (
	"net/http"
	"slices"
	"strings"

	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/hawser/hawser/internal/fault"
)

// checkHeaders finds input that can't be sent, such as a name of an object's
// metadata that is not valid in a header. Go's transport would refuse it with an
// error that looks like a failure of the network.
func checkHeaders(request any) error {
	r, ok := request.(*smithyhttp.Request)
	if !ok {
		return nil
	}
	for name, values := range r.Header {
		if !isToken(name) {
			return unsendable(name, "its name has characters that HTTP does not allow", "use letters, digits and any of !#$%&'*+-.^_`|~")
		}
		if slices.ContainsFunc(values, func(v string) bool { return strings.ContainsFunc(v, isControl) }) {
			return unsendable(name, "its value has control characters", "take line breaks and the like out")
		}
	}
	return nil
}

func unsendable(name, cause, fix string) error {
	return fault.New(fault.Invalid, "the header %q can't be sent", http.CanonicalHeaderKey(name)).WithCause("%s", cause).WithFix("%s", fix)
}

// isToken reports whether a text is a token of HTTP.
func isToken(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("!#$%&'*+-.^_`|~", r)
	})
}

func isControl(r rune) bool { return r != '\t' && r < ' ' || r == 0x7f }
