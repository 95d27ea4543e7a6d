package config

import (
	"fmt"
	"math"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hawser/hawser/internal/fault"
)

// Audit is the audit block.
type Audit struct {
	// File is the log's path; by default audit.jsonl in the state directory.
	File string `yaml:"file,omitempty" example:"/var/log/hawser/audit.jsonl"`
	// MaxSize and MaxAge are the size, such as 64MiB, and the age, such as 30d,
	// at which a new file begins. The default of MaxSize is 256MiB; MaxAge has
	// none.
	MaxSize string `yaml:"max_size,omitempty" example:"256MiB"`
	MaxAge  string `yaml:"max_age,omitempty" example:"30d"`
	// Keep is how many files are kept besides the one that is written; without it
	// all are.
	Keep int `yaml:"keep,omitempty" example:"12"`
	// Witness are the places that keep the log's head.
	Witness []Witness `yaml:"witness,omitempty" example:"[{path: /mnt/other/head.jsonl}]"`
}

// Witness keeps the log's head in another place: a file, a syslog or an S3 bucket.
type Witness struct {
	// Path is a file.
	Path string `yaml:"path,omitempty" example:"/mnt/other/head.jsonl"`
	// Syslog is local, or a server as udp://HOST:PORT or tcp://HOST:PORT.
	Syslog string `yaml:"syslog,omitempty" example:"udp://logs.example.com:514"`
	// S3 is a bucket and a prefix, BUCKET/PREFIX, which Connection reaches;
	// Lock is for how long each object is locked, such as 365d.
	S3         string `yaml:"s3,omitempty" example:"bucket/prefix"`
	Connection string `yaml:"connection,omitempty" example:"prod"`
	Lock       string `yaml:"lock,omitempty" example:"365d"`
}

// defaultAuditSize is the size at which a new file of the audit log begins, in
// bytes.
const defaultAuditSize = 256 << 20

// problems lists what is wrong with the block; Field is a path within it.
func (a Audit) problems(connections []string) []*fault.Error {
	var out []*fault.Error
	if _, err := parseSize(a.MaxSize); err != nil {
		out = append(out, fault.From(err).At("max_size"))
	}
	if _, err := parseAge(a.MaxAge); err != nil {
		out = append(out, fault.From(err).At("max_age"))
	}
	if a.Keep < 0 {
		out = append(out, fault.New(fault.Invalid, "%d files can't be kept", a.Keep).At("keep").WithFix("give a number, or leave it out to keep all"))
	}
	for i, w := range a.Witness {
		for _, e := range w.problems(connections) {
			out = append(out, e.At(strings.TrimSuffix(fmt.Sprintf("witness[%d].%s", i, e.Field), ".")))
		}
	}
	return out
}

func (w Witness) problems(connections []string) []*fault.Error {
	given := 0
	for _, where := range []string{w.Path, w.Syslog, w.S3} {
		if where != "" {
			given++
		}
	}
	if given != 1 {
		return []*fault.Error{fault.New(fault.Invalid, "a witness is one place").WithFix("give one of path, syslog and s3 in each item of the list")}
	}
	var out []*fault.Error
	if _, _, err := syslogServer(w.Syslog); err != nil {
		out = append(out, fault.From(err).At("syslog"))
	}
	if bucket, _ := w.Bucket(); w.S3 != "" && bucket == "" {
		out = append(out, fault.New(fault.Invalid, "%q names no bucket", w.S3).At("s3").WithFix("write it like BUCKET/PREFIX"))
	}
	if w.S3 == "" && (w.Connection != "" || w.Lock != "") {
		out = append(out, fault.New(fault.Invalid, "connection and lock are for s3").At("s3").WithFix("leave them out, or name the bucket"))
	}
	if w.Connection != "" && !slices.Contains(connections, w.Connection) {
		out = append(out, unknownName(w.Connection, connections).At("connection"))
	}
	if _, err := parseAge(w.Lock); err != nil {
		out = append(out, fault.From(err).At("lock"))
	}
	return out
}

// MaxBytes is when a new file begins, in bytes.
func (a Audit) MaxBytes() (int64, error) {
	size, err := parseSize(a.MaxSize)
	if size == 0 {
		size = defaultAuditSize
	}
	return size, err
}

// MaxTime is when a new file begins, in time; 0 means never.
func (a Audit) MaxTime() (time.Duration, error) { return parseAge(a.MaxAge) }

// SyslogServer returns the syslog's network and address; empty for the local one.
func (w Witness) SyslogServer() (network, address string, err error) { return syslogServer(w.Syslog) }

// Bucket splits S3 into the bucket and the prefix of its keys.
func (w Witness) Bucket() (bucket, prefix string) {
	bucket, prefix, _ = strings.Cut(w.S3, "/")
	return bucket, prefix
}

// LockTime is for how long each object is locked; 0 means not at all.
func (w Witness) LockTime() (time.Duration, error) { return parseAge(w.Lock) }

// sizes is a number of bytes with a unit.
var sizes = regexp.MustCompile(`^(\d{1,12})\s*(|B|KB|KiB|MB|MiB|GB|GiB)$`)

// parseSize reads a size in bytes; the empty text is 0.
func parseSize(text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	found := sizes.FindStringSubmatch(text)
	if found == nil {
		return 0, fault.New(fault.Invalid, "%q is not a size", text).WithFix("write it like 500MB or 64MiB")
	}
	n, err := strconv.ParseInt(found[1], 10, 64)
	unit := map[string]int64{"": 1, "B": 1, "KB": 1e3, "KiB": 1 << 10, "MB": 1e6, "MiB": 1 << 20, "GB": 1e9, "GiB": 1 << 30}[found[2]]
	if err != nil || n == 0 || n > math.MaxInt64/unit {
		return 0, fault.New(fault.Invalid, "%q is not a size for a file", text).WithFix("write it like 500MB or 64MiB")
	}
	return n * unit, nil
}

// parseAge reads a time such as 12h or 30d; the empty text is 0.
func parseAge(text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	start := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	end, err := Expiry(text, start)
	if err != nil || !end.After(start) {
		return 0, fault.New(fault.Invalid, "%q is not a duration", text).WithFix("write it like 12h, 30d or 8w")
	}
	return end.Sub(start), nil
}

// syslogServer splits a syslog's address; it returns empty texts for local.
func syslogServer(text string) (network, address string, err error) {
	if text == "" || text == "local" {
		return "", "", nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "udp" && u.Scheme != "tcp" || u.Port() == "" || u.Path != "" {
		return "", "", fault.New(fault.Invalid, "%q is not a syslog", text).WithFix("write local, or udp://HOST:514")
	}
	return u.Scheme, u.Host, nil
}

// Path is where the audit log is kept.
func (a Audit) Path() (string, error) {
	if a.File != "" {
		return a.File, nil
	}
	dir, err := StateDir()
	return filepath.Join(dir, "audit.jsonl"), err
}
