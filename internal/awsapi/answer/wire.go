package answer

import (
	"bufio"
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"mime"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/hawser/hawser/internal/awsapi/awserr"
)

// mostPrologue is how much may stand before an answer's root element. S3 sends
// blanks while it completes a large upload.
const mostPrologue = 1 << 20

// replayed is a body whose beginning has been read and is given again.
type replayed struct {
	io.Reader
	io.Closer
}

// replay puts the part of an answer's body that was read before the rest of it.
func replay(response *http.Response, read io.Reader) {
	response.Body = replayed{io.MultiReader(read, response.Body), response.Body}
}

// needRoot requires an XML document with one of the root elements.
func needRoot(response *http.Response, roots ...string) error {
	var read bytes.Buffer
	defer func() { replay(response, &read) }()
	decoder := xml.NewDecoder(io.TeeReader(io.LimitReader(response.Body, mostPrologue), &read))
	for {
		token, err := decoder.Token()
		if err != nil {
			return otherThan(response, firstOf(read.Bytes()))
		}
		start, ok := token.(xml.StartElement)
		switch {
		case !ok:
		case slices.Contains(roots, start.Name.Local):
			return nil
		case strings.EqualFold(start.Name.Local, "html"):
			return &awserr.ForeignError{Came: pageOfHTML}
		default:
			return &awserr.ForeignError{Came: "an XML document that begins with " + strconv.Quote(start.Name.Local)}
		}
	}
}

// needJSON requires an object with an accepted value under one of the keys. AWS
// sends JSON with its own content type and with the request's id; one of the two
// must be there.
func needJSON(response *http.Response, keys []string, wanted func(json.RawMessage) bool) error {
	first := firstByte(response)
	if first != '{' || !isJSON(response) && !marked(response) {
		return otherThan(response, first)
	}
	if len(keys) == 0 {
		return nil
	}
	var read bytes.Buffer
	defer func() { replay(response, &read) }()
	var members map[string]json.RawMessage
	if json.NewDecoder(io.TeeReader(response.Body, &read)).Decode(&members) != nil {
		return nil // the SDK says what is wrong with it
	}
	if !slices.ContainsFunc(keys, func(key string) bool { return members[key] != nil && wanted(members[key]) }) {
		return &awserr.ForeignError{Came: "an object without " + strings.Join(keys, " and without ")}
	}
	return nil
}

func anyValue(json.RawMessage) bool { return true }

// isText tells a string, such as AWS's code of an error, from the number that
// proxies send under the same name.
func isText(value json.RawMessage) bool { return value[0] == '"' }

// needCBOR requires a map in CBOR.
func needCBOR(response *http.Response) error {
	const mapType = 5 // of RFC 8949, in a byte's upper three bits
	first := firstByte(response)
	if !isCBOR(response) || first>>5 != mapType {
		return otherThan(response, first)
	}
	return nil
}

// needMark requires the headers that AWS sets, if the body proves nothing.
func needMark(response *http.Response) error {
	if !marked(response) {
		return otherThan(response, firstByte(response))
	}
	return nil
}

// needStatus requires a status of the operation.
func (a answer) needStatus(response *http.Response) error {
	wanted := []int{http.StatusOK}
	if a.statuses != nil && response.Request != nil {
		wanted = a.statuses(response.Request)
	}
	if slices.Contains(wanted, response.StatusCode) {
		return nil
	}
	return &awserr.ForeignError{Came: "an answer with the status " + strconv.Itoa(response.StatusCode) + " in place of " + strconv.Itoa(wanted[0])}
}

// md5ETag is an entity tag as S3 and stores like it make them.
var md5ETag = regexp.MustCompile(`^"[0-9a-f]{32}(-\d+)?"$`)

// marked reports whether an answer has a header that only AWS, or a store that
// speaks S3, sets.
func marked(response *http.Response) bool {
	for name := range response.Header {
		if strings.HasPrefix(name, "X-Amz") || strings.HasPrefix(name, "X-Goog-") {
			return true
		}
	}
	return md5ETag.MatchString(response.Header.Get("ETag")) || fromR2(response)
}

// fromR2 recognizes Cloudflare's store, which deletes without a header of S3's.
func fromR2(response *http.Response) bool {
	return response.Request != nil && strings.HasSuffix(response.Request.URL.Hostname(), ".r2.cloudflarestorage.com") &&
		response.Header.Get("Cf-Ray") != ""
}

func isCBOR(response *http.Response) bool {
	return response.Header.Get("Smithy-Protocol") == "rpc-v2-cbor"
}

func isJSON(response *http.Response) bool { return strings.Contains(mediaType(response), "json") }

// isXML leaves XHTML out, which is a page.
func isXML(response *http.Response) bool {
	return slices.Contains([]string{"application/xml", "text/xml"}, mediaType(response))
}

func mediaType(response *http.Response) string {
	media, _, err := mime.ParseMediaType(response.Header.Get("Content-Type"))
	if err != nil {
		return ""
	}
	return media
}

// firstByte returns the first byte of an answer's body that is not a blank; 0 if
// there is none.
func firstByte(response *http.Response) byte {
	reader := bufio.NewReader(response.Body)
	response.Body = replayed{reader, response.Body}
	beginning, _ := reader.Peek(512)
	return firstOf(beginning)
}

func firstOf(body []byte) byte {
	if body = bytes.TrimLeft(body, " \t\r\n"); len(body) > 0 {
		return body[0]
	}
	return 0
}

const pageOfHTML = "a page of HTML, such as a web filter, a proxy or a sign-in page sends"

// otherThan describes an answer that is not from AWS.
func otherThan(response *http.Response, first byte) *awserr.ForeignError {
	media := mediaType(response)
	switch {
	case first == 0 && response.Request != nil && response.Request.Method == http.MethodHead:
		return &awserr.ForeignError{Came: "an answer without the headers that AWS sets"}
	case first == 0:
		return &awserr.ForeignError{Came: "an empty body"}
	case strings.HasSuffix(media, "html"):
		return &awserr.ForeignError{Came: pageOfHTML}
	case media == "":
		return &awserr.ForeignError{Came: "a body of no type"}
	}
	return &awserr.ForeignError{Came: "a body of type " + media}
}
