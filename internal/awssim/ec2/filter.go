package ec2

import (
	"encoding/base64"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/hawser/hawser/internal/awssim"
)

// fields are what filters can ask of a thing: the values by filter name, and
// its tags.
type fields struct {
	id     string
	values map[string][]string
	tags   map[string]string
}

// chosen picks the things that ids name and filters let through. An id that
// none of them bears is an error of the code.
func chosen[T any](all []T, ids []string, filters []types.Filter, code, kind string, fields func(T) fields) ([]T, error) {
	for _, id := range ids {
		if !slices.ContainsFunc(all, func(t T) bool { return fields(t).id == id }) {
			return nil, noSuch(kind, code, id)
		}
	}
	var out []T
	for _, t := range all {
		f := fields(t)
		if len(ids) > 0 && !slices.Contains(ids, f.id) {
			continue
		}
		fits, err := f.fit(filters)
		if err != nil {
			return nil, err
		}
		if fits {
			out = append(out, t)
		}
	}
	return out, nil
}

// fit reports whether every filter has a value that fits. Filters take * and ?.
//
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html
func (f fields) fit(filters []types.Filter) (bool, error) {
	for _, filter := range filters {
		have, err := f.have(aws.ToString(filter.Name))
		if err != nil {
			return false, err
		}
		if !slices.ContainsFunc(have, func(v string) bool {
			return slices.ContainsFunc(filter.Values, func(pattern string) bool { return wild(pattern, v) })
		}) {
			return false, nil
		}
	}
	return true, nil
}

// have gives a thing's values under a filter's name.
func (f fields) have(name string) ([]string, error) {
	if key, ok := strings.CutPrefix(name, "tag:"); ok {
		v, tagged := f.tags[key]
		if !tagged {
			return nil, nil
		}
		return []string{v}, nil
	}
	switch name {
	case "tag-key":
		return sortedKeys(f.tags), nil
	case "tag-value":
		return slices.Collect(maps.Values(f.tags)), nil
	}
	have, known := f.values[name]
	if !known {
		return nil, awssim.Errorf("InvalidParameterValue", "The filter '%s' is invalid", name)
	}
	return have, nil
}

// wild matches a pattern with * and ?.
func wild(pattern, text string) bool {
	if pattern == "" {
		return text == ""
	}
	switch pattern[0] {
	case '*':
		return wild(pattern[1:], text) || (text != "" && wild(pattern, text[1:]))
	case '?':
		return text != "" && wild(pattern[1:], text[1:])
	default:
		return text != "" && text[0] == pattern[0] && wild(pattern[1:], text[1:])
	}
}

// pageOf cuts one page; the token is where the next begins.
func pageOf[T any](all []T, size *int32, token *string) ([]T, *string, error) {
	from := 0
	if token != nil {
		raw, err := base64.StdEncoding.DecodeString(*token)
		if err == nil {
			from, err = strconv.Atoi(string(raw))
		}
		if err != nil || from < 0 {
			return nil, nil, awssim.Errorf("InvalidParameterValue", "The token '%s' is not valid", *token)
		}
	}
	from = min(from, len(all))
	n := len(all) - from
	if size != nil {
		if *size < 5 || *size > 1000 {
			return nil, nil, awssim.Errorf("InvalidParameterValue", "Value ( %d ) for parameter maxResults is invalid. Expecting a value between 5 and 1000.", *size)
		}
		n = min(n, int(*size))
	}
	page := all[from : from+n]
	if from+n == len(all) {
		return page, nil, nil
	}
	next := base64.StdEncoding.EncodeToString([]byte(strconv.Itoa(from + n)))
	return page, &next, nil
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
