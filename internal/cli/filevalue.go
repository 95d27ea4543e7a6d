package cli

import (
	"io"
	"reflect"
	"strings"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/files"
	"github.com/hawser/hawser/internal/tool"
)

// isJSON reports whether the flag of a field is written as JSON. It is then no text that
// begins with @ or file:, so that these may name a file.
func isJSON(field tool.Field) bool {
	t := field.Type
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.Map:
		return t != reflect.TypeFor[map[string]string]() && t != reflect.TypeFor[map[string][]string]()
	case reflect.Slice:
		return t != reflect.TypeFor[[]string]()
	default:
		return t.Kind() == reflect.Struct || t.Kind() == reflect.Interface
	}
}

// fileOf returns the name of the file that a flag's value stands for, as the aws CLI and
// curl write it.
//
// https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-parameters-file.html
func fileOf(value string) (name string, ok bool) {
	for _, prefix := range []string{"fileb://", "file://", "@"} {
		if name, ok = strings.CutPrefix(value, prefix); ok {
			return name, true
		}
	}
	return "", false
}

// userFile reads a file that the person at the command line may read.
func userFile(open func() (*files.Access, error), name string) ([]byte, error) {
	access, err := open()
	if err != nil {
		return nil, err
	}
	file, err := access.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	data, err := io.ReadAll(io.LimitReader(file, maxInput+1))
	switch {
	case err != nil:
		return nil, fault.Wrap(err, fault.Invalid, "the file %s can't be read", name).WithCause("%v", err).WithFix("check the disk, or name another file")
	case len(data) > maxInput:
		return nil, fault.New(fault.Invalid, "the file %s has more than %d bytes", name, maxInput).WithFix("name a smaller file")
	}
	return data, nil
}

// valueOf returns the value of a field whose flag is given. A value in JSON may stand in
// a file.
func (f *toolFlags) valueOf(field tool.Field) (any, error) {
	flag := FlagName(field.Name)
	name, ok := fileOf(f.set.Lookup(flag).Value.String())
	if !ok || !isJSON(field) || f.read == nil {
		return f.values[field.Name]()
	}
	if name == "" {
		return nil, fault.New(fault.Invalid, "--%s names no file", flag).At(field.Name).WithFix("name the file after it, such as @payload.json")
	}
	data, err := f.read(name)
	if err != nil {
		return nil, fault.From(err).At(field.Name)
	}
	if value, err := parseJSON(field.Name, string(data)); err == nil {
		return value, nil
	}
	return nil, fault.New(fault.Invalid, "the file %s of --%s is not valid JSON", name, flag).At(field.Name).
		WithFix("write one JSON value in UTF-8 into it, such as {\"key\": \"value\"}")
}
