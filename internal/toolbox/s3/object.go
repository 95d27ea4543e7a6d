package s3

import (
	"encoding/base64"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

// getOutput is one object, or a range of it.
type getOutput struct {
	Bucket       string            `json:"bucket"`
	Key          string            `json:"key"`
	VersionID    string            `json:"version_id,omitempty"`
	Size         int64             `json:"size" jsonschema:"the whole object's size in bytes"`
	ContentType  string            `json:"content_type,omitempty"`
	ETag         string            `json:"etag,omitempty"`
	Modified     *time.Time        `json:"modified,omitempty"`
	StorageClass string            `json:"storage_class,omitempty"`
	Metadata     map[string]string `json:"metadata,omitempty"`
	Content      string            `json:"text,omitempty" jsonschema:"the content, if it is text"`
	Base64       string            `json:"base64,omitempty" jsonschema:"the content in base64, if it is not text"`
	File         string            `json:"file,omitempty" jsonschema:"the file that the content was written to"`
	Range        string            `json:"range,omitempty" jsonschema:"the range of bytes in the answer, if they are not the whole object"`
	NextRange    string            `json:"next_range,omitempty" jsonschema:"the range to read next, with etag as if_match; absent when nothing was left out"`
	Notes        []string          `json:"notes,omitempty" jsonschema:"what to know about how the answer was made"`

	body        []byte // bytes in Content or Base64
	first, last int64  // the bytes asked for; last is first-1 where there are none
	ranged      bool   // a range was asked for
	capped      bool   // the output cap cut it, and the registry says so
}

// Remarks returns what was left out, and the notes.
func (o getOutput) Remarks() []string {
	remarks := slices.Clone(o.Notes)
	if o.NextRange != "" && !o.capped {
		remarks = append(remarks, "cut: the rest is "+o.next())
	}
	return remarks
}

// next names the range to read next, and the condition that it is of the same state.
func (o getOutput) next() string {
	if o.ETag == "" {
		return "range " + o.NextRange
	}
	return "range " + o.NextRange + " and if_match " + o.ETag
}

// Whole returns a fault of kind Partial where an object was asked for and its
// beginning is given. It is for a door that shows nothing but the text; others
// give NextRange.
func (o getOutput) Whole() error {
	if o.NextRange == "" || o.ranged {
		return nil
	}
	return fault.New(fault.Partial, "only the first %d of %d bytes were returned", len(o.body), o.Size).
		WithFix("name a file to get the whole object: hawser s3 get BUCKET KEY FILE")
}

// Text returns the content byte for byte, for a door that shows nothing else.
func (o getOutput) Text() string {
	if o.File != "" {
		return fmt.Sprintf("%s: %s\n", o.File, kit.ByteCount(o.last-o.first+1))
	}
	return string(o.body)
}

// Cut implements tool.Cutter: it keeps the beginning of the content.
func (o getOutput) Cut(limit int) (any, string) {
	for n := len(o.body); n > 0; {
		smaller := o.shortened(n)
		size := tool.EncodedSize(smaller)
		if size <= limit {
			return smaller, "read on with " + smaller.next()
		}
		n = min(n-1, n*limit/size)
	}
	return o, ""
}

// shortened returns the object with the first n bytes of its content.
func (o getOutput) shortened(n int) getOutput {
	o.fill(o.body[:n])
	o.capped = true
	return o
}

// setRange reads size and range of the content from the answer's headers.
func (o *getOutput) setRange(contentRange string, length int64) {
	if first, last, size, ok := parseContentRange(contentRange); ok {
		o.first, o.last, o.Size = first, last, size
		return
	}
	o.first, o.last, o.Size = 0, length-1, length
}

// fill puts body, the beginning of the bytes asked for, in place.
func (o *getOutput) fill(body []byte) {
	wanted := o.last - o.first + 1
	if int64(len(body)) < wanted {
		body = wholeRunes(body)
	}
	o.body, o.Content, o.Base64, o.Range, o.NextRange = body, "", "", "", ""
	if isText(body) {
		o.Content = string(body)
	} else {
		o.Base64 = base64.StdEncoding.EncodeToString(body)
	}
	given := int64(len(body))
	if given > 0 && given < o.Size {
		o.Range = fmt.Sprintf("%d-%d", o.first, o.first+given-1)
	}
	if given < wanted {
		o.NextRange = fmt.Sprintf("%d-%d", o.first+given, o.last)
	}
}

// isText reports whether JSON and a terminal can show the bytes unchanged: UTF-8
// without NUL.
func isText(body []byte) bool { return utf8.Valid(body) && !slices.Contains(body, 0) }

// wholeRunes drops a character that was cut in two at the end of a text.
func wholeRunes(body []byte) []byte {
	for cut := 1; cut < utf8.UTFMax && cut < len(body); cut++ {
		tail := body[len(body)-cut:]
		if utf8.RuneStart(tail[0]) {
			if !utf8.FullRune(tail) && utf8.Valid(body[:len(body)-cut]) {
				return body[:len(body)-cut]
			}
			break
		}
	}
	return body
}
