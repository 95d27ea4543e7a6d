package tool

import (
	"encoding/json"
	"fmt"
	"slices"
)

// Form is another way to write a tool's command on the command line, as people know it
// from another program, such as "s3 ls". It calls the same tool with the same checks.
type Form struct {
	// Noun replaces the tool's own noun; empty means the tool's own.
	Noun string
	// Verb replaces the tool's own verb. A form with the tool's own noun and verb only
	// adds flags.
	Verb string
	// Sets are input fields, as a JSON object, that this form sets unless they are given.
	Sets string
	// If names an input field without which Sets does not apply; empty means always.
	If string
	// Flags are flags of this form, in addition to those of the input fields.
	Flags []FormFlag
}

// FormFlag is a flag that another program has for the same purpose. Exactly one of Field,
// Sets, Values, Global and Instead is set.
type FormFlag struct {
	Name, Short string
	// Field is the input field that this flag is another name of.
	Field string
	// Sets are the input fields, as a JSON object, that the flag stands for. A field that
	// is null is not set, although the form sets it. {} changes nothing: the flag asks for
	// what the tool does anyway.
	Sets string
	// Global are the flags of the command line itself that the flag stands for, such as
	// "progress=false", with blanks between them.
	Global string
	// Instead is a command line. The flag is refused, and the fix names this command.
	Instead string
	// Values are the only values that the flag takes, each with the input fields, as a
	// JSON object, that it stands for.
	Values map[string]string
	// NoDash refuses the flag if a field stands for standard input or output.
	NoDash bool
	// Doc says what it does, in a phrase; it is not needed with Field.
	Doc string
}

// checkForms returns an error for a form that cannot be used.
func (t *Tool) checkForms() error {
	var verbs []string
	for _, form := range t.Forms {
		name := form.Noun + " " + form.Verb
		if form.Verb == "" || slices.Contains(verbs, name) {
			return fmt.Errorf("a form has no verb of its own: %q", name)
		}
		verbs = append(verbs, name)
		if form.If != "" && t.field(form.If) == nil {
			return fmt.Errorf("the form %s names no field: %s", form.Verb, form.If)
		}
		if err := t.checkSets(form.Sets); err != nil {
			return fmt.Errorf("the form %s: %w", form.Verb, err)
		}
		for _, flag := range form.Flags {
			if err := t.checkFormFlag(flag); err != nil {
				return fmt.Errorf("the flag %s of the form %s: %w", flag.Name, form.Verb, err)
			}
		}
	}
	return nil
}

func (t *Tool) checkFormFlag(flag FormFlag) error {
	meanings := 0
	for _, given := range []bool{flag.Field != "", flag.Sets != "", flag.Values != nil, flag.Global != "", flag.Instead != ""} {
		if given {
			meanings++
		}
	}
	switch {
	case flag.Name == "" || meanings != 1:
		return fmt.Errorf("a flag needs a name and one meaning")
	case flag.Field != "" && t.field(flag.Field) == nil:
		return fmt.Errorf("%s is not a field", flag.Field)
	case flag.Field == "" && flag.Doc == "":
		return fmt.Errorf("it has no text for help")
	}
	for value, sets := range flag.Values {
		if err := t.checkSets(sets); err != nil {
			return fmt.Errorf("the value %s: %w", value, err)
		}
	}
	return t.checkSets(flag.Sets)
}

// checkSets returns an error if sets is not an object of the tool's fields.
func (t *Tool) checkSets(sets string) error {
	if sets == "" {
		return nil
	}
	var fields map[string]any
	if err := json.Unmarshal([]byte(sets), &fields); err != nil {
		return err
	}
	for name := range fields {
		if t.field(name) == nil {
			return fmt.Errorf("%s is not a field", name)
		}
	}
	return nil
}

// field returns the input field with a name, or nil.
func (t *Tool) field(name string) *Field {
	for i := range t.fields {
		if t.fields[i].Name == name {
			return &t.fields[i]
		}
	}
	return nil
}
