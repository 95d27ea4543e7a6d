package tool

// What an input may implement besides being a struct. TestOptionalInterfaces of
// package toolbox lists which tool's input and output implement which.

// Effector is an input whose call may do less than its tool's Effect.
type Effector interface{ Effect() Effect }

// Subjecter is an input that can name what it acts on, for the person who is
// asked to confirm and for the audit record.
type Subjecter interface{ Subject() string }

// Aimer is an input that itself says where its call goes, such as by an ARN. It
// gives its target, completed.
type Aimer interface{ Aim() Target }

// Endless is an input whose call goes on until it is cancelled, such as
// following a log. No time limit ends it where the door shows items as they
// come.
type Endless interface{ Endless() bool }

// Validator is an input with rules that its schema cannot say. The error
// should be a *fault.Error of kind Invalid that names the field.
type Validator interface{ Validate() error }

// LocalFiler is an input that itself says what its call does with local files,
// where the presence of its file fields does not tell.
type LocalFiler interface{ LocalFiles() FileUse }

// Recorded is an input of which some fields are kept in the audit log in another
// form than they were given, such as a statement without its literals. A nil
// value leaves only size and digest. What AWS says of such a call is not kept
// either, as it can quote the field.
type Recorded interface{ Recorded() map[string]any }

// What an output may implement, for the registry.

// Verdicter is an output that can say that something is wrong although the
// call was made: a listing with cells that could not be read, an examination
// that failed. The door gets the output beside the error.
type Verdicter interface{ Verdict() error }

// Remarker is an output with notes for whoever asked; they become Result.Notes.
type Remarker interface{ Remarks() []string }

// Incomplete is an output that can lack accounts, regions or resources which
// could not be read; they become Result.Failures.
type Incomplete interface{ Partial() []Failure }

// Cutter is an output that can be made smaller. Cut gives a copy whose JSON
// fits in limit bytes, and says what was left out and how to get at it; ""
// means that nothing could be left out.
type Cutter interface {
	Cut(limit int) (out any, how string)
}

// What an output may implement, for doors that show it to people. A door that
// finds none of these shows names and values.

// Texter is an output that is shown as one text.
type Texter interface{ Text() string }

// Wholer is a Texter that can be cut. Its error says so: a script that writes
// the text to a file would take the beginning for the whole.
type Wholer interface{ Whole() error }

// Gridder is an output that is shown as a table with titles of its own.
type Gridder interface {
	Grid() (titles []string, cells [][]string)
}

// Rower is an output that is shown as a table. Rows gives a slice of structs,
// whose fields' column tags are the titles.
type Rower interface{ Rows() any }

// Liner is an item that is shown as one line while a call is followed.
type Liner interface{ Line() string }
