package toolbox_test

import (
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/audit"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/toolbox"
)

// TestABadLogSaysWhatOfItIsGood holds the number and the words of what is good.
func TestABadLogSaysWhatOfItIsGood(t *testing.T) {
	tests := map[string]struct {
		report audit.Report
		want   string
	}{
		"nothing":                 {audit.Report{Bad: &audit.Bad{Line: 1, Seq: 1}}, "compare the log"},
		"one":                     {audit.Report{Records: 1, Bad: &audit.Bad{Line: 2, Seq: 2}}, "the record before it is good; compare"},
		"some":                    {audit.Report{Records: 3, Bad: &audit.Bad{Line: 4, Seq: 4}}, "the 3 records before it are good; compare"},
		"a head that is not in":   {audit.Report{Records: 29, Bad: &audit.Bad{Seq: 29}}, "what is there fits together (29 records); compare"},
		"its beginning is gone":   {audit.Report{Records: 1, From: 9, Bad: &audit.Bad{Line: 1, Seq: 1}}, "what is there fits together (1 record); compare"},
		"a later file is the bad": {audit.Report{Records: 2, From: 9, Bad: &audit.Bad{Line: 3, Seq: 11}}, "the 2 records before it are good; compare"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if f := fault.From(toolbox.AuditReport(tt.report).Verdict()); !strings.HasPrefix(f.Fix, tt.want) {
				t.Errorf("%q, want %q", f.Fix, tt.want)
			}
		})
	}
}

func TestOneOfAThingIsWrittenAsOne(t *testing.T) {
	got := strings.Join(toolbox.AuditReport(audit.Report{Unended: 1, TimesBack: 1}).Remarks(), "; ")
	if !strings.Contains(got, "1 call began and has not ended") || !strings.Contains(got, "1 record is dated") {
		t.Error(got)
	}
}
