package s3_test

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/fault"
)

// A listing that breaks off, or comes back to a page, is not taken for a whole one.
func TestListingsAreWhole(t *testing.T) {
	c := newChanging(t)
	for i := range 2003 {
		c.bucketStore.put(t, fmt.Sprintf("k%04d", i), "x")
	}
	token := regexp.MustCompile(`<NextContinuationToken>(.*)</NextContinuationToken>`)
	first := ""
	truncated := regexp.MustCompile(`<IsTruncated>.*</IsTruncated>`)
	for name, leads := range map[string]func(sent, next string) string{
		"without a token":    func(string, string) string { return "" },
		"with the same page": func(sent, next string) string { return cmp.Or(sent, next) },
		"in a circle": func(sent, next string) string {
			if sent == "" {
				first = next
			}
			return cmp.Or(next, first)
		},
	} {
		change := func(r *http.Response) {
			sent := r.Request.URL.Query().Get("continuation-token")
			if !r.Request.URL.Query().Has("list-type") {
				return
			}
			body, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			next := ""
			if found := token.FindSubmatch(body); found != nil {
				next = string(found[1])
			}
			page := "<IsTruncated>true</IsTruncated>"
			if next = leads(sent, next); next != "" {
				page += "<NextContinuationToken>" + next + "</NextContinuationToken>"
			}
			body = truncated.ReplaceAll(token.ReplaceAll(body, nil), []byte(page))
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
			r.Header.Set("Content-Length", strconv.Itoa(len(body)))
		}
		c.change.Store(&change)
		for tool, in := range map[string]m{"s3.list": {"bucket": c.bucket}, "s3.cp": {"from": c.url(""), "to": "back", "dry_run": true}} {
			_, err := c.r.Try(t.Context(), tool, in)
			if f := fault.From(err); f == nil || !strings.Contains(f.Error()+f.Cause, "more follows") && !strings.Contains(f.Error()+f.Cause, "does not end") {
				t.Errorf("%s %s: %v", tool, name, err)
			}
		}
	}
}
