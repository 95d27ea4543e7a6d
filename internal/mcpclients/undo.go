package mcpclients

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"github.com/hawser/hawser/internal/files"
)

// Without is a client's configuration at path without hawser's entry, and
// without what install made around it: a table of servers that was not there
// before. It is empty where nothing else is left of a file that install made.
func (c Client) Without(path string, text []byte) ([]byte, error) {
	after, err := c.unset(text)
	if err != nil || bytes.Equal(after, text) {
		return after, err
	}
	backup := behind(path) + backupEnding
	first, err := files.ReadRegular(backup, mostText)
	made := errors.Is(err, fs.ErrNotExist)
	if err != nil && !made {
		return nil, unread(backup, err)
	}
	if !c.toml {
		if after, err = c.withoutTable(after, first); err != nil {
			return nil, err
		}
	}
	if left := bytes.TrimSpace(after); made && (len(left) == 0 || string(left) == "{}") {
		return nil, nil
	}
	return after, nil
}

// withoutTable takes an empty table of servers out, where the configuration that
// was there first had none.
func (c Client) withoutTable(text, first []byte) ([]byte, error) {
	before, err := c.members(first)
	if err != nil {
		return text, nil // nothing tells what was there first
	}
	now, err := c.members(text)
	if err != nil {
		return nil, err
	}
	var servers map[string]json.RawMessage
	if _, had := before[c.table]; had || json.Unmarshal(now[c.table], &servers) != nil || len(servers) > 0 {
		return text, nil
	}
	value, err := patchJSON(text, fmt.Sprintf(`[{"op": "remove", "path": "/%s"}]`, c.table))
	if err != nil {
		return nil, err
	}
	if len(now) == 1 && !bytes.ContainsAny(text, "/#") { // no comments
		value.Minimize()
	}
	return value.Pack(), nil
}
