package config

import (
	"net/url"
	"strings"
)

// Setting is one value of a configuration, as it is shown: secrets are hidden, and
// control characters and invisible characters are escaped.
type Setting struct {
	Key   string `json:"key" column:"SETTING"` // its path in the file, such as connections.prod.region
	Value string `json:"value" column:"VALUE"`
	From  string `json:"from" column:"FROM"` // the file
}

// Settings lists what the files set that count, in the order of Config's fields.
func (c *Config) Settings() []Setting {
	var out []Setting
	for _, s := range settingsOf(c) {
		out = append(out, Setting{Key: s.path, Value: withoutPassword(s.value), From: c.fileOf(s.path)})
	}
	return out
}

// fileOf returns the file that a setting comes from. Without a file the configuration
// has defaults alone.
func (c *Config) fileOf(path string) string {
	if c.project != nil {
		for _, s := range settingsOf(c.project) {
			if s.path == path && (strings.HasPrefix(path, "connections.") || strings.HasPrefix(path, "agents.")) {
				return c.project.path
			}
		}
		if path == "default_connection" && c.DefaultConnection == c.project.DefaultConnection ||
			path == "output" && c.outputOfProject {
			return c.project.path
		}
	}
	if c.path == "" || c.usualConfirm && strings.HasPrefix(path, "guard.confirm") {
		return "default"
	}
	return c.path
}

// withoutPassword hides the password of a URL, such as that of a database.
func withoutPassword(value string) string {
	u, err := url.Parse(value)
	if err != nil || u.User == nil {
		return value
	}
	return u.Redacted()
}
