package settings

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// Secret is a secret value, or a reference to where it is kept:
//
//	env:NAME             an environment variable
//	file:PATH            a file's content without its last line break
//	exec:COMMAND ARG...  what a program prints (no shell; split at spaces)
//	awssecret:ARN#key    a Secrets Manager secret; #key picks a JSON field
//
// It prints as a reference or as dots, never as its value.
type Secret struct {
	text string
	dir  string // where relative paths of file: and exec: begin; "" is the working directory
}

// NewSecret makes a Secret from a literal or a reference.
func NewSecret(text string) Secret { return Secret{text: text} }

// In is the secret whose relative paths begin in a directory, such as that of
// the configuration that names them: what the working directory holds then
// decides neither what runs nor which secret is read.
func (s Secret) In(dir string) Secret {
	if scheme, _ := s.Parts(); scheme == "file" || scheme == "exec" {
		s.dir = dir
	}
	return s
}

// Path is a path of the reference as it is opened.
func (s Secret) Path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(s.dir, name)
}

// redacted is printed in place of a literal secret.
const redacted = "(hidden)"

// IsZero reports whether nothing was given.
func (s Secret) IsZero() bool { return s.text == "" }

// Literal reports whether the value itself is in the settings.
func (s Secret) Literal() bool {
	scheme, _ := s.Parts()
	return s.text != "" && scheme == ""
}

// String gives the reference; a literal is hidden.
func (s Secret) String() string {
	if s.Literal() {
		return redacted
	}
	return s.text
}

// GoString hides the value from %#v too.
func (s Secret) GoString() string { return "settings.Secret(" + s.String() + ")" }

// Format hides the value from every verb, %x and %q among them.
func (s Secret) Format(f fmt.State, _ rune) { fmt.Fprint(f, s.String()) }

// MarshalText gives what String gives, to JSON and YAML alike.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText takes the text as it is in a file.
func (s *Secret) UnmarshalText(text []byte) error {
	s.text = string(text)
	return nil
}

// Parts gives the scheme and the rest of a reference. A literal has no scheme,
// and its rest is the secret.
func (s Secret) Parts() (scheme, rest string) {
	scheme, rest, ok := strings.Cut(s.text, ":")
	if !ok {
		return "", s.text
	}
	if slices.Contains(Schemes(), scheme) {
		return scheme, rest
	}
	return "", s.text
}

// Schemes returns the schemes of references.
func Schemes() []string { return []string{"env", "file", "exec", "awssecret"} }
