package cli

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
)

// FuzzParseLists reads --name=value,value: written anew it means the same.
func FuzzParseLists(f *testing.F) {
	f.Add("instance-state-name=running,stopped")
	f.Add("tag:Name=")
	f.Add("=x")
	f.Add("none")
	f.Fuzz(func(t *testing.T, pair string) {
		lists, err := parseLists("filters", []string{pair, pair})
		if err != nil {
			if !errors.Is(err, fault.Invalid) {
				t.Errorf("%q: %v", pair, err)
			}
			return
		}
		for name, values := range lists {
			half := values[:len(values)/2]
			if name+"="+strings.Join(half, ",") != pair || !slices.Equal(half, values[len(half):]) {
				t.Errorf("%q gives %q", pair, lists)
			}
		}
	})
}

// TestArgumentsAreUTF8: JSON cannot hold other bytes, and the call would be about
// another name.
func TestArgumentsAreUTF8(t *testing.T) {
	tests := []struct {
		tool       string
		words      []string
		field, fix string
	}{
		{"s3.put", []string{"b", "k\xff", "--body", "x"}, "key", "UTF-8"},
		{"s3.put", []string{"b", "k", "--body", "a\xffb"}, "body", "--from-file"},
		{"s3.put", []string{"b", "k", "--body", "a", "--metadata", "n=\xff"}, "metadata", "UTF-8"},
		{"s3.put", []string{"b", "k", "--body", "a", "--metadata", "\xff=v"}, "metadata", "UTF-8"},
		{"s3.put", []string{"b", "k", "--from-file", "a\xff"}, "from_file", "change into the directory"},
		{"s3.cp", []string{"s3://b/k", "/dir\xff/x"}, "to", "change into the directory"},
		{"lambda.invoke", []string{"f", "--payload", "{\"a\":\"\xff\"}"}, "payload", "UTF-8"},
		{"ec2.list", []string{"--filters", "tag:a=\xff"}, "filters", "UTF-8"},
	}
	for _, tt := range tests {
		for _, tl := range New(Streams{}, nil, "").App.Tools() {
			if tl.Name != tt.tool {
				continue
			}
			set := pflag.NewFlagSet(tl.Name, pflag.ContinueOnError)
			flags := addFlags(set, tl, tool.Form{})
			if err := set.Parse(tt.words); err != nil {
				t.Fatal(err)
			}
			_, err := flags.input(set.Args())
			if f := fault.From(err); f == nil || f.Kind != fault.Invalid || f.Field != tt.field || !strings.Contains(f.Fix, tt.fix) {
				t.Errorf("%q: %+v", tt.words, f)
			}
		}
	}
}

// TestOwnArgumentsAreUTF8 gives other bytes to commands that are not tools.
func TestOwnArgumentsAreUTF8(t *testing.T) {
	for _, line := range [][]string{
		{"call", "s3.list", "--json", "{\"bucket\":\"\xff\"}"},
		{"tools", "--query", "\xff"},
	} {
		var said strings.Builder
		p := New(Streams{In: strings.NewReader(""), Out: &said, Err: &said}, []string{"XDG_CONFIG_HOME=" + t.TempDir(), "XDG_STATE_HOME=" + t.TempDir()}, "")
		if code := p.Run(t.Context(), line); code != 1 || !strings.Contains(said.String(), "UTF-8") {
			t.Errorf("%q: %d\n%s", line, code, said.String())
		}
	}
}

// TestListsAndPairs: every value of a flag arrives, and none replaces another.
func TestListsAndPairs(t *testing.T) {
	for _, tt := range []struct {
		flags []string
		want  []string
	}{
		{[]string{"a,b", "c"}, []string{"a", "b", "c"}},
		{[]string{`"a,b",c`}, []string{"a,b", "c"}},
		{[]string{""}, []string{""}},
		{[]string{"", "a"}, []string{"", "a"}},
		{[]string{"a,", ",b"}, []string{"a", "", "", "b"}},
		{[]string{"a\nb"}, nil},
	} {
		var got []string
		set := pflag.NewFlagSet("", pflag.ContinueOnError)
		TextsVar(set, &got, "list", "")
		var err error
		for _, value := range tt.flags {
			err = errors.Join(err, set.Set("list", value))
		}
		if (err != nil) != (tt.want == nil) || err == nil && !slices.Equal(got, tt.want) {
			t.Errorf("%q gives %q, %v", tt.flags, got, err)
		}
	}
	for _, tt := range []struct {
		flags []string
		want  map[string]string
	}{
		{[]string{"a=1,b=2", "c="}, map[string]string{"a": "1", "b": "2", "c": ""}},
		{[]string{"a=1,2"}, map[string]string{"a": "1,2"}},
		{[]string{`a="1"`}, map[string]string{"a": `"1"`}},
		{[]string{`"a=1,2","b=3"`}, map[string]string{"a": "1,2", "b": "3"}},
		{[]string{"a=1", "a=2"}, nil},
		{[]string{"a=1,a=2"}, nil},
		{[]string{"a=1,b=2\nc=3"}, nil},
		{[]string{"a"}, nil},
		{[]string{""}, nil},
	} {
		set := pflag.NewFlagSet("", pflag.ContinueOnError)
		got := pairsFlag(set, "map", "")
		var err error
		for _, value := range tt.flags {
			err = errors.Join(err, set.Set("map", value))
		}
		if (err != nil) != (tt.want == nil) || err == nil && !maps.Equal(got, tt.want) {
			t.Errorf("%q gives %q, %v", tt.flags, got, err)
		}
	}
}
