package tool

import "time"

// Optional interfaces of inputs. TestOptionalInterfaces of package toolbox lists which
// of them each tool's input and output implement.

// Effector is an input whose call may do less than its tool's Effect.
type Effector interface{ Effect() Effect }

// Subjecter is an input that can name what it acts on, for the person who is
// asked to confirm and for the audit record.
type Subjecter interface{ Subject() string }

// Aimer is an input that sets the target of its call, for example by an ARN. It returns
// the complete target.
type Aimer interface{ Aim() Target }

// Endless is an input whose call goes on until it is cancelled, such as
// following a log. No time limit ends it where the door shows items as they
// come.
type Endless interface{ Endless() bool }

// Validator is an input with rules that its schema cannot express. The error should be
// a *fault.Error of kind Invalid that names the field.
type Validator interface{ Validate() error }

// Itemizer is the input of a listing that lists different things; Items is as in Info.
type Itemizer interface{ Items() string }

// LocalFiler is an input that says what its call does with local files, for calls where
// that does not follow from the file fields that are present.
type LocalFiler interface{ LocalFiles() FileUse }

// Recorded is an input that has some fields recorded in another form, such as a
// statement without its literals. For a nil value only size and digest are recorded.
// AWS's error messages for such a call are not recorded either, because they can quote
// the field.
type Recorded interface{ Recorded() map[string]any }

// Optional interfaces of outputs that the registry uses.

// Verdicter is an output that can report an error although the call was made, such as a
// listing with accounts that could not be read, or a failed check. The door gets both
// the output and the error.
type Verdicter interface{ Verdict() error }

// Changer is a Verdicter that can tell that its call changed nothing. If it did not, its
// verdict is handled as an error of the call. Every other output counts as that of a
// call that was carried out.
type Changer interface{ Changed() bool }

// Remarker is an output with notes for the caller; they become Result.Notes.
type Remarker interface{ Remarks() []string }

// Incomplete is an output that can lack accounts, regions or resources which
// could not be read; they become Result.Failures.
type Incomplete interface{ Partial() []Failure }

// Unseener is an output about data that was never read, if Unseen reports so. Then it is
// not said that there are no items.
type Unseener interface{ Unseen() bool }

// Cutter is an output that can be shortened. Cut returns a copy whose JSON fits in
// limit bytes, and says what was omitted and how to get it; "" means that nothing could
// be omitted.
type Cutter interface {
	Cut(limit int) (out any, how string)
}

// Optional interfaces of outputs, for doors that show them to people. For an output
// that implements none of them a door shows names and values.

// Texter is an output that is shown as one text.
type Texter interface{ Text() string }

// Wholer is a Texter whose text may be only the beginning. Its error says so, because a
// script that writes the text to a file would not notice.
type Wholer interface{ Whole() error }

// Gridder is an output that is shown as a table with its own column titles.
type Gridder interface {
	Grid() (titles []string, cells [][]string)
}

// Rower is an output that is shown as a table. Rows returns a slice of structs; the
// column tags of their fields are the titles.
type Rower interface{ Rows() any }

// Liner is an item that is shown as one line while a call is followed: its time, which
// the door writes in the reader's zone, and its text.
type Liner interface{ Line() (time.Time, string) }
