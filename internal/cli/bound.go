package cli

import (
	"cmp"
	"fmt"

	"github.com/spf13/pflag"
)

// Bound refuses what is out of the range of a flag whose value is kept in value.
func Bound[T cmp.Ordered](flags *pflag.FlagSet, name string, value *T, low, high T) {
	flag := flags.Lookup(name)
	if flag.DefValue == "0s" {
		flag.DefValue = "0" // which help does not show
	}
	flag.Value = bounded{
		Value: flag.Value, within: func() bool { return *value >= low && *value <= high },
		beyond: outOfRange(fmt.Sprintf("from %v to %v", low, high)),
	}
}

// bounded is a flag's value with a range.
type bounded struct {
	pflag.Value
	within func() bool
	beyond outOfRange
}

func (b bounded) Set(text string) error {
	if err := b.Value.Set(text); err != nil {
		return err
	}
	if !b.within() {
		return b.beyond
	}
	return nil
}

// outOfRange is the error about a value that a flag does not take; it names the range.
type outOfRange string

func (o outOfRange) Error() string { return "out of range: " + string(o) }
