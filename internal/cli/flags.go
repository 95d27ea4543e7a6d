package cli

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
)

// toolFlags are the flags of one tool: one for each input field.
type toolFlags struct {
	tool   *tool.Tool
	form   tool.Form
	set    *pflag.FlagSet
	values map[string]func() (any, error)
	// read reads a local file that a value names.
	read func(name string) ([]byte, error)
}

// addFlags declares a flag for every field of t's input, and those of the form.
func addFlags(set *pflag.FlagSet, t *tool.Tool, form tool.Form) *toolFlags {
	f := &toolFlags{tool: t, form: form, set: set, values: map[string]func() (any, error){}}
	for _, field := range t.Fields() {
		f.values[field.Name] = addFlag(set, field)
		if field.Required {
			f := set.Lookup(FlagName(field.Name))
			f.Annotations = map[string][]string{required: nil}
		}
	}
	addFormFlags(set, form)
	return f
}

// required is the annotation of flags that a command needs, unless they are given as
// arguments.
const required = "required"

// addFlag declares one flag and returns the reader of its value.
func addFlag(set *pflag.FlagSet, field tool.Field) func() (any, error) {
	name, doc := FlagName(field.Name), FlagDoc(field)
	t := field.Type
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t.Kind() == reflect.Bool:
		v := set.Bool(name, false, doc)
		return func() (any, error) { return *v, nil }
	case t.Kind() >= reflect.Int && t.Kind() <= reflect.Uint64:
		v := set.Int64(name, 0, doc)
		return func() (any, error) { return *v, nil }
	case t.Kind() == reflect.String:
		v := set.String(name, "", doc)
		return func() (any, error) { return *v, nil }
	case t == reflect.TypeFor[[]string]():
		v := new([]string)
		TextsVar(set, v, name, doc)
		return func() (any, error) { return *v, nil }
	case t == reflect.TypeFor[map[string]string]():
		v := pairsFlag(set, name, doc)
		return func() (any, error) { return v, nil }
	case t == reflect.TypeFor[map[string][]string]():
		v := set.StringArray(name, nil, doc+"; once for each name")
		named(set, name, "name=value,value")
		return func() (any, error) { return parseLists(field.Name, *v) }
	default:
		v := set.String(name, "", doc)
		named(set, name, "JSON|@FILE")
		return func() (any, error) { return parseJSON(field.Name, *v) }
	}
}

// kind is a flag's value, with the name of the type for help.
type kind struct {
	pflag.Value
	name string
}

func (k kind) Type() string { return k.name }

// named sets the name of the flag's type in help.
func named(set *pflag.FlagSet, flag, name string) {
	f := set.Lookup(flag)
	f.Value, f.DefValue = kind{f.Value, name}, ""
}

// FlagName returns the flag of an input field, without the dashes.
func FlagName(field string) string { return strings.ReplaceAll(field, "_", "-") }

// FlagDoc returns the help text of a field.
func FlagDoc(f tool.Field) string {
	doc := f.Doc
	if len(f.Enum) > 0 {
		doc += " (" + strings.Join(f.Enum, ", ") + ")"
	}
	if f.Default != "" {
		doc += "; default " + strings.Trim(f.Default, `"`)
	}
	if f.Required {
		doc += " (required)"
	}
	return doc
}

func parseJSON(name, text string) (any, error) {
	if !json.Valid([]byte(text)) {
		return nil, fault.New(fault.Invalid, "--%s is not valid JSON", FlagName(name)).At(name).
			WithFix(`quote it for the shell, such as --%s '{"key": "value"}', or name a file: --%s @FILE`, FlagName(name), FlagName(name))
	}
	return json.RawMessage(text), nil
}

// input builds the call's JSON input from the given flags and arguments. An
// argument is a flag that is written without its name.
func (f *toolFlags) input(args []string) (json.RawMessage, error) {
	for i, arg := range args {
		field := f.argument(i)
		name := field.Name
		if !isList(field) && f.set.Changed(FlagName(name)) {
			return nil, fault.New(fault.Invalid, "%s is given twice, as argument and as --%s", name, FlagName(name)).
				At(name).WithFix("give it once")
		}
		if err := f.set.Set(FlagName(name), arg); err != nil {
			return nil, fault.Wrap(err, fault.Invalid, "the argument for %s cannot be read", name).At(name).WithCause("%v", err)
		}
	}
	given, err := f.given()
	if err != nil {
		return nil, err
	}
	preset := f.preset(given)
	if err := f.refuseDash(preset); err != nil {
		return nil, err
	}
	raw, err := json.Marshal(preset)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "the flags cannot be written as JSON")
	}
	return raw, nil
}

// argument returns the field of an argument. If the last one is a list, it takes all
// arguments that are left, as the aws CLI writes lists.
func (f *toolFlags) argument(i int) tool.Field {
	name := f.tool.Args[min(i, len(f.tool.Args)-1)]
	fields := f.tool.Fields()
	return fields[slices.IndexFunc(fields, func(field tool.Field) bool { return field.Name == name })]
}

// isList reports whether a field is a list of texts.
func isList(field tool.Field) bool { return field.Type == reflect.TypeFor[[]string]() }

// takes refuses more arguments than a tool takes.
func (f *toolFlags) takes() cobra.PositionalArgs {
	if n := len(f.tool.Args); n == 0 || !isList(f.argument(n-1)) {
		return AtMost(n)
	}
	return cobra.ArbitraryArgs
}

// given returns the values of the fields whose flags are given.
func (f *toolFlags) given() (map[string]any, error) {
	given := map[string]any{}
	for _, field := range f.tool.Fields() {
		if !f.set.Changed(FlagName(field.Name)) {
			continue
		}
		if err := f.checkText(field); err != nil {
			return nil, err
		}
		v, err := f.valueOf(field)
		if err != nil {
			return nil, err
		}
		given[field.Name] = v
	}
	return given, nil
}

// checkText refuses a value that is not UTF-8. JSON cannot represent it, and a
// replacement would name something else.
func (f *toolFlags) checkText(field tool.Field) error {
	value := f.set.Lookup(FlagName(field.Name)).Value.String()
	if utf8.ValidString(value) {
		return nil
	}
	err := notText(FlagName(field.Name)).At(field.Name)
	if len(field.File) > 0 {
		return err.WithFix("rename the file or directory, or change into the directory and name the file from there")
	}
	for _, name := range field.Xor {
		if flag := f.set.Lookup(FlagName(name)); flag != nil && slices.Contains(f.tool.FileFields(), name) {
			return err.WithFix("write the bytes into a file and give it by --%s", flag.Name)
		}
	}
	return err
}

// notText returns the fault of a flag whose value is not UTF-8.
func notText(flag string) *fault.Error {
	return fault.New(fault.Invalid, "--%s is not text in UTF-8", flag).WithFix("write it in UTF-8")
}

// filterOfAWS returns a pair that is written as the aws CLI writes filters,
// Name=name,Values=value,value, as name=value,value.
//
// https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-filter.html
func filterOfAWS(pair string) string {
	name, values, ok := strings.Cut(strings.TrimPrefix(pair, "Name="), ",Values=")
	if !ok || !strings.HasPrefix(pair, "Name=") {
		return pair
	}
	return name + "=" + values
}

// parseLists reads name=value,value pairs into a list for each name.
func parseLists(name string, pairs []string) (map[string][]string, error) {
	lists := map[string][]string{}
	for _, pair := range pairs {
		key, values, ok := strings.Cut(filterOfAWS(pair), "=")
		if !ok || key == "" {
			return nil, fault.New(fault.Invalid, "--%s %q is not name=value", FlagName(name), pair).At(name).
				WithFix("write it like --%s name=value,value, once for each name", FlagName(name))
		}
		lists[key] = append(lists[key], strings.Split(values, ",")...)
	}
	return lists, nil
}
