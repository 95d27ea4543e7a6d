package cli

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/render"
	"github.com/hawser/hawser/internal/text"
	"github.com/hawser/hawser/internal/tool"
)

// addFormFlags declares the flags of a form. A flag that is another name of a field
// shares the value of the field's flag.
func addFormFlags(set *pflag.FlagSet, form tool.Form) {
	for _, flag := range form.Flags {
		if flag.Values != nil {
			set.VarP(&choice{flag: flag}, flag.Name, flag.Short, flag.Doc)
			continue
		}
		if flag.Field == "" {
			set.BoolP(flag.Name, flag.Short, false, flag.Doc)
			declared := set.Lookup(flag.Name)
			declared.Value = meant{declared.Value, set, flag}
			declared.Hidden = flag.Instead != ""
			continue
		}
		field := set.Lookup(FlagName(flag.Field))
		alias := *field
		alias.Name, alias.Shorthand, alias.Usage = flag.Name, flag.Short, "the same as --"+field.Name
		alias.Value = shared{field.Value, set, field.Name}
		set.AddFlag(&alias)
	}
}

// shared is the value of a flag that is another name of the flag named name.
type shared struct {
	pflag.Value
	set  *pflag.FlagSet
	name string
}

// Set implements pflag.Value.
func (s shared) Set(value string) error { return s.set.Set(s.name, value) }

// meant is the value of a Boolean flag that stands for flags of the command line itself,
// or for another command.
type meant struct {
	pflag.Value
	set  *pflag.FlagSet
	flag tool.FormFlag
}

// Set implements pflag.Value.
func (m meant) Set(value string) error {
	if err := m.Value.Set(value); err != nil || m.String() != "true" {
		return err
	}
	if m.flag.Instead != "" {
		return fault.New(fault.Invalid, "--%s %s", m.flag.Name, m.flag.Doc).At(m.flag.Name).WithFix("type %s", m.flag.Instead)
	}
	for _, global := range strings.Fields(m.flag.Global) {
		name, value, _ := strings.Cut(global, "=")
		if err := m.set.Set(name, value); err != nil {
			return err
		}
	}
	return nil
}

// choice is the value of a flag that takes a few values only.
type choice struct {
	flag  tool.FormFlag
	given string
}

// String implements pflag.Value.
func (c *choice) String() string { return c.given }

// Type implements pflag.Value.
func (c *choice) Type() string { return "value" }

// Set implements pflag.Value.
func (c *choice) Set(value string) error {
	if _, ok := c.flag.Values[value]; !ok {
		return fault.New(fault.Invalid, "%s is not a value of --%s", text.Quoted(value), c.flag.Name).
			WithFix("give %s", strings.Join(slices.Sorted(maps.Keys(c.flag.Values)), " or "))
	}
	c.given = value
	return nil
}

// preset returns the input of a call with what the form and its flags set. What is
// given takes precedence.
func (f *toolFlags) preset(given map[string]any) map[string]any {
	input := map[string]any{}
	if _, ok := given[f.form.If]; ok || f.form.If == "" {
		maps.Copy(input, fieldsOf(f.form.Sets))
	}
	for _, flag := range f.form.Flags {
		if flag.Sets != "" && isSet(f.set, flag.Name) {
			maps.Copy(input, fieldsOf(flag.Sets))
		}
		if flag.Values != nil {
			maps.Copy(input, fieldsOf(flag.Values[f.set.Lookup(flag.Name).Value.String()]))
		}
	}
	maps.Copy(input, given)
	return input
}

// refuseDash refuses a flag of the form that can't be used with standard input or output.
func (f *toolFlags) refuseDash(input map[string]any) error {
	for _, flag := range f.form.Flags {
		for _, name := range f.tool.FileFields() {
			if flag.NoDash && input[name] == tool.Dash && isSet(f.set, flag.Name) {
				return fault.New(fault.Invalid, "--%s and - can't be used together", flag.Name).At(flag.Name).
					WithCause("standard input or output is one object").WithFix("leave --%s out", flag.Name)
			}
		}
	}
	return nil
}

// isSet reports whether a Boolean flag is given and true.
func isSet(set *pflag.FlagSet, name string) bool {
	v, err := set.GetBool(name)
	return err == nil && v
}

// fieldsOf reads what a form sets. tool.New has checked that it is an object.
func fieldsOf(sets string) map[string]any {
	fields := map[string]any{}
	if sets != "" {
		_ = json.Unmarshal([]byte(sets), &fields)
	}
	return fields
}

// verb is a verb of a noun on the command line: a tool in one of its forms.
type verb struct {
	tool *tool.Tool
	form tool.Form
}

// own reports whether noun and verb are those of the tool's name.
func (v verb) own() bool { return v.form.Noun == v.tool.Noun() && v.form.Verb == v.tool.Verb() }

// hidden reports whether help leaves the verb out: another form that is named like an
// operation of the aws CLI, such as describe-instances. The reference pages have it.
func (v verb) hidden() bool { return !v.own() && strings.Contains(v.form.Verb, "-") }

// summary says what another form of a tool stands for.
func (v verb) summary() string { return "The same as " + FormMeaning(v.tool, v.form) }

// FormMeaning writes a form as a command line of the tool itself.
func FormMeaning(t *tool.Tool, form tool.Form) string {
	sets := fieldsOf(form.Sets)
	if form.If != "" {
		sets[form.If] = form.If
	}
	for i := len(t.Args) - 1; i > 0; i-- { // an argument needs those before it
		if before := t.Args[i-1]; sets[t.Args[i]] != nil && sets[before] == nil {
			sets[before] = before
		}
	}
	return commandLine(t, json.RawMessage(render.JSON(sets)))
}

// verbsOf returns the verbs of a tool by their nouns: its own, with the flags that a
// form adds to it, and its other forms.
func verbsOf(t *tool.Tool) map[string][]verb {
	own := verb{t, tool.Form{Noun: t.Noun(), Verb: t.Verb()}}
	others := map[string][]verb{}
	for _, form := range t.Forms {
		form.Noun = cmp.Or(form.Noun, t.Noun())
		if v := (verb{t, form}); v.own() {
			own = v
		} else {
			others[form.Noun] = append(others[form.Noun], v)
		}
	}
	others[t.Noun()] = append([]verb{own}, others[t.Noun()]...)
	return others
}
