package cli

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/hawser/hawser/internal/render"
	"github.com/hawser/hawser/internal/tool"
)

// Examples writes a tool's example inputs as command lines.
func Examples(t *tool.Tool) string {
	var lines []string
	for _, e := range t.Examples {
		lines = append(lines, "  # "+e.Does, "  "+commandLine(t, json.RawMessage(e.Input)))
	}
	return strings.Join(lines, "\n")
}

// commandLine writes an input as a person would type it.
func commandLine(t *tool.Tool, input json.RawMessage) string {
	var given map[string]any
	line := "hawser " + t.Noun() + " " + t.Verb()
	if json.Unmarshal(input, &given) != nil {
		return line
	}
	// A word after a noun alone would be taken for a verb.
	if t.Bare && !slices.ContainsFunc(t.Args, func(arg string) bool { return given[arg] != nil }) {
		line = "hawser " + t.Noun()
	}
	for _, f := range t.Fields() {
		v, ok := given[f.Name]
		if !ok {
			continue
		}
		word := flagWord(f.Type, v)
		switch {
		case slices.Contains(argsOf(t, given), f.Name):
			line += " " + word
		case v == true:
			line += " --" + FlagName(f.Name)
		case f.Type == reflect.TypeFor[map[string][]string]():
			line += listFlags(FlagName(f.Name), v)
		default:
			line += " --" + FlagName(f.Name) + " " + word
		}
	}
	return line
}

// argsOf returns the fields that an input gives by position: those before the first that
// it does not give.
func argsOf(t *tool.Tool, given map[string]any) []string {
	for i, arg := range t.Args {
		if given[arg] == nil {
			return t.Args[:i]
		}
	}
	return t.Args
}

// listFlags writes a map of lists as one flag for each name.
func listFlags(flag string, v any) string {
	lists, _ := v.(map[string]any)
	var line string
	for _, name := range slices.Sorted(maps.Keys(lists)) {
		var values []string
		for _, value := range lists[name].([]any) {
			values = append(values, fmt.Sprint(value))
		}
		line += " --" + flag + " " + Quote(name+"="+strings.Join(values, ","))
	}
	return line
}

// flagWord writes a value as the argument of a flag of the type.
func flagWord(t reflect.Type, v any) string {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t.Kind() == reflect.String:
		return Quote(fmt.Sprint(v))
	case t == reflect.TypeFor[[]string]():
		var words []string
		for _, item := range v.([]any) {
			words = append(words, fmt.Sprint(item))
		}
		return Quote(strings.Join(words, ","))
	case t == reflect.TypeFor[map[string]string]():
		pairs := v.(map[string]any)
		var words []string
		for _, key := range slices.Sorted(maps.Keys(pairs)) {
			words = append(words, key+"="+fmt.Sprint(pairs[key]))
		}
		return Quote(strings.Join(words, ","))
	default:
		return Quote(render.JSON(v))
	}
}

// Quote puts a word in single quotes where a shell would split or expand it.
func Quote(word string) string {
	if word != "" && !strings.ContainsAny(word, " \t\n'\"\\$`*?[]{}()<>|&;#!~") {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
