package config

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/fault"
)

// libraryWords are words of the libraries that read configurations, and of Go. None of
// them helps a person.
var libraryWords = regexp.MustCompile(`(?i)strconv|unmarshal|mapstructure|goccy|yaml:|json:|sequence|\btoken\b|context|time\.Duration|int64|\*|\bstring\b|\bnode\b|struct|parsing|syntax error|ParseInt|invalid character`)

// TestMessagesOfWrongConfigurations: each message names file, line and key, says what
// stood there, and gives an example of what is right.
func TestMessagesOfWrongConfigurations(t *testing.T) {
	const role = "connections:\n  a:\n    role_arn: arn:aws:iam::111122223333:role/A\n    "
	tests := map[string]struct {
		text  string
		line  int
		field string
		says  string // in the message or the cause
		fix   string
	}{
		"duration with a blank":    {"guard:\n  timeout: 5 min\n", 2, "guard.timeout", `"5 min" is not a duration`, "5m"},
		"duration without a unit":  {"guard:\n  timeout: 10\n", 2, "guard.timeout", "10 is not a duration: it has no unit", "90s"},
		"negative duration":        {"guard:\n  timeout: -5m\n", 2, "guard.timeout", `"-5m" is not a duration: it is negative`, "5m"},
		"list for a duration":      {"guard:\n  timeout: [5m]\n", 2, "guard.timeout", "a list is not a duration", "5m"},
		"duration of a role":       {role + "duration: 5 min\n", 4, "connections.a.duration", `"5 min" is not a duration`, "45m"},
		"list for a role's":        {role + "duration: [1h]\n", 4, "connections.a.duration", "a list is not a duration", "45m"},
		"age in words":             {"retention: 400 days\n", 1, "retention", `"400 days" is not a duration`, "30d"},
		"negative age":             {"retention: -3d\n", 1, "retention", `"-3d" is not a duration`, "30d"},
		"age without a unit":       {"retention: 10\n", 1, "retention", `"10" is not a duration`, "30d"},
		"size":                     {"audit:\n  max_size: 5 parsecs\n", 2, "audit.max_size", `"5 parsecs" is not a size`, "64MiB"},
		"yes for true":             {"guard:\n  read_only: yes\n", 2, "guard.read_only", `"yes" is not true or false`, "read_only: true"},
		"quoted true":              {"{\n  \"guard\": {\n    \"read_only\": \"true\"}}", 3, "guard.read_only", `"true" is not true or false`, "read_only: true"},
		"word for a number":        {"audit:\n  keep: lots\n", 2, "audit.keep", `"lots" is not a whole number`, "keep: 12"},
		"fraction":                 {"guard:\n  max_output: 1.5\n", 2, "guard.max_output", "1.5 is not a whole number", "max_output: 65536"},
		"number too large":         {"guard:\n  max_output: 99999999999999999999999\n", 2, "guard.max_output", "it is too large", "max_output: 65536"},
		"number below its range":   {"guard:\n  max_output: -1\n", 2, "guard.max_output", "-1", "1024"},
		"negative count":           {"audit:\n  keep: -1\n", 2, "audit.keep", "-1", "number"},
		"tag of another type":      {"guard:\n  max_output: !!int x\n", 2, "guard.max_output", `"x" is not a whole number`, "65536"},
		"misspelt key":             {"conections:\n  a: {}\n", 1, "conections", "did you mean connections?", "connections: {prod:"},
		"misspelt key within":      {"connections:\n  a:\n    regoin: x\n", 3, "connections.a.regoin", "did you mean region?", "region: eu-central-1"},
		"key of nothing":           {"zzz: 1\n", 1, "zzz", "there is no such key", "connections"},
		"doubled key":              {"guard:\n  read_only: true\n  read_only: false\n", 3, "guard.read_only", "line 2 sets it already", "remove"},
		"doubled connection":       {"connections:\n  a: {}\n  a: {}\n", 3, "connections.a", "set twice", "remove"},
		"BOM and a wrong value":    {"\ufeffguard:\n  read_only: maybe\n", 2, "guard.read_only", `"maybe" is not true`, "read_only: true"},
		"tab":                      {"connections:\n\ta:\n\t\tregion: us-east-1\n", 2, "connections.a", "tab", "blanks"},
		"tab after a key":          {"guard:\n  read_only: true\n\tmax_output: 1\n", 3, "guard.max_output", "tab", "blanks"},
		"anchor that is nowhere":   {"connections:\n  a: *base\n", 2, "connections.a", "no anchor", "&NAME"},
		"merge of no anchor":       {"connections:\n  a:\n    <<: *base\n", 3, "connections.a.<<", "no anchor", "&NAME"},
		"colon missing":            {"connections:\n  a:\n    region us-east-1\n", 3, "connections.a", "a colon is missing after region", "region: eu-central-1"},
		"colon missing, more keys": {"connections:\n  a:\n    region us-east-1\n    profile: x\n", 3, "connections.a", "a colon is missing", "KEY: VALUE"},
		"blank missing":            {"connections:\n  a:\n    region:us-east-1\n", 3, "connections.a", "a blank is missing", "region: eu-central-1"},
		"indented too far":         {"guard:\n  read_only: true\n   max_output: 4\n", 3, "guard.max_output", "indented further", "indent"},
		"open quote":               {"connections:\n  a:\n    region: \"us-east-1\n", 3, "connections.a.region", "quote", "close it"},
		"open bracket":             {"connections:\n  a: {region: us-east-1\n", 2, "connections.a", "bracket", "close it"},
		"at sign":                  {"connections:\n  a:\n    owners: @ada\n", 3, "connections.a.owners", "can't begin with @", "quotes"},
		"comma missing in JSON":    {"{\n  \"guard\": {},\n  \"files\": {}\n  \"output\": \"json\"\n}", 4, "", "not valid JSON", "comma"},
		"list for a mapping":       {"connections:\n  - region: us-east-1\n", 1, "connections", "a list is not a mapping", "connections: {prod:"},
		"list of accounts":         {"connections:\n  a:\n    members:\n      - 111122223333\n", 3, "connections.a.members", "a list is not a mapping", "members: {"},
		"mapping for a list":       {"connections:\n  a:\n    regions: {us-east-1: true}\n", 3, "connections.a.regions", "a mapping is not a list", "regions: [eu-central-1"},
		"text for a list":          {"audit:\n  witness: local\n", 2, "audit.witness", `"local" is not a list`, "witness: [{path:"},
		"text for a mapping":       {"guard: readonly\n", 1, "guard", `"readonly" is not a mapping`, "guard: {read_only: true}"},
		"text for a connection":    {"connections:\n  a: prod\n", 2, "connections.a", "a text is not a mapping", "a: {profile: prod, region: eu-central-1}"},
		"mapping for a text":       {"connections:\n  a:\n    profile: {x: y}\n", 3, "connections.a.profile", "a mapping is not a text", "profile: prod"},
		"list for a text":          {"output: [json]\n", 1, "output", "a list is not a text", "output: json"},
		"list for the whole":       {"- a\n", 1, "", "does not hold keys", "connections: {prod:"},
		"text for the whole":       {"hello\n", 1, "", "does not hold keys", "connections: {prod:"},
		"no value":                 {"connections:\n  a:\n    region:\n", 3, "connections.a.region", "there is no value", "region: eu-central-1"},
		"two documents":            {"guard: {}\n---\nguard: {}\n", 2, "", "2 documents", "keep one"},
		"region":                   {"connections:\n  a:\n    region: frankfurt\n", 3, "connections.a.region", `"frankfurt" is not an AWS region`, "us-east-1"},
		"ARN":                      {role[:len(role)-5] + "\n    roles:\n      - role_arn: arn:aws:iam::1:role/x\n", 4, "connections.a.roles", "together", "roles"},
		"ARN of a short account":   {"connections:\n  a:\n    role_arn: arn:aws:iam::12345:role/x\n", 3, "connections.a.role_arn", `"arn:aws:iam::12345:role/x" is not the ARN of a role`, "111122223333"},
		"default of no connection": {"default_connection: prd\nconnections:\n  prod: {}\n", 1, "default_connection", `there is no connection "prd"`, "prod"},
		"output format":            {"output: xml\n", 1, "output", `"xml" is not an output format`, "output: json"},
		"effect":                   {"guard:\n  confirm: always\n", 2, "guard.confirm", `"always" is not an effect`, "write and destroy"},
		"role of an agent":         {"agents:\n  a:\n    role: root\n", 3, "agents.a.role", `"root" is not a role`, "viewer"},
		"UTF-16":                   {"\xff\xfeg\x00u\x00a\x00r\x00d\x00:\x00", 1, "", "UTF-16", "iconv"},
		"UTF-16 without a mark":    {"g\x00u\x00a\x00r\x00d\x00:\x00\n\x00", 1, "", "UTF-16", "UTF-8"},
		"binary":                   {"\x7fELF\x02\x01\x01\nab\x00\x00", 2, "", "zero byte", "text file"},
		"Latin-1":                  {"people:\n  j\xf6rg: [x]\n", 2, "", "another character set", "UTF-8"},
		"carriage returns":         {"guard:\r\n  read_only: maybe\r\n", 2, "guard.read_only", `"maybe" is not true or false`, "read_only: true"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := Parse("dir/hawser.yaml", []byte(tt.text))
			e := fault.From(err)
			if e == nil || e.Kind != fault.Invalid || e.File != "dir/hawser.yaml" || e.Line != tt.line || e.Field != tt.field {
				t.Fatalf("got %v, field %q", err, e.Field)
			}
			if !strings.Contains(e.Error(), tt.says) || !strings.Contains(e.Fix, tt.fix) {
				t.Errorf("%q, fix %q, do not say %q and %q", e, e.Fix, tt.says, tt.fix)
			}
			if !strings.HasPrefix(e.Message, tt.field) {
				t.Errorf("%q does not begin with the key", e.Message)
			}
			if leak := libraryWords.FindString(strings.NewReplacer("*base", "", "*NAME", "", "s3.*", "", "token:", "").Replace(e.Message + " " + e.Cause + " " + e.Fix)); leak != "" {
				t.Errorf("%q, fix %q, have %q", e, e.Fix, leak)
			}
		})
	}
}

// TestFilesThatCannotBeRead: what stands in the place of a configuration is named, with
// what to do.
func TestFilesThatCannotBeRead(t *testing.T) {
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.Mkdir(path("directory"), 0o700))
	must(os.WriteFile(path("huge"), []byte(strings.Repeat("#", maxConfig+1)), 0o600))
	must(os.Symlink("loop", path("loop")))
	must(os.Symlink("nothing", path("link")))
	must(os.WriteFile(path("locked"), []byte("{}"), 0o000))
	must(os.WriteFile(path("empty"), nil, 0o600))
	for name, want := range map[string][2]string{
		"directory": {"a directory", "hawser.yaml"}, "huge": {"larger than 1 MiB", "at most 1 MiB"},
		"loop": {"leads back to itself", "lead to a file"}, "link": {"nothing where it leads", "lead to a file"},
		"locked": {"may not read", "chmod"}, "none": {"no configuration file", "--config"},
	} {
		if name == "locked" && os.Geteuid() == 0 {
			continue // root reads it
		}
		_, err := Read(path(name))
		e := fault.From(err)
		if e == nil || !strings.Contains(e.Error(), want[0]) || !strings.Contains(e.Error(), path(name)) || !strings.Contains(e.Fix, want[1]) {
			t.Errorf("%s: %v, fix %q", name, err, e.Fix)
		}
	}
	if _, err := Read(path("empty")); err != nil {
		t.Error(err)
	}
	if c, err := Parse("hawser.yaml", []byte("\ufeffguard:\n  read_only: true\n")); err != nil || !c.Guard.ReadOnly {
		t.Errorf("with a byte order mark: %v", err)
	}
}

// TestEveryKeyHasAnExample: messages show what is right, and it is right.
func TestEveryKeyHasAnExample(t *testing.T) {
	var visit func(t reflect.Type, path []string)
	seen := 0
	visit = func(of reflect.Type, path []string) {
		of = pointee(of)
		switch of.Kind() {
		case reflect.Map:
			visit(of.Elem(), append(path[:len(path):len(path)], "NAME"))
			return
		case reflect.Slice:
			at := append(path[:0:0], path...)
			at[len(at)-1] += "[0]"
			visit(of.Elem(), at)
			return
		case reflect.Struct:
		default:
			return
		}
		for _, f := range reflect.VisibleFields(of) {
			key := yamlKey(f)
			if key == "" {
				continue
			}
			at := append(path[:len(path):len(path)], key)
			example := exampleOf(at)
			if !strings.HasPrefix(example, key+": ") {
				t.Errorf("%s has the example %q", strings.Join(at, "."), example)
			}
			seen++
			visit(f.Type, at)
		}
	}
	visit(reflect.TypeFor[Config](), nil)
	if seen < 70 {
		t.Errorf("%d keys were seen", seen)
	}
}
