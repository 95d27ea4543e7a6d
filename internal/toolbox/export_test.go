package toolbox

import "github.com/hawser/hawser/internal/audit"

// HeadOfKey is what the witness reads of its keys.
var HeadOfKey = headOfKey

// AuditReport is a report of the log as its tool gives it.
func AuditReport(r audit.Report) auditReport { return auditReport{r} }
