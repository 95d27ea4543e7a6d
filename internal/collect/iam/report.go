package iam

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
)

// reportKey is an access key as the credential report tells of it.
type reportKey struct {
	user    string // ARN
	slot    int
	active  bool
	created time.Time
	used    *snapshot.LastUsed
}

// report is a credential report, read.
type report struct {
	made time.Time
	keys []reportKey
	b    snapshot.Batch
	born map[string]time.Time // when the user of a row was created, by ARN
	late []string             // ARNs of users whom it does not know
}

// reportTries and reportPause bound the wait for a report to be made.
const (
	reportTries = 20
	reportPause = 500 * time.Millisecond
)

// credentialReport reads the credential report. It first asks AWS to make one. If
// AWS refuses that, somebody else may have had one made in the last hours.
func credentialReport(ctx collect.Context) (*report, error) {
	refused := makeReport(ctx)
	if refused != nil && !collect.AnotherMayRead(refused) {
		return nil, refused
	}
	out, err := client(ctx).GetCredentialReport(ctx, &iam.GetCredentialReportInput{})
	var early *types.CredentialReportNotReadyException
	var absent *types.CredentialReportNotPresentException
	switch {
	case err != nil && refused != nil:
		return nil, refused
	case errors.As(err, &early) || errors.As(err, &absent):
		return nil, fault.Wrap(err, fault.Timeout, "the credential report is not ready").
			WithCause("AWS was asked %d times", reportTries).WithFix("sync again later; AWS makes a report in a minute or so")
	case err != nil:
		return nil, err
	}
	r, err := parseReport(ctx.Account, out.Content)
	if err != nil {
		return nil, err
	}
	r.made = collect.UTC(out.GeneratedTime)
	return r, nil
}

// makeReport asks for a report, and waits for it as long as it can.
func makeReport(ctx collect.Context) error {
	for range reportTries {
		made, err := client(ctx).GenerateCredentialReport(ctx, &iam.GenerateCredentialReportInput{})
		if err != nil || made.State == types.ReportStateTypeComplete {
			return err
		}
		if err := ctx.Sleep(reportPause); err != nil {
			return err
		}
	}
	return nil
}

// rootRow is the report's name for the account's root user.
const rootRow = "<root_account>"

// parseReport reads a report's CSV. The error is Internal for one that lacks
// columns or has no rows, or has rows that can't be read.
func parseReport(account string, content []byte) (*report, error) {
	rows := csv.NewReader(bytes.NewReader(content))
	rows.ReuseRecord = true
	head, err := rows.Read()
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "the credential report is not a table")
	}
	columns := map[string]int{}
	for i, name := range head {
		columns[name] = i
	}
	for _, need := range []string{"user", "arn", "mfa_active", "access_key_1_active", "access_key_1_last_rotated"} {
		if _, ok := columns[need]; !ok {
			return nil, fault.New(fault.Internal, "the credential report has no column %s", need)
		}
	}
	r, empty := &report{born: map[string]time.Time{}}, true
	for {
		record, err := rows.Read()
		if errors.Is(err, io.EOF) {
			if empty {
				return nil, fault.New(fault.Internal, "the credential report has no rows, and every account has a root user")
			}
			return r, nil
		}
		if err != nil {
			return nil, fault.Wrap(err, fault.Internal, "the credential report ends early")
		}
		r.row(account, reportRow{columns, record})
		empty = false
	}
}

// reportRow is one line of a report.
type reportRow struct {
	columns map[string]int
	record  []string
}

// text returns a field; empty for what the report says is not there or not known.
func (r reportRow) text(column string) string {
	switch v := r.raw(column); v {
	case "N/A", "no_information", "not_supported":
		return ""
	default:
		return v
	}
}

// raw returns a field as it is; empty if there is none.
func (r reportRow) raw(column string) string {
	i, ok := r.columns[column]
	if !ok || i >= len(r.record) {
		return ""
	}
	return r.record[i]
}

func (r reportRow) is(column string) bool { return strings.EqualFold(r.text(column), "true") }

func (r reportRow) time(column string) time.Time {
	t, err := time.Parse(time.RFC3339, r.text(column))
	if err != nil {
		return time.Time{}
	}
	return collect.UTC(&t)
}

func (r *report) row(account string, row reportRow) {
	// Strings of one record share its memory, which the next one overwrites.
	arn := strings.Clone(row.text("arn"))
	if arn == "" {
		return
	}
	r.born[arn] = row.time("user_creation_time")
	body := snapshot.CredentialBody{
		Password: row.is("password_enabled"), PasswordUsed: row.time("password_last_used"), PasswordChanged: row.time("password_last_changed"),
		MFA: row.is("mfa_active"),
	}
	for _, column := range []string{"cert_1_active", "cert_2_active"} {
		if row.is(column) {
			body.Certificates++
		}
	}
	owner := ownerOf(arn)
	if row.text("user") == rootRow {
		// A report that does not tell was made before root passwords could be removed.
		body.Password = body.Password || row.raw("password_enabled") == "not_supported"
		r.b.Add(owner, account, "root", body)
	} else {
		r.b.Tell(owner, account, body)
	}
	r.rowKeys(arn, row)
}

// rowKeys adds the keys of a row.
func (r *report) rowKeys(arn string, row reportRow) {
	for slot, prefix := range []string{1: "access_key_1_", 2: "access_key_2_"} {
		if slot == 0 {
			continue
		}
		key := reportKey{user: arn, slot: slot, active: row.is(prefix + "active"), created: row.time(prefix + "last_rotated")}
		if !key.active && key.created.IsZero() {
			continue // there is none
		}
		if at := row.time(prefix + "last_used_date"); !at.IsZero() {
			key.used = &snapshot.LastUsed{
				At: at, Region: strings.Clone(row.text(prefix + "last_used_region")), Service: strings.Clone(row.text(prefix + "last_used_service")),
			}
		}
		r.keys = append(r.keys, key)
	}
}
