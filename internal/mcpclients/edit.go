package mcpclients

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/tailscale/hujson"

	"github.com/hawser/hawser/internal/fault"
)

// This file edits clients' configurations and leaves everything in them as it
// is but the one entry: comments, order and blanks too.

// serverName is hawser's entry among a client's servers.
const serverName = "hawser"

// With gives the configuration with hawser's entry put in.
func (c Client) With(text []byte, e Entry) (with []byte, err error) {
	defer fault.FromPanic(&err, "the configuration of the client can't be read")
	if c.toml {
		return setTOML(text, c.table, e)
	}
	if len(bytes.TrimSpace(text)) == 0 {
		out, err := json.MarshalIndent(map[string]any{c.table: map[string]any{serverName: e}}, "", "  ")
		return append(out, '\n'), err
	}
	return c.setJSON(text, e)
}

// setJSON puts the entry in on lines of its own.
func (c Client) setJSON(text []byte, e Entry) ([]byte, error) {
	raw, err := json.MarshalIndent(e, "    ", "  ")
	if err != nil {
		return nil, err
	}
	found, err := c.members(text)
	if err != nil {
		return nil, err
	}
	patch := fmt.Sprintf(`{"op": "add", "path": "/%s/%s", "value": %s}`, c.table, serverName, raw)
	if _, ok := found[c.table]; !ok {
		patch = fmt.Sprintf(`{"op": "add", "path": "/%s", "value": {}}, %s`, c.table, patch)
	}
	value, err := patchJSON(text, "["+patch+"]")
	if err != nil {
		return nil, err
	}
	if servers, ok := value.Find("/" + c.table).Value.(*hujson.Object); ok {
		last := &servers.Members[len(servers.Members)-1]
		if name, ok := last.Name.Value.(hujson.Literal); ok && name.String() == serverName {
			last.Name.BeforeExtra, last.Value.BeforeExtra = hujson.Extra("\n    "), hujson.Extra(" ")
			servers.AfterExtra = hujson.Extra("\n  ")
		}
	}
	return value.Pack(), nil
}

// unset gives the configuration without hawser's entry.
func (c Client) unset(text []byte) (without []byte, err error) {
	defer fault.FromPanic(&err, "the configuration of the client can't be read")
	if c.toml {
		return cutTOML(text, c.table)
	}
	if had, err := c.has(text); !had || err != nil {
		return text, err
	}
	value, err := patchJSON(text, fmt.Sprintf(`[{"op": "remove", "path": "/%s/%s"}]`, c.table, serverName))
	if err != nil {
		return nil, err
	}
	return value.Pack(), nil
}

// has reports whether hawser's entry is in a JSON configuration.
func (c Client) has(text []byte) (bool, error) {
	all, err := c.members(text)
	if err != nil {
		return false, err
	}
	var servers map[string]json.RawMessage
	if raw, ok := all[c.table]; ok {
		if err := json.Unmarshal(raw, &servers); err != nil {
			return false, fault.Wrap(err, fault.Invalid, "%s is not an object", c.table).WithFix("correct the file by hand")
		}
	}
	_, ok := servers[serverName]
	return ok, nil
}

// members are the members of a JSON object that may hold comments.
func (c Client) members(text []byte) (map[string]json.RawMessage, error) {
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, nil
	}
	plain, err := hujson.Standardize(bytes.Clone(text))
	if err != nil {
		return nil, notJSON(err)
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(plain, &all); err != nil {
		return nil, notJSON(err)
	}
	return all, nil
}

// patchJSON applies a JSON Patch (RFC 6902).
func patchJSON(text []byte, patch string) (*hujson.Value, error) {
	value, err := hujson.Parse(text)
	if err != nil {
		return nil, notJSON(err)
	}
	if err := value.Patch([]byte(patch)); err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "the entry can't be added").WithCause("%v", err).WithFix("correct the file by hand")
	}
	return &value, nil
}

func notJSON(err error) error {
	return fault.Wrap(err, fault.Invalid, "the client's configuration is not JSON").WithCause("%v", err).WithFix("correct it by hand; nothing was changed")
}

func notTOML(err error) error {
	return fault.Wrap(err, fault.Invalid, "the client's configuration is not TOML").WithCause("%v", err).WithFix("correct it by hand; nothing was changed")
}

// setTOML puts the entry's table at the end, in the place of an older one.
func setTOML(text []byte, table string, e Entry) ([]byte, error) {
	text, err := cutTOML(text, table)
	if err != nil {
		return nil, err
	}
	body, err := toml.Marshal(e)
	if err != nil {
		return nil, err
	}
	if len(text) > 0 {
		text = append(bytes.TrimRight(text, "\n"), "\n\n"...)
	}
	out := fmt.Appendf(text, "[%s.%s]\n%s", table, serverName, body)
	var check map[string]any
	if err := toml.Unmarshal(out, &check); err != nil {
		return nil, notTOML(err)
	}
	return out, nil
}

// header is a line that begins a table.
var header = regexp.MustCompile(`^\s*\[\[?([^\]]+)\]`)

// ours reports whether a header is hawser's table or one within it.
func ours(line, table string) bool {
	found := header.FindStringSubmatch(line)
	if found == nil {
		return false
	}
	name := strings.NewReplacer(" ", "", `"`, "", "'", "").Replace(found[1])
	return name == table+"."+serverName || strings.HasPrefix(name, table+"."+serverName+".")
}

// cutTOML takes hawser's tables out, line by line.
func cutTOML(text []byte, table string) ([]byte, error) {
	var check map[string]any
	if err := toml.Unmarshal(text, &check); err != nil {
		return nil, notTOML(err)
	}
	var out bytes.Buffer
	within := false
	for line := range strings.Lines(string(text)) {
		if header.MatchString(line) {
			within = ours(line, table)
		}
		if !within {
			out.WriteString(line)
		}
	}
	// What looked like a header may have been a line of a text.
	if err := toml.Unmarshal(out.Bytes(), &check); err != nil {
		return nil, notTOML(err)
	}
	return out.Bytes(), nil
}
