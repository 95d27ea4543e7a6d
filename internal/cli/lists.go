package cli

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/pflag"
)

// TextsVar declares a flag for a list of texts, with commas between them. Unlike
// pflag's it keeps a text that is empty, so that whoever checks the list sees it.
func TextsVar(set *pflag.FlagSet, into *[]string, name, doc string) {
	set.VarPF(&texts{into}, name, "", doc).DefValue = ""
}

// pairsFlag declares a flag for a map of texts and returns the map.
func pairsFlag(set *pflag.FlagSet, name, doc string) map[string]string {
	p := &pairs{map[string]string{}}
	set.VarPF(p, name, "", doc).DefValue = ""
	return p.values
}

// texts is a pflag.SliceValue.
type texts struct{ values *[]string }

// Set adds the texts of one flag.
func (l *texts) Set(value string) error {
	fields, err := record(value)
	*l.values = append(*l.values, fields...)
	return err
}

// Type is the name that pflag and cobra know lists of texts by.
func (*texts) Type() string { return "stringSlice" }

func (l *texts) String() string { return "[" + joined(*l.values) + "]" }

// Append adds one text.
func (l *texts) Append(value string) error {
	*l.values = append(*l.values, value)
	return nil
}

// Replace sets the texts.
func (l *texts) Replace(values []string) error {
	*l.values = values
	return nil
}

// GetSlice returns the texts.
func (l *texts) GetSlice() []string { return *l.values }

// pairs is a pflag.Value for a map of texts: name=value pairs with commas between them.
// Unlike pflag's it refuses a name that is given twice.
type pairs struct{ values map[string]string }

// Set adds the pairs of one flag. A single pair is taken as it is, with its commas.
func (p *pairs) Set(value string) error {
	value = pairOfAWS(value)
	fields := []string{value}
	if strings.Count(value, "=") > 1 || strings.HasPrefix(value, `"`) {
		var err error
		if fields, err = record(value); err != nil {
			return err
		}
	}
	for _, field := range fields {
		name, value, ok := strings.Cut(field, "=")
		if !ok {
			return fmt.Errorf("%q is not name=value", field)
		}
		if _, twice := p.values[name]; twice {
			return fmt.Errorf("%q is given twice", name)
		}
		p.values[name] = value
	}
	return nil
}

// pairOfAWS returns a pair that is written as the aws CLI writes tags and dimensions,
// Key=name,Value=value, as name=value.
//
// https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-shorthand.html
func pairOfAWS(pair string) string {
	for _, word := range []string{"Name=", "Key="} {
		rest, found := strings.CutPrefix(pair, word)
		if name, value, ok := strings.Cut(rest, ",Value="); found && ok {
			return name + "=" + value
		}
	}
	return pair
}

// Type is the name of the type in help.
func (*pairs) Type() string { return "name=value,..." }

func (p *pairs) String() string {
	var fields []string
	for _, name := range slices.Sorted(maps.Keys(p.values)) {
		fields = append(fields, name+"="+p.values[name])
	}
	return "[" + joined(fields) + "]"
}

// record reads one line of CSV. An empty line is one empty text.
func record(value string) ([]string, error) {
	if value == "" {
		return []string{""}, nil
	}
	r := csv.NewReader(strings.NewReader(value))
	fields, err := r.Read()
	if err != nil {
		return nil, err
	}
	if _, err := r.Read(); !errors.Is(err, io.EOF) {
		return nil, errors.New("it has several lines; put commas between the values, or repeat the flag")
	}
	return fields, nil
}

// joined writes texts as one line of CSV.
func joined(fields []string) string {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.Write(fields) // a buffer takes everything
	w.Flush()
	return strings.TrimSuffix(b.String(), "\n")
}
