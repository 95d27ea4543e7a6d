package toolbox

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/text"
)

// This file holds what questions to people have in common.

// maxNamed is how many things a question names; the others it counts.
const maxNamed = 20

// notRead says in a question why something could not be looked at.
func notRead(ctx context.Context, err error) string {
	return "what is there could not be read: " + text.Visible(fault.From(explain(ctx, err)).Message)
}

// enumerate lists names in a sentence, the first of many.
func enumerate(names []string) string {
	if len(names) <= maxNamed {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:maxNamed], ", "), len(names)-maxNamed)
}

// count is a number of things: "1 instance", "2 instances".
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// refused is an error where Hawser itself refused, such as an account that the
// agent may not reach: the call would be refused as well, so nobody is asked.
func refused(err error) error {
	if errors.Is(err, fault.Refused) {
		return err
	}
	return nil
}
