package fault

// FromPanic makes an error of kind Invalid of a panic of the function that defers it.
// It is for functions that give input to a library that panics at some inputs:
//
//	func parse(text []byte) (v Value, err error) {
//		defer fault.FromPanic(&err, "the text can't be read")
func FromPanic(err *error, message string) {
	if p := recover(); p != nil {
		*err = New(Invalid, "%s", message).WithCause("the parser failed: %v", p).WithFix("correct or simplify its syntax")
	}
}
