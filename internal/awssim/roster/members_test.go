package roster_test

import (
	"go/types"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/goccy/go-yaml"

	"github.com/hawser/hawser/internal/awsapi/awsapitest"
	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/model"
	"github.com/hawser/hawser/internal/awssim/roster"
)

const module = "github.com/hawser/hawser/internal/awssim/"

// noEffect are members that operations accept and do not read, with the reason why
// that does no harm.
type noEffect struct {
	Service    string   `yaml:"service"`
	Operations []string `yaml:"operations"` // all for none
	Members    []string `yaml:"members"`
	Reason     string   `yaml:"reason"`
}

// covers reports whether the entry is about a member, or what that is a member of.
func (e noEffect) covers(service, operation, member string) bool {
	return e.Service == service && (len(e.Operations) == 0 || slices.Contains(e.Operations, operation)) &&
		slices.ContainsFunc(e.Members, func(m string) bool { return m == member || strings.HasPrefix(member, m+".") })
}

func readNoEffect(t *testing.T) []noEffect {
	t.Helper()
	raw, err := os.ReadFile("testdata/no-effect.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var list []noEffect
	if err := yaml.UnmarshalWithOptions(raw, &list, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	return list
}

// TestMembersHaveAnEffect finds by the source of each handler the members of its
// operation's input that it never reads. Those must be in Service.Unsupported, so that
// they are refused, or in testdata/no-effect.yaml with a reason.
func TestMembersHaveAnEffect(t *testing.T) {
	if testing.Short() {
		t.Skip("parses the whole simulator")
	}
	w, err := roster.New(awssim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	list, used := readNoEffect(t), map[int]bool{}
	for service, operations := range unreadMembers(t, w) {
		for operation, members := range operations {
			for _, m := range members {
				i := slices.IndexFunc(list, func(e noEffect) bool { return e.covers(service, operation, m) })
				if used[i] = true; i < 0 {
					t.Errorf("%s:%s does not read %s: let it have its effect, or add it to Unsupported of its service, or to testdata/no-effect.yaml", service, operation, m)
				}
			}
		}
	}
	for i, e := range list {
		if !used[i] {
			t.Errorf("testdata/no-effect.yaml: no operation of %s has %s without reading it", e.Service, e.Members)
		}
		if e.Reason == "" {
			t.Errorf("testdata/no-effect.yaml: %s of %s have no reason", e.Members, e.Service)
		}
	}
}

// unreadMembers are the members of inputs that are neither read nor refused, by service
// and operation.
func unreadMembers(t *testing.T, w *awssim.World) map[string]map[string][]string {
	source, inputs := readCode(t), map[string]*types.Named{}
	for input := range source.runs {
		inputs[input.Obj().Pkg().Path()+"."+input.Obj().Name()] = input
	}
	clients := awsapitest.Clients(aws.Config{})
	unread := map[string]map[string][]string{}
	for _, s := range w.Services() {
		m, err := model.Load(s.Model)
		if err != nil {
			t.Fatal(err)
		}
		shown := map[*model.Shape]bool{}
		for name := range s.Handlers {
			noteShapes(m.Operations[name].Output, shown)
		}
		unread[s.Prefix] = map[string][]string{}
		for name := range s.Handlers {
			client := reflect.TypeOf(clients[m.Metadata.ServiceID]).Elem()
			input := inputs[client.PkgPath()+"."+name+"Input"]
			if input == nil {
				t.Errorf("the handler of %s:%s is not found in the source", s.Prefix, name)
				continue
			}
			var documents *use
			if in := m.Operations[name].Input; in != nil && in.Shape.Payload != "" {
				documents = source.documents[module+s.Model]
			}
			r := reader{by: source.reached(input, documents), shown: shown, seen: map[*model.Shape]bool{}, refused: s.Unsupported[name]}
			r.visit(m.Operations[name].Input, input, "")
			unread[s.Prefix][name] = r.unread
		}
	}
	return unread
}

// noteShapes collects the shapes of an output. What an input has of them can be kept as
// it is, to be shown.
func noteShapes(r *model.Ref, into map[*model.Shape]bool) {
	if r == nil || into[r.Shape] {
		return
	}
	into[r.Shape] = true
	for _, m := range r.Shape.Members {
		noteShapes(m, into)
	}
	noteShapes(r.Shape.Member, into)
	noteShapes(r.Shape.Value, into)
}

// reader finds the members of an input that a handler does not read.
type reader struct {
	by          *use
	shown, seen map[*model.Shape]bool
	refused     []string
	unread      []string
}

func (r *reader) visit(ref *model.Ref, typ types.Type, path string) {
	if ref == nil {
		return
	}
	switch t := pointed(typ).Underlying().(type) {
	case *types.Slice:
		r.visit(ref.Shape.Member, t.Elem(), path)
	case *types.Map:
		r.visit(ref.Shape.Value, t.Elem(), path)
	case *types.Struct:
		if ref.Shape.Type != "structure" || r.seen[ref.Shape] || r.shown[ref.Shape] || r.by.whole[pointed(typ)] && path != "" {
			return
		}
		r.seen[ref.Shape] = true
		for _, name := range slices.Sorted(maps.Keys(ref.Shape.Members)) {
			if f := fieldOf(t, name); f != nil {
				r.member(pointed(typ), f, ref.Shape.Members[name], path+name)
			}
		}
	}
}

func (r *reader) member(owner types.Type, f *types.Var, m *model.Ref, path string) {
	switch {
	case slices.ContainsFunc(r.refused, func(refused string) bool { return strings.EqualFold(refused, path) }):
	case r.reads(owner, f, m):
		r.visit(m, f.Type(), path+".")
	default:
		r.unread = append(r.unread, path)
	}
}

// reads reports whether the handler reads a member: as a field, by a function that takes
// its name, as a header or from the query, or from the path.
func (r *reader) reads(owner types.Type, f *types.Var, m *model.Ref) bool {
	begins := func(text string) bool { return text != "" && strings.HasPrefix(f.Name(), text) && r.by.begins[text] }
	if r.by.fields[f] || r.by.passed[f.Name()] || r.by.adopts(owner, f) || begins("Checksum") {
		return true
	}
	switch m.Location {
	case "uri":
		return slices.ContainsFunc(slices.Collect(maps.Keys(r.by.fields)), func(f *types.Var) bool { return f.Name() == "Path" && f.Pkg().Path() == "net/url" })
	case "header", "headers", "querystring":
		if strings.EqualFold(m.LocationName, "Content-Length") {
			return true // by net/http
		}
		for text := range r.by.texts {
			if strings.EqualFold(text, m.LocationName) || strings.HasSuffix(text, "-") && len(text) < len(m.LocationName) && strings.EqualFold(text, m.LocationName[:len(text)]) {
				return true
			}
		}
	}
	return false
}

// fieldOf finds the field of a member, as TestFields does.
func fieldOf(s *types.Struct, name string) *types.Var {
	for f := range s.Fields() {
		if f.Exported() && strings.EqualFold(strings.TrimRight(f.Name(), "_"), strings.TrimRight(name, "_")) {
			return f
		}
	}
	return nil
}
