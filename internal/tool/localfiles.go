package tool

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/hawser/hawser/internal/caller"
	"github.com/hawser/hawser/internal/fault"
)

// FileUse says what a tool, or one call, does with local files. It is separate from the
// effect, which is about AWS.
type FileUse struct{ Read, Write bool }

// Any reports whether local files are used at all.
func (u FileUse) Any() bool { return u.Read || u.Write }

// Words lists the uses: read, write, both or none.
func (u FileUse) Words() []string {
	var words []string
	if u.Read {
		words = append(words, "read")
	}
	if u.Write {
		words = append(words, "write")
	}
	return words
}

// String writes the use as a phrase: "read local files".
func (u FileUse) String() string {
	if !u.Any() {
		return "use no local files"
	}
	return strings.Join(u.Words(), " and ") + " local files"
}

// fileKeyword is the extension keyword of the schemas of fields that name a
// local file. Its value is read, write, or both with a comma between.
const fileKeyword = "x-hawser-file"

// LocalFiles returns the most that calls of the tool may do with local files.
func (t *Tool) LocalFiles() FileUse {
	var use FileUse
	for _, f := range t.fields {
		use.Read = use.Read || slices.Contains(f.File, "read")
		use.Write = use.Write || slices.Contains(f.File, "write")
	}
	return use
}

// FileFields names the input fields that may name a local file.
func (t *Tool) FileFields() []string {
	var names []string
	for _, f := range t.fields {
		if len(f.File) > 0 {
			names = append(names, f.Name)
		}
	}
	return names
}

// filesOf returns what a call with the input does with local files.
func (t *Tool) filesOf(in any) FileUse {
	if l, ok := in.(LocalFiler); ok {
		return l.LocalFiles()
	}
	var use FileUse
	value := reflect.ValueOf(in)
	for _, f := range t.fields {
		if len(f.File) == 0 || value.FieldByIndex(f.index).IsZero() || f.isDash(value) {
			continue
		}
		use.Read = use.Read || slices.Contains(f.File, "read")
		use.Write = use.Write || slices.Contains(f.File, "write")
	}
	return use
}

// checkFileTags reports an invalid file tag.
func (t *Tool) checkFileTags() error {
	for _, f := range t.fields {
		for _, word := range f.File {
			if word != "read" && word != "write" && word != stdioWord {
				return fmt.Errorf("the field %s says file:%q", f.Name, word)
			}
		}
	}
	return nil
}

// permitsFiles refuses a call that uses local files in read-only mode, for a viewer, or
// if the door granted none.
func (g Guard) permitsFiles(a Attempt) error {
	origin, readOnly := g.readOnly()
	switch {
	case !a.Files.Any():
		return nil
	case readOnly:
		e := fault.New(fault.Refused, "%s would %s, and this Hawser is read-only", a.Tool.Name, a.Files).
			WithCause("%s is set", origin.setting("read_only"))
		return origin.fix(e, leaveOut(a.Tool, "; "), "turn off %s", "read_only")
	case !a.Caller.Role.Covers(caller.Operator):
		return fault.New(fault.Refused, "%s would %s, which needs the role %s", a.Tool.Name, a.Files, caller.Operator).
			WithCause("%s has the role %q", a.Caller.Actor, a.Caller.Role).WithFix("%sask an admin of this Hawser", leaveOut(a.Tool, ", or "))
	case a.Granted == nil:
		return fault.New(fault.Refused, "%s would %s, and no local files may be used here", a.Tool.Name, a.Files).
			WithFix("%swhoever configured this Hawser can set files.root to a directory, "+
				"and for an agent with a profile files: true in it", leaveOut(a.Tool, "; "))
	}
	return nil
}

// leaveOut returns the advice to give no local file, followed by a joining word. It is
// empty for a tool that needs files.
func leaveOut(t *Tool, then string) string {
	for _, f := range t.fields {
		if len(f.File) > 0 && f.Required {
			return ""
		}
	}
	return "omit " + orList(t.FileFields()) + then
}

func orList(names []string) string { return strings.Join(names, " or ") }
