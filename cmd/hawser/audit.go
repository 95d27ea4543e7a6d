package main

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

	"github.com/hawser/hawser/internal/audit"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/toolbox/s3"
)

// AuditConfig is the audit block.
type AuditConfig struct {
	// File is the log's path; by default audit.jsonl in the state directory.
	File string `yaml:"file,omitempty"`
	// MaxSize and MaxAge are when a new file begins: a size such as 64MiB, and
	// a time such as 30d. The size's default is 256MiB; there is none for the age.
	MaxSize string `yaml:"max_size,omitempty"`
	MaxAge  string `yaml:"max_age,omitempty"`
	// Keep is how many files are kept besides the one that is written; 0 is all.
	Keep int `yaml:"keep,omitempty"`
	// Witness are second places that keep the log's head.
	Witness []WitnessConfig `yaml:"witness,omitempty"`
}

// WitnessConfig is one second place: a file, a syslog or an S3 bucket.
type WitnessConfig struct {
	// Path is a file.
	Path string `yaml:"path,omitempty"`
	// Syslog is local, or a server as udp://HOST:PORT or tcp://HOST:PORT.
	Syslog string `yaml:"syslog,omitempty"`
	// S3 is a bucket and a prefix, BUCKET/PREFIX, which Connection reaches;
	// Lock is for how long each object is locked, such as 365d.
	S3         string `yaml:"s3,omitempty"`
	Connection string `yaml:"connection,omitempty"`
	Lock       string `yaml:"lock,omitempty"`
}

// defaultAuditSize is when a new file of the audit log begins, in bytes.
const defaultAuditSize = 256 << 20

// problems lists what is wrong with the block; Field is a path within it.
func (a AuditConfig) problems(connections []string) []*fault.Error {
	var out []*fault.Error
	if _, err := parseSize(a.MaxSize); err != nil {
		out = append(out, fault.From(err).At("max_size"))
	}
	if _, err := parseAge(a.MaxAge); err != nil {
		out = append(out, fault.From(err).At("max_age"))
	}
	if a.Keep < 0 {
		out = append(out, fault.New(fault.Invalid, "%d files can't be kept", a.Keep).At("keep").WithFix("give a number, or leave it away to keep all"))
	}
	for i, w := range a.Witness {
		for _, e := range w.problems(connections) {
			out = append(out, e.At(strings.TrimSuffix(fmt.Sprintf("witness[%d].%s", i, e.Field), ".")))
		}
	}
	return out
}

func (w WitnessConfig) problems(connections []string) []*fault.Error {
	places := 0
	for _, place := range []string{w.Path, w.Syslog, w.S3} {
		if place != "" {
			places++
		}
	}
	if places != 1 {
		return []*fault.Error{fault.New(fault.Invalid, "a witness is one place").WithFix("give one of path, syslog and s3 in each item of the list")}
	}
	var out []*fault.Error
	if _, _, err := syslogServer(w.Syslog); err != nil {
		out = append(out, fault.From(err).At("syslog"))
	}
	if w.S3 == "" && (w.Connection != "" || w.Lock != "") {
		out = append(out, fault.New(fault.Invalid, "connection and lock are for s3").At("s3").WithFix("leave them away, or name the bucket"))
	}
	if w.Connection != "" && !slices.Contains(connections, w.Connection) {
		out = append(out, unknownName(w.Connection, connections).At("connection"))
	}
	if _, err := parseAge(w.Lock); err != nil {
		out = append(out, fault.From(err).At("lock"))
	}
	return out
}

// sizes is a number of bytes with a unit.
var sizes = regexp.MustCompile(`^(\d{1,12})\s*(|B|KB|KiB|MB|MiB|GB|GiB)$`)

// parseSize reads a size in bytes; the empty text is 0.
func parseSize(text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	found := sizes.FindStringSubmatch(text)
	if found == nil {
		return 0, fault.New(fault.Invalid, "%q is no size", text).WithFix("write it like 500MB or 64MiB")
	}
	n, err := strconv.ParseInt(found[1], 10, 64)
	unit := map[string]int64{"": 1, "B": 1, "KB": 1e3, "KiB": 1 << 10, "MB": 1e6, "MiB": 1 << 20, "GB": 1e9, "GiB": 1 << 30}[found[2]]
	if err != nil || n == 0 || n > math.MaxInt64/unit {
		return 0, fault.New(fault.Invalid, "%q is no size for a file", text).WithFix("write it like 500MB or 64MiB")
	}
	return n * unit, nil
}

// parseAge reads a time such as 12h or 30d; the empty text is 0.
func parseAge(text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	start := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	end, err := expiry(text, start)
	if err != nil || !end.After(start) {
		return 0, fault.New(fault.Invalid, "%q is no duration", text).WithFix("write it like 12h, 30d or 8w")
	}
	return end.Sub(start), nil
}

// syslogServer takes a syslog's address apart; local is nothing.
func syslogServer(text string) (network, address string, err error) {
	if text == "" || text == "local" {
		return "", "", nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "udp" && u.Scheme != "tcp" || u.Port() == "" || u.Path != "" {
		return "", "", fault.New(fault.Invalid, "%q is no syslog", text).WithFix("write local, or udp://HOST:514")
	}
	return u.Scheme, u.Host, nil
}

// auditPath is where the audit log is kept.
func (a AuditConfig) path() (string, error) {
	if a.File != "" {
		return a.File, nil
	}
	dir, err := stateDir()
	return filepath.Join(dir, "audit.jsonl"), err
}

// auditKey is the key of the log's digests. It lies in the state directory, also
// where the log lies elsewhere.
func (h *house) auditKey() (audit.Key, error) {
	dir, err := stateDir()
	if err != nil {
		return nil, err
	}
	return audit.OpenKey(filepath.Join(dir, "audit.key"))
}

// openLog opens the audit log, at the configured path or where the user's
// programs keep their state.
func (h *house) openLog() (*audit.File, error) {
	config, err := h.config()
	if err != nil {
		return nil, err
	}
	path, err := config.Audit.path()
	if err != nil {
		return nil, err
	}
	options, err := h.auditOptions(config.Audit)
	if err != nil {
		return nil, err
	}
	log, err := audit.OpenWith(path, options)
	h.openedLog = log
	return log, err
}

func (h *house) auditOptions(a AuditConfig) (audit.Options, error) {
	size, err := parseSize(a.MaxSize)
	if err != nil {
		return audit.Options{}, err
	}
	if size == 0 {
		size = defaultAuditSize
	}
	age, err := parseAge(a.MaxAge)
	if err != nil {
		return audit.Options{}, err
	}
	key, err := h.auditKey()
	if err != nil {
		return audit.Options{}, err
	}
	dir, err := stateDir()
	if err != nil {
		return audit.Options{}, err
	}
	o := audit.Options{Given: filepath.Join(dir, "audit.witnessed"), Key: key, MaxSize: size, MaxAge: age, Keep: a.Keep, Tell: func(err error) { h.logger.Error(fault.From(err).Error()) }}
	for _, w := range a.Witness {
		witness, err := h.witness(w)
		if err != nil {
			return o, err
		}
		o.Witnesses = append(o.Witnesses, witness)
	}
	return o, nil
}

// witness makes the second place that the configuration names.
func (h *house) witness(w WitnessConfig) (audit.Witness, error) {
	switch {
	case w.Path != "":
		return audit.NewFileWitness(w.Path), nil
	case w.Syslog != "":
		network, address, err := syslogServer(w.Syslog)
		if err != nil {
			return nil, err
		}
		return audit.NewSyslogWitness(network, address)
	}
	lock, err := parseAge(w.Lock)
	if err != nil {
		return nil, err
	}
	bucket, prefix, _ := strings.Cut(w.S3, "/")
	return &s3.BucketWitness{Pool: h.pool, Connection: w.Connection, Bucket: bucket, Prefix: prefix, Lock: lock}, nil
}
