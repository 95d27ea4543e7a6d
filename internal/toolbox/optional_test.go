package toolbox_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox"
)

// optional are the interfaces that inputs, outputs and items may implement.
var optional = struct{ input, output, item []reflect.Type }{
	input: []reflect.Type{
		reflect.TypeFor[tool.Effector](), reflect.TypeFor[tool.Subjecter](), reflect.TypeFor[tool.Aimer](), reflect.TypeFor[tool.Endless](),
		reflect.TypeFor[tool.Validator](), reflect.TypeFor[tool.LocalFiler](), reflect.TypeFor[tool.Recorded](),
		reflect.TypeFor[tool.Itemizer](),
	},
	output: []reflect.Type{
		reflect.TypeFor[tool.Verdicter](), reflect.TypeFor[tool.Changer](), reflect.TypeFor[tool.Remarker](), reflect.TypeFor[tool.Incomplete](), reflect.TypeFor[tool.Unseener](), reflect.TypeFor[tool.Cutter](),
		reflect.TypeFor[tool.Texter](), reflect.TypeFor[tool.Wholer](), reflect.TypeFor[tool.Gridder](), reflect.TypeFor[tool.Rower](),
	},
	item: []reflect.Type{reflect.TypeFor[tool.Liner]()},
}

// listing are the interfaces that tool.List implements for every listing.
const listing = "Verdicter Remarker Incomplete Unseener Cutter Rower"

// implemented are the optional interfaces of the tools that implement any: those of
// the input, the output and, of an output that lists items, its items. An output that
// is a listing and nothing more has none here.
var implemented = map[string]string{
	"audit.verify":            " | Verdicter Remarker",
	"changes.list":            "Validator",
	"cloudwatch.get-metrics":  "Validator | Remarker Cutter Rower",
	"cloudwatch.list-metrics": "Validator",
	"cloudwatch.logs":         "Aimer Endless Validator |  | Liner",
	"connections.check":       " | Verdicter Rower",
	"doctor.run":              " | Verdicter Rower",
	"ec2.describe":            " | Verdicter",
	"ec2.list":                "Validator",
	"ec2.start":               "Effector Subjecter | Verdicter Rower",
	"ec2.stop":                "Effector Subjecter | Verdicter Rower",
	"identity.get":            "Validator | Remarker",
	"identity.list":           "Validator",
	"keys.get":                "Validator",
	"lambda.get":              "Aimer",
	"lambda.get-logs":         "Aimer Endless |  | Liner",
	"lambda.invoke":           "Effector Subjecter Aimer Validator | Verdicter Cutter",
	"rds.query":               "Effector Subjecter Aimer Validator Recorded | Remarker Cutter Gridder",
	"s3.cp":                   "Effector Subjecter Validator LocalFiler | Verdicter Changer Remarker Cutter Rower",
	"s3.create-bucket":        "Subjecter Validator",
	"s3.delete":               "Effector Subjecter Aimer Validator | Verdicter Changer Remarker Cutter",
	"s3.delete-bucket":        "Subjecter Validator | Remarker",
	"s3.du":                   "Aimer Validator | Remarker Texter",
	"s3.get":                  "Aimer Validator | Remarker Cutter Texter Wholer",
	"s3.list":                 "Aimer Validator Itemizer",
	"s3.mv":                   "Effector Subjecter Validator LocalFiler | Verdicter Changer Remarker Cutter Rower",
	"s3.presign":              "Subjecter Aimer Validator | Remarker Texter",
	"s3.put":                  "Subjecter Aimer Validator | Remarker",
	"setup.explain":           " | Rower",
	"setup.policy":            " | Remarker Texter",
	"setup.trust":             " | Remarker Texter",
	"snapshot.export":         "Subjecter | Remarker",
	"snapshot.import":         "Subjecter Validator | Verdicter Remarker Texter",
	"sync.backup":             "Subjecter",
	"sync.forget":             "Subjecter",
	"sync.gaps":               " | Remarker Unseener Rower",
	"sync.plan":               " | Remarker Rower",
	"sync.prune":              "Subjecter",
	"sync.run":                "Subjecter | Verdicter Remarker Texter",
	"who.show":                " | Remarker Rower",
}

// TestOptionalInterfaces holds the table against the tools. A method that is
// misspelt, or that two embedded structs hide from each other, would otherwise
// lose notes, failures or a question's subject, and nobody would notice.
func TestOptionalInterfaces(t *testing.T) {
	left := map[string]bool{}
	for name := range implemented {
		left[name] = true
	}
	for _, each := range toolbox.Tools(toolbox.Sources{}) {
		delete(left, each.Name)
		got := implementedOf(each.InputType, optional.input) + " | " + strings.TrimPrefix(implementedOf(each.OutputType, optional.output), listing)
		if item := itemOf(each.OutputType); item != nil {
			got += " | " + implementedOf(item, optional.item)
		}
		if got = strings.TrimRight(got, "| "); got != implemented[each.Name] {
			t.Errorf("%q: %q,", each.Name, got)
		}
	}
	for name := range left {
		t.Errorf("%s is not a tool", name)
	}
}

// TestMethodsOfInputsAndOutputsAreOfAnInterface finds methods that nothing would call.
func TestMethodsOfInputsAndOutputsAreOfAnInterface(t *testing.T) {
	for _, each := range toolbox.Tools(toolbox.Sources{}) {
		onlyMethodsOf(t, each.InputType, optional.input)
		onlyMethodsOf(t, each.OutputType, optional.output)
		if item := itemOf(each.OutputType); item != nil {
			onlyMethodsOf(t, item, optional.item)
		}
	}
}

func onlyMethodsOf(t *testing.T, of reflect.Type, interfaces []reflect.Type) {
	t.Helper()
	for i := range of.NumMethod() {
		method := of.Method(i).Name
		if !promoted(of, method) && !slices.ContainsFunc(interfaces, func(face reflect.Type) bool { _, ok := face.MethodByName(method); return ok }) {
			t.Errorf("%s has a method %s, which is of none of the optional interfaces", of, method)
		}
	}
}

// promoted reports whether a type has a method of an embedded struct, which may be
// for the tool itself.
func promoted(of reflect.Type, method string) bool {
	if of.Kind() == reflect.Pointer {
		of = of.Elem()
	}
	for i := range of.NumField() {
		if f := of.Field(i); f.Anonymous {
			if _, ok := f.Type.MethodByName(method); ok {
				return true
			}
		}
	}
	return false
}

// implementedOf are the names of the interfaces that a type implements.
func implementedOf(of reflect.Type, interfaces []reflect.Type) string {
	var all []string
	for _, face := range interfaces {
		if of.Implements(face) {
			all = append(all, face.Name())
		}
	}
	return strings.Join(all, " ")
}

// itemOf is the type of an output's items, or nil.
func itemOf(output reflect.Type) reflect.Type {
	if output.Kind() == reflect.Pointer {
		output = output.Elem()
	}
	if f, ok := output.FieldByName("Items"); ok && f.Type.Kind() == reflect.Slice {
		return f.Type.Elem()
	}
	return nil
}

// TestListingsNameTheirItems: a listing without items says what it has looked for.
func TestListingsNameTheirItems(t *testing.T) {
	for _, each := range toolbox.Tools(toolbox.Sources{}) {
		table := each.OutputType.Implements(reflect.TypeFor[tool.Rower]()) || each.OutputType.Implements(reflect.TypeFor[tool.Gridder]())
		if table != (each.Items != "") {
			t.Errorf("%s: the output is a table: %t, and Items is %q", each.Name, table, each.Items)
		}
	}
}
