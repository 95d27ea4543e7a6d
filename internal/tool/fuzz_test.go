package tool_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/tool/tooltest"
)

// FuzzInputAgreesWithAnIndependentValidator holds our checker against a
// general JSON Schema validator: what ours lets through, the other does too,
// and what ours refuses for its shape, the other refuses. Ours is more lenient in
// one point: an optional field may be null, and counts as not given.
func FuzzInputAgreesWithAnIndependentValidator(f *testing.F) {
	for _, seed := range []string{
		`{"name":"a"}`, `{}`, `{"name":"a","crew":3,"tags":{"k":"v"}}`, `{"name":"a","ports":["x"]}`,
		`{"name":"a","size":"huge"}`, `{"name":1}`, `{"name":"a","x":1}`, `[]`, `{"name":"a","crew":1e1}`,
		`{"name":"a","crew":2.0,"size":null,"tags":{"k":null}}`, `{"name":null}`, `{"name":"a","crew":0.2e1}`, `{"name":"a","ports":[null]}`,
		`{"name":" "}`, `{"name":"a","ports":[]}`, `{"name":"a","ports":["",""]}`, `{"name":"a","tags":{"":"v"}}`, `{"name":"a","since":""}`,
	} {
		f.Add([]byte(seed))
	}
	widget := remove(echo)
	resolved, err := widget.Input.Resolve(&jsonschema.ResolveOptions{})
	if err != nil {
		f.Fatal(err)
	}
	r, err := tool.NewRegistry([]*tool.Tool{widget}, tool.Options{Log: &tooltest.Memory{}})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(bytes.TrimSpace(raw)) == 0 {
			t.Skip("an absent input is an empty object for us")
		}
		_, err := r.Call(t.Context(), tool.Request{Tool: "widget.remove", Input: raw, Caller: admin})
		var v any
		if json.Unmarshal(raw, &v) != nil {
			if err == nil {
				t.Fatalf("accepted what is not JSON: %q", raw)
			}
			return
		}
		withoutNulls(v)
		theirs := resolved.Validate(v)
		if err == nil && theirs != nil {
			t.Errorf("accepted %s, which the validator refuses: %v", raw, theirs)
		}
		if err != nil && !errors.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", raw, err)
		}
	})
}

// withoutNulls removes what is null of the fields that widgetInput does not
// require. It knows nothing of the schema.
func withoutNulls(v any) {
	widget, _ := v.(map[string]any)
	for name, value := range widget {
		known := slices.ContainsFunc(remove(echo).Fields(), func(f tool.Field) bool { return f.Name == name })
		if value == nil && known && name != "name" {
			delete(widget, name)
		}
	}
	tags, _ := widget["tags"].(map[string]any)
	maps.DeleteFunc(tags, func(_ string, value any) bool { return value == nil })
}

func FuzzWhen(f *testing.F) {
	for _, seed := range []string{"", "now", "15m", "3d", "1w2d", "2026-01-02", "2026-01-02T15:04:05Z", "99999999999w", "-5m"} {
		f.Add(seed)
	}
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	f.Fuzz(func(t *testing.T, s string) {
		_, err := tool.When(s).Time(now)
		if err != nil && !errors.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", s, err)
		}
	})
}

func TestWhen(t *testing.T) {
	now := time.Date(2026, 1, 10, 12, 0, 0, 0, time.UTC)
	tests := map[tool.When]time.Time{
		"":                          {},
		"now":                       now,
		"15m":                       now.Add(-15 * time.Minute),
		"1h30m":                     now.Add(-90 * time.Minute),
		"3d":                        now.AddDate(0, 0, -3),
		"1w":                        now.AddDate(0, 0, -7),
		"2026-01-02":                time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC),
		"2026-01-02T15:04:05+01:00": time.Date(2026, 1, 2, 14, 4, 5, 0, time.UTC),
	}
	for in, want := range tests {
		if got, err := in.Time(now); err != nil || !got.Equal(want) {
			t.Errorf("%q = %v, %v; want %v", in, got, err, want)
		}
	}
	for _, bad := range []tool.When{"yesterday", "-5m", "5", "1y", "2026-13-01", "9999999999999w"} {
		if _, err := bad.Time(now); !errors.Is(err, fault.Invalid) {
			t.Errorf("%q: err = %v", bad, err)
		}
	}
}

// FuzzCursor gives any cursor to a listing: it is refused, or read from where
// it says.
func FuzzCursor(f *testing.F) {
	cell := tool.Target{Account: "111122223333", Region: "us-east-1"}
	pages := func(_ context.Context, _ tool.Target, token string, _ int) (tool.Batch[int], error) {
		return tool.Batch[int]{Items: []int{1, 2, 3}, Next: token + "x"}, nil
	}
	first, err := tool.Gather(f.Context(), []tool.Target{cell}, tool.Page{Limit: 2}, pages)
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{"", first.Cursor, "e30", "eyJzIjotMX0", "eyJzIjo5OX0", "bm8", "====", "eyJ4IjoxfQ"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, cursor string) {
		list, err := tool.Gather(t.Context(), []tool.Target{cell}, tool.Page{Limit: 4, Cursor: cursor}, pages)
		if err != nil && !errors.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", cursor, err)
		}
		if err == nil && (len(list.Items) != 4 || list.Cursor == "") {
			t.Errorf("%q gives %v and the cursor %q", cursor, list.Items, list.Cursor)
		}
	})
}
