package main

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"charm.land/lipgloss/v2"

	"github.com/hawser/hawser/internal/render"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox"
)

// important are the columns that a table keeps on a terminal of 80 columns: what
// identifies an item, and why one looks at the listing.
var important = map[string]string{
	"accounts.list": "ACCOUNT NAME STATE", "audit.list": "TIME TOOL ACTOR OUTCOME", "changes.list": "NAME CHANGE OF",
	"cloudwatch.get-metrics": "METRIC LAST TREND", "cloudwatch.list-metrics": "NAMESPACE METRIC DIMENSIONS", "cloudwatch.logs": "TIME MESSAGE",
	"connections.check": "CONNECTION CHECK STATUS FOUND", "connections.list": "CONNECTION SOURCE REGION", "doctor.run": "CONNECTION CHECK STATUS FOUND",
	"ec2.list": "INSTANCE NAME STATE TYPE", "ec2.start": "INSTANCE BEFORE STATE", "ec2.stop": "INSTANCE BEFORE STATE",
	"grants.list": "PRINCIPAL HOLDS ENTITLEMENT", "identity.list": "KIND NAME", "keys.list": "KEY OWNER LAST_USED", "lambda.get-logs": "TIME MESSAGE",
	"lambda.list": "FUNCTION RUNTIME MODIFIED", "logs.groups": "LOG_GROUP DAYS STORED", "rds.list": "ID ENGINE STATUS", "s3.cp": "OUTCOME FROM", "s3.mv": "OUTCOME FROM",
	"s3.list": "NAME SIZE MODIFIED", "secretsmanager.list": "SECRET READ", "setup.explain": "ACTION ON WHEN", "sync.gaps": "MISSING_ACTION ACCOUNTS REASON",
	"sync.plan": "API CALLS", "sync.runs": "RUN STARTED STATUS GAPS", "sync.status": "CONNECTION STATUS SNAPSHOT_OF", "who.show": "HOLDS STATE",
}

// TestTablesFitEightyColumns: every tool that is shown as a table, with values of the
// lengths that are usual and with long ones, fits a terminal, and keeps what matters.
func TestTablesFitEightyColumns(t *testing.T) {
	seen := 0
	for _, each := range toolbox.Tools(toolbox.Sources{}) {
		zero := reflect.New(each.OutputType).Elem()
		if zero.Kind() == reflect.Pointer {
			zero = reflect.New(each.OutputType.Elem())
		}
		r, ok := zero.Interface().(tool.Rower)
		if !ok {
			continue
		}
		seen++
		if important[each.Name] == "" {
			t.Errorf("%s has no important columns here", each.Name)
		}
		row := reflect.TypeOf(r.Rows()).Elem()
		for _, long := range []bool{false, true} {
			rows := reflect.MakeSlice(reflect.SliceOf(row), 2, 2)
			for i := range 2 {
				fillRow(rows.Index(i), long)
			}
			for _, width := range []int{80, 160} {
				table := tableAt(t, rows, width)
				fits(t, each.Name, table, width, long)
			}
		}
	}
	if seen < len(important) {
		t.Errorf("%d tables, of %d that are known", seen, len(important))
	}
}

// fits checks one table.
func fits(t *testing.T, name, table string, width int, long bool) {
	t.Helper()
	lines := strings.Split(strings.TrimRight(table, "\n"), "\n")
	for _, line := range lines {
		if w := lipgloss.Width(line); w > width {
			t.Errorf("%s at %d columns, long %t, has a line of %d:\n%s", name, width, long, w, table)
			return
		}
	}
	head := strings.Join(lines[:min(2, len(lines))], " ")
	for title := range strings.FieldsSeq(important[name]) {
		if title = strings.ReplaceAll(title, "_", " "); !strings.Contains(head, title) {
			t.Errorf("%s at %d columns, long %t, has no %s:\n%s", name, width, long, title, table)
		}
	}
}

// rowsOf is an output with rows.
type rowsOf struct{ rows any }

func (r rowsOf) Rows() any { return r.rows }

func tableAt(t *testing.T, rows reflect.Value, width int) string {
	t.Helper()
	var out, said bytes.Buffer
	p, err := render.New(render.Streams{Out: &out, Err: &said, OutTTY: true, Width: width}, render.Options{Plain: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Result(&tool.Result{Output: rowsOf{rows.Interface()}, JSON: json.RawMessage("{}")}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// fillRow gives every column of a row a value that is usual for its title, or a long one.
func fillRow(row reflect.Value, long bool) {
	for _, f := range reflect.VisibleFields(row.Type()) {
		if title := f.Tag.Get("column"); title != "" {
			if v, err := row.FieldByIndexErr(f.Index); err == nil {
				fillCell(v, title, long)
			}
		}
	}
}

func fillCell(v reflect.Value, title string, long bool) {
	text := usualText(title, long)
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fillCell(v.Elem(), title, long)
	case reflect.String:
		v.SetString(text)
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(1234)
	case reflect.Float64:
		v.SetFloat(1234.5)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			fillCell(v.Index(i), title, long)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		if v.Type().Key().Kind() == reflect.String && v.Type().Elem().Kind() == reflect.String {
			v.SetMapIndex(reflect.ValueOf("FunctionName").Convert(v.Type().Key()), reflect.ValueOf(text).Convert(v.Type().Elem()))
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.Date(2026, 11, 30, 13, 15, 22, 0, time.UTC)))
		}
	}
}

// usualText is a usual value of a column, or a long one.
func usualText(title string, long bool) string {
	fixed := map[string]string{
		"ACCOUNT": "111122223333", "REGION": "ap-northeast-1", "WHERE": "111122223333 ap-northeast-1", "KEY": "AKIA6NKCF65A6NODLJ7Z", "STATE": "running",
		"STATUS": "connected", "INSTANCE": "i-0123456789abcdef0", "TYPE": "m5.4xlarge", "ZONE": "ap-northeast-1a", "PRIVATE IP": "172.31.255.255",
		"OUTCOME": "refused", "KIND": "sso.permission-set", "CHANGE": "disappeared", "RUNTIME": "provided.al2023", "TREND": "▁▂▃▄▅▆▇█▁▂▃▄",
		"LAST USED": "2026-12-01", "ACCOUNT STATE": "suspended", "TOOL": "cloudwatch.list-metrics", "DEFAULT": "yes", "SOURCE": "environment",
		"CHECK": "endpoint", "ACCOUNTS": "111122223333", "ENGINE": "aurora-postgresql", "TOOK": "12345 ms", "MISSING ACTION": "iam:GenerateCredentialReport", "ROLES": "Hawser", "OWNERS": "ada@example.com", "SERVICE": "secretsmanager", "STAT": "SampleCount", "HOLDS": "may-assume", "CLASS": "db.r6g.large", "BEFORE": "stopped",
	}
	if text, ok := fixed[title]; ok {
		return text
	}
	if long {
		return "arn:aws:iam::111122223333:role/service-role/orders-processor-production-ap-northeast-1"
	}
	return "orders-processor-production"
}
