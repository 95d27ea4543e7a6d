package config

import (
	"encoding"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/hawser/hawser/internal/text"
)

// View returns what hawser trust shows of a project's file: every setting in a
// line of its own, with a remark on those that run programs, read files or send
// requests elsewhere. Secrets are hidden, and control characters and invisible
// characters are escaped.
func View(path string, project, user *Config) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s would set:\n", plainWord(path))
	settings := settingsOf(project)
	for _, s := range settings {
		fmt.Fprintf(&b, "  %s: %s%s\n", s.path, s.value, remark(s))
	}
	if len(settings) == 0 {
		b.WriteString("  nothing\n")
	}
	if user.path != "" {
		fmt.Fprintf(&b, "Your own configuration %s and its guard apply as well.\n", plainWord(user.path))
	}
	merged := *user
	merged.merge(project)
	fmt.Fprintf(&b, "Calls that name no connection would use %s.\n", plainWord(merged.Default()))
	return b.String()
}

// setting is one value of a configuration. Path and value are as they are shown;
// key is the last part of the path.
type setting struct{ path, key, value string }

// settingsOf lists what a configuration sets, in the order of its type. It reads
// the values and not a text made from them, in which a name could look like
// something else.
func settingsOf(c *Config) []setting {
	shown := *c
	shown.Plugins = Plugins{} // its connection is among the others
	return listSettings(nil, "", "", reflect.ValueOf(shown))
}

func listSettings(out []setting, path, key string, v reflect.Value) []setting {
	if text, ok := v.Interface().(encoding.TextMarshaler); ok && !v.IsZero() {
		raw, err := text.MarshalText()
		if err != nil {
			raw = []byte("a value that can't be shown: " + err.Error())
		}
		return addSetting(out, path, key, string(raw))
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return out
		}
		if inner := v.Elem(); inner.IsZero() && inner.Kind() != reflect.Struct { // it is set, to 0
			return addSetting(out, path, key, fmt.Sprint(inner.Interface()))
		}
		return listSettings(out, path, key, v.Elem())
	case reflect.Struct:
		return listFields(out, path, key, v)
	case reflect.Map:
		names := v.MapKeys()
		slices.SortFunc(names, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
		for _, name := range names {
			out = listSettings(out, below(path, name.String()), name.String(), v.MapIndex(name))
		}
		return out
	case reflect.Slice:
		for i := range v.Len() {
			out = listSettings(out, fmt.Sprintf("%s[%d]", path, i), key, v.Index(i))
		}
		return out
	}
	if v.IsZero() {
		return out
	}
	return addSetting(out, path, key, fmt.Sprint(v.Interface()))
}

// listFields lists the fields of a struct by their keys in the file.
func listFields(out []setting, path, key string, v reflect.Value) []setting {
	for i := range v.NumField() {
		field := v.Type().Field(i)
		name, options, tagged := strings.Cut(field.Tag.Get("yaml"), ",")
		switch {
		case !field.IsExported():
		case strings.Contains(options, "inline") || !tagged && name == "" && field.Anonymous:
			out = listFields(out, path, key, v.Field(i))
		case name != "" && name != "-":
			out = listSettings(out, below(path, name), name, v.Field(i))
		}
	}
	return out
}

// below returns the path of a name within another.
func below(path, name string) string { return strings.TrimPrefix(path+"."+plainWord(name), ".") }

func addSetting(out []setting, path, key, text string) []setting {
	if text == "" {
		return out
	}
	return append(out, setting{path, key, plainText(text)})
}

// remark says what a setting does that is easily overlooked.
func remark(s setting) string {
	scheme, _, _ := strings.Cut(strings.TrimPrefix(s.value, `"`), ":")
	switch {
	case scheme == "exec":
		return "   <- runs this program, whatever it is then"
	case scheme == "file":
		return "   <- reads this file"
	case scheme == "env":
		return "   <- reads this environment variable"
	case scheme == "awssecret":
		return "   <- reads this secret from AWS Secrets Manager"
	case s.key == "endpoint":
		return "   <- signed requests go there"
	case s.key == "ca_bundle":
		return "   <- trusts these authorities"
	case s.key == "profile":
		return "   <- uses your AWS profile"
	case s.key == "via":
		return "   <- reads secrets through this connection"
	case s.key == "allow_root":
		return "   <- accepts the root user's credentials"
	}
	return ""
}

var word = regexp.MustCompile(`^[\w@+=,*/~:-]([\w@+=,*/~:.-]*[\w@+=,*/~:-])?$`)

// plainWord quotes what could be mistaken for more than one word.
func plainWord(s string) string {
	if word.MatchString(s) {
		return s
	}
	return text.Quoted(s)
}

// plainText quotes a text that holds characters which do not show.
func plainText(s string) string {
	if strings.TrimSpace(s) != s || !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return !text.Shows(r) }) {
		return text.Quoted(s)
	}
	return s
}
