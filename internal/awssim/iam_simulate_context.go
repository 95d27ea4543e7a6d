package awssim

import (
	"encoding/base64"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/hawser/hawser/internal/access/reference"
	"github.com/hawser/hawser/internal/policy"
)

// contextOf reads the context keys of an input, whose values must be of their type.
//
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ContextEntry.html
func contextOf(entries []types.ContextEntry) (reference.Context, error) {
	ctx := reference.Context{}
	for _, e := range entries {
		name, kind := aws.ToString(e.ContextKeyName), string(e.ContextKeyType)
		base, list := strings.CutSuffix(kind, "List")
		if !list && len(e.ContextKeyValues) > 1 {
			return nil, unfit("Context key %s is of type %s, and has %d values.", name, kind, len(e.ContextKeyValues))
		}
		for _, value := range e.ContextKeyValues {
			if !ofType(base, value) {
				return nil, unfit("Value %s of context key %s is not of type %s.", value, name, kind)
			}
		}
		ctx[strings.ToLower(name)] = e.ContextKeyValues
	}
	return ctx, nil
}

// ofType reports whether a value is of a type of context keys.
func ofType(kind, value string) (ok bool) {
	var err error
	switch kind {
	case "numeric":
		_, err = strconv.ParseFloat(value, 64)
	case "boolean":
		return strings.EqualFold(value, "true") || strings.EqualFold(value, "false")
	case "binary":
		_, err = base64.StdEncoding.DecodeString(value)
	case "ip":
		if _, err = netip.ParseAddr(value); err != nil {
			_, err = netip.ParsePrefix(value)
		}
	case "date":
		if _, err = strconv.ParseInt(value, 10, 64); err != nil {
			_, err = time.Parse(time.RFC3339, value)
		}
	}
	return err == nil
}

// contextKeysIn returns the context keys that policies refer to, in the order in which
// they first occur: as variables of resources, and in conditions.
func contextKeysIn(all []simulated) []string {
	keys := []string{}
	add := func(key string) {
		if !slices.ContainsFunc(keys, func(k string) bool { return strings.EqualFold(k, key) }) {
			keys = append(keys, key)
		}
	}
	for _, s := range all {
		for _, st := range s.document.Statements {
			for _, key := range keysOf(s.document, st) {
				add(key)
			}
		}
	}
	return keys
}

// keysOf returns the context keys of one statement.
func keysOf(doc *policy.Document, st *policy.Statement) []string {
	var keys []string
	variables := func(texts []string) {
		for _, text := range texts {
			if doc.HasVariables() {
				keys = append(keys, variablesIn(text)...)
			}
		}
	}
	variables(st.Resource)
	variables(st.NotResource)
	for _, cond := range st.Conditions {
		keys = append(keys, cond.Key)
		variables(cond.Values)
	}
	return keys
}

// variablesIn returns the context keys that stand as ${key} in a text, or as
// ${key, 'default'}. ${*}, ${?} and ${$} are characters.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
func variablesIn(text string) []string {
	var keys []string
	for {
		_, rest, found := strings.Cut(text, "${")
		name, after, closed := strings.Cut(rest, "}")
		if !found || !closed {
			return keys
		}
		key, _, _ := strings.Cut(name, ",")
		if key = strings.TrimSpace(key); strings.Contains(key, ":") {
			keys = append(keys, key)
		}
		text = after
	}
}
