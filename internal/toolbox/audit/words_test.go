package audit

import (
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/audit"
	"github.com/hawser/hawser/internal/fault"
)

// TestABadLogSaysWhatOfItIsGood holds the number and the words of what is good.
func TestABadLogSaysWhatOfItIsGood(t *testing.T) {
	tests := map[string]struct {
		report audit.Report
		want   string
	}{
		"nothing":                    {audit.Report{Bad: &audit.Bad{Line: 1, Seq: 1}}, "compare the log"},
		"one":                        {audit.Report{Records: 1, Bad: &audit.Bad{Line: 2, Seq: 2}}, "the record before it is good; compare"},
		"some":                       {audit.Report{Records: 3, Bad: &audit.Bad{Line: 4, Seq: 4}}, "the 3 records before it are good; compare"},
		"a head that is not in":      {audit.Report{Records: 29, Bad: &audit.Bad{Seq: 29}}, "what is there fits together (29 records); compare"},
		"its beginning is gone":      {audit.Report{Records: 1, From: 9, Bad: &audit.Bad{Line: 1, Seq: 1}}, "what is there fits together (1 record); compare"},
		"a link is not a file of it": {audit.Report{Records: 8, Bad: &audit.Bad{File: "audit-000000000009.jsonl", Seq: 9}}, "the 8 records before it are good; compare"},
		"a later file is the bad":    {audit.Report{Records: 2, From: 9, Bad: &audit.Bad{Line: 3, Seq: 11}}, "the 2 records before it are good; compare"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if f := fault.From((auditReport{tt.report}).Verdict()); !strings.HasPrefix(f.Fix, tt.want) {
				t.Errorf("%q, want %q", f.Fix, tt.want)
			}
		})
	}
}

func TestOneOfAThingIsWrittenAsOne(t *testing.T) {
	got := strings.Join((auditReport{audit.Report{Unended: 1, TimesBack: 1}}).Remarks(), "; ")
	if !strings.Contains(got, "1 call began and has not ended") || !strings.Contains(got, "1 record is dated") {
		t.Error(got)
	}
}

// A key that was made anew is a remark, and one key is none.
func TestAnotherKeyIsRemarkedOn(t *testing.T) {
	one := audit.Report{Keys: []audit.KeyUse{{ID: "aa", First: 1, Last: 6}}}
	if got := (auditReport{one}).Remarks(); len(got) != 0 {
		t.Error(got)
	}
	two := audit.Report{Keys: append(one.Keys, audit.KeyUse{ID: "bb", First: 7, Last: 9})}
	got := strings.Join((auditReport{two}).Remarks(), "; ")
	if !strings.Contains(got, "from record 7 on were made with another key (bb) than those from record 1 to 6 (aa)") {
		t.Error(got)
	}
	if (auditReport{two}).Verdict() != nil {
		t.Error("another key is not a fault of the log")
	}
}
