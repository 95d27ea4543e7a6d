package awssim

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// reservedPrefix begins the keys of tags that only AWS gives.
//
// https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html#tag-conventions
const reservedPrefix = "aws:"

// ReservedTag reports whether only AWS gives tags with a key.
func ReservedTag(key string) bool { return hasFoldedPrefix(key, reservedPrefix) }

func hasFoldedPrefix(text, prefix string) bool {
	return len(text) >= len(prefix) && strings.EqualFold(text[:len(prefix)], prefix)
}

// refuseReservedTags refuses an input that gives tags with keys that the service does not
// let its callers use.
func (c *Call) refuseReservedTags(in any) error {
	if c.Service.ReservedTag == nil {
		return nil
	}
	for key := range givenTags(in) {
		if ReservedTag(key) || slices.ContainsFunc(c.Service.ReservedPrefixes, func(prefix string) bool { return hasFoldedPrefix(key, prefix) }) {
			return c.Service.ReservedTag(key)
		}
	}
	return nil
}

// takesTags reports whether an input may give tags.
func takesTags(in any) bool {
	t := reflect.TypeOf(in).Elem()
	if t.Kind() != reflect.Struct {
		return false
	}
	if _, ok := t.FieldByName("TagSpecifications"); ok {
		return true
	}
	tags, ok := t.FieldByName("Tags")
	return ok && (tags.Type.Kind() == reflect.Map || tags.Type.Kind() == reflect.Slice && tags.Type.Elem().Kind() == reflect.Struct)
}

// checkReservedTags returns an error if the service has operations that give tags, and no
// answer to reserved ones.
func (s *Service) checkReservedTags() error {
	for name, h := range s.Handlers {
		if s.ReservedTag == nil && takesTags(h.input()) {
			return fmt.Errorf("awssim: %s of %s gives tags, and its service has no ReservedTag", name, s.Model)
		}
	}
	return nil
}
