package logpattern_test

import (
	"testing"

	"github.com/hawser/hawser/internal/awssim/logs/logpattern"
)

const trail = `{"eventType":"UpdateTrail","sourceIPAddress":"111.111.111.111","arrayKey":["value","another"],
"objectList":[{"name":"a","id":1},{"name":"b","id":2}],"SomeObject":null,"error":true,"latency":12.5,"errorCode":"404"}`

const access = `127.0.0.1 Prod frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534`

func TestMatch(t *testing.T) {
	tests := []struct {
		pattern, message string
		want             bool
	}{
		{"", "anything", true},
		{"ERROR", "[ERRORCODE: -1] failed", true},
		{"ERROR", "error", false},
		{"ERROR ARGUMENTS", "[ERROR 402] WRONG ARGUMENTS", true},
		{"ERROR ARGUMENTS", "[ERROR 402]", false},
		{`"INTERNAL SERVER"`, "[ERROR 500] INTERNAL SERVER ERROR", true},
		{`"INTERNAL SERVER"`, "INTERNAL  SERVER", false},
		{`"say \"no\""`, `they say "no"`, true},
		{"?ERROR ?WARN", "[WARN 1]", true},
		{"?ERROR ?WARN", "[INFO 1]", false},
		{"ERROR -ARGUMENTS", "[ERROR 400] BAD REQUEST", true},
		{"ERROR -ARGUMENTS", "[ERROR 401] ARGUMENTS", false},
		{"-ERROR", "fine", true},
		{"ERROR ?WARN", "WARN", false},
		{"%AUTHORI[SZ]ED%", "UNAUTHORIZED", true},
		{"%^AUTHORIZED%", "UNAUTHORIZED", false},

		{`{ $.eventType = "UpdateTrail" }`, trail, true},
		{`{ $.eventType = Update* }`, trail, true},
		{`{ $.eventType = *Trail }`, trail, true},
		{`{ $.sourceIPAddress != 123.123.* }`, trail, true},
		{`{ $.sourceIPAddress = %1{3}\.1{3}\..*% }`, trail, true},
		{`{ $.arrayKey[0] = "value" }`, trail, true},
		{`{ $.arrayKey[1] = "value" }`, trail, false},
		{`{ $.arrayKey[*] = "another" }`, trail, true},
		{`{ $.objectList[1].id = 2 }`, trail, true},
		{`{ $.['eventType'] = x }`, trail, false},
		{`{ $['eventType'] = UpdateTrail }`, trail, true},
		{`{ $.SomeObject IS NULL }`, trail, true},
		{`{ $.Missing IS NULL }`, trail, false},
		{`{ $.Missing NOT EXISTS }`, trail, true},
		{`{ $.error IS TRUE }`, trail, true},
		{`{ $.error IS FALSE }`, trail, false},
		{`{ $.latency > 12 && $.latency <= 1.25e1 }`, trail, true},
		{`{ $.latency < 12 || ($.errorCode = 404 && $.error IS TRUE) }`, trail, true},
		{`{ $.errorCode = 404 }`, trail, true},
		{`{ $.eventType = "x" }`, "no json", false},

		{`[host, ident, user, time, request, status = 404, bytes]`, access, true},
		{`[host, ident, user, time, request, status = 4*, bytes > 1000]`, access, true},
		{`[host, ident, user, time, request, status = 5*, bytes]`, access, false},
		{`[..., status = 404, bytes]`, access, true},
		{`[host = 127.*, ...]`, access, true},
		{`[host, ...,  request = *html*, status = 404 || status = 410, bytes]`, access, true},
		{`[a, b]`, access, false},
		{`[w1 != ERROR, w2]`, "WARN now", true},
	}
	for _, tt := range tests {
		p, err := logpattern.Parse(tt.pattern)
		if tt.pattern == `{ $.['eventType'] = x }` {
			if err == nil {
				t.Errorf("%s: must not parse", tt.pattern)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", tt.pattern, err)
			continue
		}
		if got := p.Match(tt.message); got != tt.want {
			t.Errorf("%s on %s = %v, want %v", tt.pattern, tt.message, got, tt.want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, pattern := range []string{
		`"no end`, `%no end`, `%(group)%`, `%[%`, `{ $.a }`, `{ $.a = }`, `{ a = 1 }`, `{ $.a = 1`,
		`{ $.a > x }`, `{ $.a = 1 } more`, `{ $.a[x] = 1 }`, `[a, ..., b, ...]`, `[a`, `[]`, `{ $.a < %x% }`, `? `,
	} {
		if _, err := logpattern.Parse(pattern); err == nil {
			t.Errorf("%s: must not parse", pattern)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"a -b ?c", `{ $.a[0].b = "x*" && ($.c > 1) }`, "[a, b=1||b=2, ...]", "%a+%", `"\"`} {
		f.Add(seed, access)
	}
	f.Fuzz(func(_ *testing.T, pattern, message string) {
		if p, err := logpattern.Parse(pattern); err == nil {
			p.Match(message)
			p.Match(trail)
		}
	})
}
