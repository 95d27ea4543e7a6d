package render

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/hawser/hawser/internal/fault"
)

// The zones in which times are shown to people.
const (
	zoneUTC   = "utc"
	zoneLocal = "local"
)

// Zones are the zones in which times can be shown to people.
func Zones() []string { return []string{zoneUTC, zoneLocal} }

// CheckZone returns a fault of kind Invalid if there is no such zone. The example is one
// where the zone was named, such as "--time local".
func CheckZone(zone, example string) error {
	if slices.Contains(Zones(), zone) {
		return nil
	}
	return fault.New(fault.Invalid, "%q is not a zone of times", zone).At("time").
		WithFix("write %s; the zones are %s", example, strings.Join(Zones(), " and "))
}

// zoned returns a time for people, with its zone: Z for UTC, else the hours from UTC.
func (p *Printer) zoned(t time.Time) string { return p.zonedAs(t, time.DateTime) }

func (p *Printer) zonedAs(t time.Time, layout string) string {
	if !p.local {
		return t.UTC().Format(layout + "Z07")
	}
	t = t.Local()
	if _, offset := t.Zone(); offset%3600 != 0 {
		return t.Format(layout + "Z07:00")
	}
	return t.Format(layout + "Z07")
}

// exact returns a time for programs.
func exact(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

// localTimes returns a decoded JSON value with its times in the local zone; t is the type
// that the value was made of. Texts that only look like times stay.
func localTimes(v any, t reflect.Type) any {
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch v := v.(type) {
	case string:
		at, err := time.Parse(time.RFC3339Nano, v)
		if t != reflect.TypeFor[time.Time]() || err != nil {
			return v
		}
		return at.Local().Format(time.RFC3339)
	case []any:
		if t == nil || t.Kind() != reflect.Slice {
			return v
		}
		for i := range v {
			v[i] = localTimes(v[i], t.Elem())
		}
	case map[string]any:
		for name, member := range v {
			if of := memberType(t, name); of != nil {
				v[name] = localTimes(member, of)
			}
		}
	}
	return v
}

// memberType returns the type of a member of a JSON object; nil if it is not known.
func memberType(t reflect.Type, name string) reflect.Type {
	switch {
	case t == nil:
		return nil
	case t.Kind() == reflect.Map:
		return t.Elem()
	case t.Kind() != reflect.Struct:
		return nil
	}
	for _, f := range reflect.VisibleFields(t) {
		if own, _, _ := strings.Cut(f.Tag.Get("json"), ","); own == name {
			return f.Type
		}
	}
	return nil
}
