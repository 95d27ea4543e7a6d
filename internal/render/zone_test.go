package render

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/tool"
)

// inZone sets the local zone for a test.
func inZone(t *testing.T, name string, offset int) {
	t.Helper()
	before := time.Local
	time.Local = time.FixedZone(name, offset)
	t.Cleanup(func() { time.Local = before })
}

type visit struct {
	Name string    `json:"name" column:"NAME"`
	At   time.Time `json:"at" column:"AT"`
}

type visits struct {
	Items []visit `json:"items"`
}

func (v visits) Rows() any { return v.Items }

type oneVisit struct {
	At    time.Time `json:"at"`
	Note  string    `json:"note"`
	Inner []visit   `json:"inner"`
}

// TestTimesSayTheirZone: tables have the zone of each time, UTC or the local one. JSON,
// CSV and text for programs stay in UTC, in the form of RFC 3339.
func TestTimesSayTheirZone(t *testing.T) {
	at := time.Date(2026, 12, 1, 23, 30, 5, 0, time.UTC)
	for _, tt := range []struct {
		zone, format, want string
		offset             int
	}{
		{"", "table", "2026-12-01 23:30:05Z\n", 3600},
		{"utc", "wide", "2026-12-01 23:30:05Z\n", 3600},
		{"local", "table", "2026-12-02 00:30:05+01\n", 3600},
		{"local", "table", "2026-12-02 05:00:05+05:30\n", 19800},
		{"local", "table", "2026-12-01 20:00:05-03:30\n", -12600},
		{"local", "json", `"2026-12-01T23:30:05Z"`, 3600},
		{"local", "yaml", `2026-12-01T23:30:05Z`, 3600},
		{"local", "csv", "a,2026-12-01T23:30:05Z", 3600},
		{"local", "text", "a\t2026-12-01T23:30:05Z", 3600},
	} {
		inZone(t, "X", tt.offset)
		var out bytes.Buffer
		p, err := New(Streams{Out: &out, Err: &out}, Options{Format: tt.format, Zone: tt.zone, Plain: true})
		if err != nil {
			t.Fatal(err)
		}
		output := visits{[]visit{{"a", at}}}
		raw, err := json.Marshal(output)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Result(&tool.Result{Output: output, JSON: raw}); err != nil || !strings.Contains(out.String(), tt.want) {
			t.Errorf("%s in %q: %v, %s", tt.format, tt.zone, err, out.String())
		}
	}
	if _, err := New(Streams{}, Options{Zone: "cet"}); err == nil || !strings.Contains(err.Error(), `"cet" is not a zone`) {
		t.Errorf("%v", err)
	}
}

// TestTimesOfOneThing: what is not a listing has its times in the zone, too, and texts that
// only look like times stay.
func TestTimesOfOneThing(t *testing.T) {
	inZone(t, "X", 3600)
	at := time.Date(2026, 12, 1, 23, 30, 5, 0, time.UTC)
	output := &oneVisit{at, "2026-12-01T23:30:05Z", []visit{{"a", at}}}
	raw, err := json.Marshal(output)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	p, err := New(Streams{Out: &out, Err: &out}, Options{Zone: "local", Plain: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Result(&tool.Result{Output: output, JSON: raw}); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); strings.Count(got, "2026-12-02T00:30:05+01:00") != 2 || strings.Count(got, "2026-12-01T23:30:05Z") != 1 {
		t.Error(got)
	}
}
