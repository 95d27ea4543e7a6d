package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
)

// trustView is what hawser trust shows of a project's file: every setting in a
// line of its own, with a remark on those that run programs, read files or send
// requests elsewhere. Secrets are hidden, and no character stands that a
// terminal would obey or not show.
func trustView(place string, project, user *Config) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s would set:\n", plainWord(place))
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
	fmt.Fprintf(&b, "Calls that name no connection would use %s.\n", plainWord(merged.Pool().Default()))
	return b.String()
}

// setting is one value of a configuration. Path and value are as they are shown;
// key is the last part of the path.
type setting struct{ path, key, value string }

// settingsOf lists what a configuration sets, in the order of its type.
func settingsOf(c *Config) []setting {
	shown := *c
	shown.Plugins = Plugins{} // its connection is among the others
	raw, err := yaml.Marshal(shown)
	if err != nil {
		return nil
	}
	var tree any
	if err := yaml.UnmarshalWithOptions(raw, &tree, yaml.UseOrderedMap()); err != nil {
		return nil
	}
	return listSettings(nil, "", "", tree)
}

func listSettings(out []setting, path, key string, v any) []setting {
	switch v := v.(type) {
	case yaml.MapSlice:
		for _, item := range v {
			key := fmt.Sprint(item.Key)
			out = listSettings(out, strings.TrimPrefix(path+"."+plainWord(key), "."), key, item.Value)
		}
	case []any:
		for i, item := range v {
			out = listSettings(out, fmt.Sprintf("%s[%d]", path, i), key, item)
		}
	default:
		text := fmt.Sprint(v)
		if v != nil && text != "" && text != "0" && text != "0s" && text != "false" {
			out = append(out, setting{path, key, plainText(text)})
		}
	}
	return out
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
func plainWord(text string) string {
	if word.MatchString(text) {
		return text
	}
	return strconv.Quote(text)
}

// plainText quotes a text that holds characters which do not show.
func plainText(text string) string {
	if strings.TrimSpace(text) != text || !utf8.ValidString(text) ||
		strings.ContainsFunc(text, func(r rune) bool { return !strconv.IsPrint(r) }) {
		return strconv.Quote(text)
	}
	return text
}
