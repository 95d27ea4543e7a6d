package kit

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/text"
)

// This file has what questions to people share.

// MaxNamed is how many things a question names; it only counts the others.
const MaxNamed = 20

// NotRead says in a question why something could not be looked at.
func NotRead(ctx context.Context, err error) string {
	return "what is there could not be read: " + text.Visible(fault.From(Explain(ctx, err)).Message)
}

// Enumerate lists names in a sentence, the first of many.
func Enumerate(names []string) string {
	if len(names) <= MaxNamed {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:MaxNamed], ", "), len(names)-MaxNamed)
}

// Count returns a number of things: "1 instance", "2 instances".
func Count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// Counted writes how many there are, with the words for one and for several.
func Counted(n int, one, several string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, several)
}

// Refused returns an error where Hawser itself refused, such as an account that
// the agent may not reach: the call would be refused as well, so nobody is asked.
func Refused(err error) error {
	if errors.Is(err, fault.Refused) {
		return err
	}
	return nil
}
