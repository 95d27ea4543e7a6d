package app

import (
	"path/filepath"

	"github.com/hawser/hawser/internal/audit"
	"github.com/hawser/hawser/internal/config"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/toolbox/s3"
)

// auditKey is the key of the log's digests. It is in the state directory, even if
// the log is elsewhere.
func (a *App) auditKey() (audit.Key, error) {
	dir, err := config.StateDir()
	if err != nil {
		return nil, err
	}
	return audit.OpenKey(filepath.Join(dir, "audit.key"))
}

// openLog opens the audit log, at the configured path or in the user's state
// directory.
func (a *App) openLog() (*audit.File, error) {
	c, err := a.config()
	if err != nil {
		return nil, err
	}
	path, err := c.Audit.Path()
	if err != nil {
		return nil, err
	}
	options, err := a.auditOptions(c.Audit)
	if err != nil {
		return nil, err
	}
	log, err := audit.OpenWith(path, options)
	if err != nil {
		return nil, err
	}
	a.uses.add(log)
	return log, nil
}

func (a *App) auditOptions(c config.Audit) (audit.Options, error) {
	size, err := c.MaxBytes()
	if err != nil {
		return audit.Options{}, err
	}
	age, err := c.MaxTime()
	if err != nil {
		return audit.Options{}, err
	}
	key, err := a.auditKey()
	if err != nil {
		return audit.Options{}, err
	}
	dir, err := config.StateDir()
	if err != nil {
		return audit.Options{}, err
	}
	o := audit.Options{Given: filepath.Join(dir, "audit.witnessed"), Key: key, MaxSize: size, MaxAge: age, Keep: c.Keep, Tell: func(err error) { a.logger.Error(fault.From(err).Error()) }}
	for _, w := range c.Witness {
		witness, err := a.witness(w)
		if err != nil {
			return o, err
		}
		o.Witnesses = append(o.Witnesses, witness)
	}
	return o, nil
}

// witness opens a configured witness.
func (a *App) witness(w config.Witness) (audit.Witness, error) {
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
	bucket, prefix := w.Bucket()
	return &s3.BucketWitness{Pool: a.pool, Connection: w.Connection, Bucket: bucket, Prefix: prefix, Lock: lock}, nil
}
