//go:build !unix

package audit

import (
	"context"

	"github.com/hawser/hawser/internal/fault"
)

// SyslogWitness is for systems that have a syslog.
type SyslogWitness struct{}

// NewSyslogWitness refuses: there is no syslog on this system.
func NewSyslogWitness(string, string) (*SyslogWitness, error) {
	return nil, fault.New(fault.Invalid, "there is no syslog on this system").At("audit.witness").WithFix("name a path or an S3 bucket")
}

// Name is syslog.
func (*SyslogWitness) Name() string { return "syslog" }

// Keep does nothing here, as none is ever made.
func (*SyslogWitness) Keep(context.Context, Head) error { return nil }
