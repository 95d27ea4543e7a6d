package awsapi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/hawser/hawser/internal/fault"
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
	if scheme, _ := s.split(); scheme == "file" || scheme == "exec" {
		s.dir = dir
	}
	return s
}

// path is a path of the reference as it is opened.
func (s Secret) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(s.dir, name)
}

// redacted stands for a literal secret wherever it would be printed.
const redacted = "(hidden)"

// IsZero tells whether nothing was given.
func (s Secret) IsZero() bool { return s.text == "" }

// Literal tells whether the value itself stands in the settings.
func (s Secret) Literal() bool {
	scheme, _ := s.split()
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
func (s Secret) GoString() string { return "awsapi.Secret(" + s.String() + ")" }

// Format hides the value from every verb, %x and %q among them.
func (s Secret) Format(f fmt.State, _ rune) { fmt.Fprint(f, s.String()) }

// MarshalText gives what String gives, to JSON and YAML alike.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText takes the text as it stands in a file.
func (s *Secret) UnmarshalText(text []byte) error {
	s.text = string(text)
	return nil
}

// split gives the scheme and the rest of a reference; the scheme of a literal
// is empty.
func (s Secret) split() (scheme, rest string) {
	scheme, rest, ok := strings.Cut(s.text, ":")
	if !ok {
		return "", s.text
	}
	switch scheme {
	case "env", "file", "exec", "awssecret":
		return scheme, rest
	}
	return "", s.text
}

// secretReader fetches a Secrets Manager secret: its whole string.
type secretReader func(ctx context.Context, arn string) (string, error)

// resolve gives the value. Errors name the reference and never the value.
func (s Secret) resolve(ctx context.Context, remote secretReader) (string, error) {
	scheme, rest := s.split()
	var value string
	var err error
	switch scheme {
	case "env":
		value, err = fromEnv(rest)
	case "file":
		value, err = fromFile(s.path(rest))
	case "exec":
		value, err = s.fromExec(ctx, rest)
	case "awssecret":
		value, err = fromAWS(ctx, rest, remote)
	default:
		return s.text, nil
	}
	if err != nil {
		return "", err
	}
	if value == "" {
		return "", fault.New(fault.NoCredentials, "the secret at %s is empty", s)
	}
	return value, nil
}

func fromEnv(name string) (string, error) {
	value, ok := os.LookupEnv(name)
	if !ok {
		return "", fault.New(fault.NoCredentials, "environment variable %s is not set", name).
			WithFix("set %s, or correct the env: reference in the connection", name)
	}
	return value, nil
}

func fromFile(path string) (string, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return "", fault.Wrap(err, fault.NoCredentials, "secret file %s can't be read", path).
			WithFix("check that the file exists and that this user may read it")
	}
	return strings.TrimRight(string(raw), "\r\n"), nil
}

func (s Secret) fromExec(ctx context.Context, command string) (string, error) {
	words := strings.Fields(command)
	if len(words) == 0 {
		return "", fault.New(fault.Invalid, "an exec: reference names no program")
	}
	program := words[0]
	if filepath.Base(program) != program { // a bare name is looked up in PATH
		program = s.path(program)
	}
	out, err := runProgram(ctx, "the program "+words[0]+", which should print a secret,", func(ctx context.Context) (*exec.Cmd, error) {
		return exec.CommandContext(ctx, program, words[1:]...), nil
	})
	var slow *fault.Error
	if errors.As(err, &slow) || errors.Is(err, context.Canceled) {
		return "", err
	}
	if err != nil {
		// The program's output could hold the secret, so only its name and
		// exit state are shown.
		return "", fault.Wrap(err, fault.NoCredentials, "the program %s, which should print a secret, failed", words[0]).
			WithFix("run it by hand and see that it prints the secret and exits with 0")
	}
	return string(bytes.TrimRight(out, "\r\n")), nil
}
