package main

import (
	"path/filepath"
	"strings"

	"github.com/hawser/hawser/internal/audit"
	"github.com/hawser/hawser/internal/config"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/toolbox/s3"
)

// auditKey is the key of the log's digests. It lies in the state directory, also
// where the log lies elsewhere.
func (h *house) auditKey() (audit.Key, error) {
	dir, err := config.StateDir()
	if err != nil {
		return nil, err
	}
	return audit.OpenKey(filepath.Join(dir, "audit.key"))
}

// openLog opens the audit log, at the configured path or where the user's
// programs keep their state.
func (h *house) openLog() (*audit.File, error) {
	c, err := h.config()
	if err != nil {
		return nil, err
	}
	path, err := c.Audit.Path()
	if err != nil {
		return nil, err
	}
	options, err := h.auditOptions(c.Audit)
	if err != nil {
		return nil, err
	}
	log, err := audit.OpenWith(path, options)
	h.openedLog = log
	return log, err
}

func (h *house) auditOptions(a config.Audit) (audit.Options, error) {
	size, err := a.MaxBytes()
	if err != nil {
		return audit.Options{}, err
	}
	age, err := a.MaxTime()
	if err != nil {
		return audit.Options{}, err
	}
	key, err := h.auditKey()
	if err != nil {
		return audit.Options{}, err
	}
	dir, err := config.StateDir()
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

// witness opens a witness of the configuration.
func (h *house) witness(w config.Witness) (audit.Witness, error) {
	switch {
	case w.Path != "":
		return audit.NewFileWitness(w.Path), nil
	case w.Syslog != "":
		network, address, err := w.SyslogServer()
		if err != nil {
			return nil, err
		}
		return audit.NewSyslogWitness(network, address)
	}
	lock, err := w.LockTime()
	if err != nil {
		return nil, err
	}
	bucket, prefix, _ := strings.Cut(w.S3, "/")
	return &s3.BucketWitness{Pool: h.pool, Connection: w.Connection, Bucket: bucket, Prefix: prefix, Lock: lock}, nil
}
