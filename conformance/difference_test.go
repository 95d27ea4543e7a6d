package conformance

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// step is an operation that the probe called, and what came of it.
type step struct {
	Step      string         `json:"step"`
	Operation string         `json:"operation"`
	Status    int            `json:"status"`
	Error     string         `json:"error"`
	Response  map[string]any `json:"response"`
}

// difference is what two servers answered differently to one step. At is a
// path in the response, with [] for all elements of a list, or error or status.
type difference struct {
	operation, step, at string
	ours, theirs        string // JSON; empty where absent
}

func (d difference) String() string {
	return fmt.Sprintf("%s %q at %s: the simulator has %s, the judge %s", d.operation, d.step, d.at, said(d.ours), said(d.theirs))
}

func said(value string) string {
	if value == "" {
		return "nothing"
	}
	return value[:min(len(value), 300)]
}

// differences compares answers step by step. A step that errs in
// different ways is one difference.
func differences(ours, theirs []step) []difference {
	var found []difference
	for i := range max(len(ours), len(theirs)) {
		if i >= len(ours) || i >= len(theirs) || ours[i].Step != theirs[i].Step {
			return append(found, difference{operation: "probe", at: "steps", ours: fmt.Sprint(len(ours)), theirs: fmt.Sprint(len(theirs))})
		}
		a, b := answer(ours[i]), answer(theirs[i])
		if a["error"] != b["error"] {
			found = append(found, difference{ours[i].Operation, ours[i].Step, "error", a["error"], b["error"]})
			continue
		}
		for _, at := range slices.Sorted(maps.Keys(union(a, b))) {
			if a[at] != b[at] {
				found = append(found, difference{ours[i].Operation, ours[i].Step, at, a[at], b[at]})
			}
		}
	}
	return found
}

func union(a, b map[string]string) map[string]string {
	both := maps.Clone(a)
	maps.Copy(both, b)
	return both
}

// answer is a step's as paths and what is there. Elements of a list share
// their path: what is there is all of them, in order.
func answer(s step) map[string]string {
	flat := map[string]string{"status": fmt.Sprint(s.Status)}
	if s.Error != "" {
		flat["error"] = s.Error
	}
	flatten(flat, "", s.Response)
	return flat
}

func flatten(flat map[string]string, at string, value any) {
	switch v := value.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			flatten(flat, strings.TrimPrefix(at+"."+key, "."), v[key])
		}
	case []any:
		if len(v) == 0 {
			flat[at+"[]"] = "none"
		}
		for _, element := range v {
			flatten(flat, at+"[]", element)
		}
	default:
		text, _ := json.Marshal(v)
		flat[at] = strings.TrimPrefix(flat[at]+" "+normal(at, string(text)), " ")
	}
}

// minted are the paths of what each server makes up for itself.
var minted = regexp.MustCompile(`(VersionId|VersionIdMarker|UploadId|UploadIdMarker|Token|SecretAccessKey|AccessKeyId|AssumedRoleId|UserId|RoleId|Base32StringSeed|eventId|RevisionId|NextMarker|Owner\.ID|Initiator\.ID|DisplayName|AssociationId|DbiResourceId|Endpoint\.Address|Code\.Location)$`)

// varying is what differs from run to run within a text, and what stands for it.
var varying = []struct {
	pattern *regexp.Regexp
	stands  string
}{
	{regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`), "UUID"},
	{regexp.MustCompile(`\b(i|r|vpc|subnet|ami|eni|eni-attach|vol|sg|sgr|acl|rtb|dopt|snap|eipalloc|aki|ari)-[0-9a-f]{8,17}\b`), "$1-ID"},
	{regexp.MustCompile(`\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?( ?GMT| ?UTC|Z|[+-]\d\d:?\d\d)?`), "TIME"},
	{regexp.MustCompile(`^1[789]\d{11}(\.\d+)?$`), "TIME"},
	{regexp.MustCompile(`\b\d{1,3}[.-]\d{1,3}[.-]\d{1,3}[.-]\d{1,3}\b`), "IP"},
	{regexp.MustCompile(`\b[0-9a-f]{2}(:[0-9a-f]{2}){5}\b`), "MAC"},
	{regexp.MustCompile(`(:secret:[a-z]+)-[A-Za-z0-9]{6}\b`), "$1-ID"},
	{regexp.MustCompile(`\b(o|r|ou|p|d|ssoins|ps)-[0-9a-z]{4,16}(-[0-9a-z]{8})?\b`), "$1-ID"},
	{regexp.MustCompile(`(:account/o-ID/|/r-ID/(?:ou-ID/)*|^")\d{12}\b`), "${1}ACCOUNT"},
	{regexp.MustCompile(`http://(127\.0\.0\.1|IP):\d+`), "HOST"},
}

func normal(at, text string) string {
	if minted.MatchString(at) && text != "null" && text != `""` {
		return "ID"
	}
	for _, v := range varying {
		text = v.pattern.ReplaceAllString(text, v.stands)
	}
	return text
}

func TestDifferences(t *testing.T) {
	one := step{Step: "s", Operation: "ec2.x", Status: 200, Response: map[string]any{
		"Id": "i-0123456789abcdef0", "Tags": []any{map[string]any{"Key": "a"}, map[string]any{"Key": "b"}}, "None": []any{},
	}}
	other := step{Step: "s", Operation: "ec2.x", Status: 200, Response: map[string]any{
		"Id": "i-0123456789abcdef1", "Tags": []any{map[string]any{"Key": "a"}},
	}}
	well := step{Step: "refused", Operation: "ec2.x", Status: 200, Response: map[string]any{"Id": "x"}}
	refused := step{Step: "refused", Operation: "ec2.x", Status: 400, Error: "No"}
	got := differences([]step{one, well}, []step{other, refused})
	want := []difference{
		{"ec2.x", "s", "None[]", "none", ""},
		{"ec2.x", "s", "Tags[].Key", `"a" "b"`, `"a"`},
		{"ec2.x", "refused", "error", "", "No"},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(difference{})); diff != "" {
		t.Error(diff)
	}
	explained, used := []explanation{{Operation: "ec2.*", At: []string{"Tags**", "Other"}}}, [][]bool{{false, false}}
	if !explain(got[1], explained, used) || explain(got[2], explained, used) || !used[0][0] || used[0][1] {
		t.Errorf("explained wrongly: %v", used)
	}
}
