package awssim

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// credentialReport is the report of an account that was made last.
type credentialReport struct {
	content []byte
	made    time.Time
	asked   int  // how often one was asked for that is being made
	never   bool // it never gets ready
}

// reportLife is how long a report is given before a new one is made.
const reportLife = 4 * time.Hour

// StallReports keeps the account's credential report from ever being ready: for tests
// of what waits for one.
func (a *Account) StallReports(stall bool) {
	a.world.mu.Lock()
	defer a.world.mu.Unlock()
	a.report = credentialReport{never: stall}
}

// generateCredentialReport follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GenerateCredentialReport.html
// A report is being made once before it is complete.
func generateCredentialReport(c *Call, _ *iam.GenerateCredentialReportInput) (*iam.GenerateCredentialReportOutput, error) {
	r := &c.Account.report
	if r.content != nil && c.Now().Sub(r.made) < reportLife {
		return &iam.GenerateCredentialReportOutput{State: types.ReportStateTypeComplete}, nil
	}
	r.asked++
	if r.asked == 1 {
		return &iam.GenerateCredentialReportOutput{
			State: types.ReportStateTypeStarted, Description: aws.String("No report exists. Starting a new report generation task"),
		}, nil
	}
	if r.never {
		return &iam.GenerateCredentialReportOutput{State: types.ReportStateTypeInprogress}, nil
	}
	content, err := c.Account.writeReport()
	if err != nil {
		return nil, err
	}
	*r = credentialReport{content: content, made: c.Now()}
	return &iam.GenerateCredentialReportOutput{State: types.ReportStateTypeComplete}, nil
}

// getCredentialReport follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetCredentialReport.html
func getCredentialReport(c *Call, _ *iam.GetCredentialReportInput) (*iam.GetCredentialReportOutput, error) {
	r := c.Account.report
	switch {
	case r.content == nil && r.asked == 0:
		return nil, &Error{Code: "ReportNotPresent", Message: "No report is present. Use GenerateCredentialReport to make one.", Status: http.StatusGone}
	case r.content == nil:
		return nil, &Error{Code: "ReportInProgress", Message: "The report is being made.", Status: http.StatusNotFound}
	}
	return &iam.GetCredentialReportOutput{Content: r.content, GeneratedTime: iamTime(r.made), ReportFormat: types.ReportFormatTypeTextCsv}, nil
}

// reportColumns are the report's, in their order.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html
var reportColumns = []string{
	"user", "arn", "user_creation_time", "password_enabled", "password_last_used", "password_last_changed", "password_next_rotation", "mfa_active",
	"access_key_1_active", "access_key_1_last_rotated", "access_key_1_last_used_date", "access_key_1_last_used_region", "access_key_1_last_used_service",
	"access_key_2_active", "access_key_2_last_rotated", "access_key_2_last_used_date", "access_key_2_last_used_region", "access_key_2_last_used_service",
	"cert_1_active", "cert_1_last_rotated", "cert_2_active", "cert_2_last_rotated",
}

// writeReport makes the report of all users. The World is locked.
func (a *Account) writeReport() ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	rows := [][]string{reportColumns, a.rootRow()}
	for _, u := range InOrder(a.users) {
		rows = append(rows, u.row())
	}
	if err := w.WriteAll(rows); err != nil {
		return nil, fmt.Errorf("awssim: the credential report: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

func (a *Account) rootRow() []string {
	row := []string{
		"<root_account>", a.ARN("iam", "", "root"), reportTime(a.Created), "not_supported", "no_information", "not_supported", "not_supported",
		strconv.FormatBool(a.rootMFA),
	}
	return slices.Concat(row, keyColumns(a.rootKeys), certificateColumns(nil))
}

func (u *User) row() []string {
	row := []string{u.Name, u.ARN, reportTime(u.Created), "false", "N/A", "N/A", "N/A"}
	if u.login != nil {
		row = []string{u.Name, u.ARN, reportTime(u.Created), "true", "no_information", reportTime(u.login.since()), "N/A"}
		if !u.login.Used.IsZero() {
			row[4] = reportTime(u.login.Used)
		}
		if p := u.account.passwords; p != nil && p.MaxPasswordAge != nil {
			row[6] = reportTime(u.login.since().AddDate(0, 0, int(*p.MaxPasswordAge)))
		}
	}
	row = append(row, strconv.FormatBool(len(u.mfa) > 0))
	return slices.Concat(row, keyColumns(u.keys), certificateColumns(u.certificates))
}

// keyColumns returns the ten columns of two keys.
func keyColumns(keys []*Credential) []string {
	var out []string
	for slot := range 2 {
		if slot >= len(keys) {
			out = append(out, "false", "N/A", "N/A", "N/A", "N/A")
			continue
		}
		k := keys[slot]
		out = append(out, strconv.FormatBool(!k.Inactive), reportTime(k.Created))
		if k.Used.At.IsZero() {
			out = append(out, "N/A", "N/A", "N/A")
		} else {
			out = append(out, reportTime(k.Used.At), k.Used.Region, k.Used.Service)
		}
	}
	return out
}

// certificateColumns returns the four columns of two certificates.
func certificateColumns(all []*certificate) []string {
	out := []string{"false", "N/A", "false", "N/A"}
	for slot, s := range all {
		out[2*slot], out[2*slot+1] = strconv.FormatBool(!s.inactive), reportTime(s.uploaded)
	}
	return out
}

func reportTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05+00:00") }
