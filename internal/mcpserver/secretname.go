package mcpserver

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// secretWords end the name of what is secret: DB_PASSWORD, clientSecret, pwd2.
// The single words are also looked for at the end of a word, as in PGPASSWORD.
var (
	secretWords = []string{
		"password", "passwd", "passphrase", "passcode", "pwd", "secret", "apikey", "secretkey", "accesskey", "privatekey", "signingkey",
		"authtoken", "accesstoken", "sessiontoken", "refreshtoken", "securitytoken", "bearertoken", "idtoken", "apitoken", "identitytoken", "registrytoken",
	}
	secretWholeWords = []string{"pass", "token", "authorization", "cookie", "dsn", "jwt", "bearer", "dbpass", "pgpass", "userpass", "mysqlpass", "rootpass"}
	secretPairs      = []string{
		"api key", "access key", "secret key", "private key", "signing key", "encryption key", "master key", "account key", "shared key",
		"auth key", "secret string", "secret binary", "secret value", "secret text", "connection string", "conn string", "connection str",
		"private pem", "key pem", "database url", "basic auth",
	}
	// cursorWords before "token" make it a place in a listing, or the name of a
	// request; agents give those back.
	cursorWords = []string{
		"next", "continuation", "continue", "page", "pagination", "client", "request", "starting", "start", "resume", "marker",
		"previous", "prev", "forward", "backward", "sequence", "idempotency", "change", "progress",
	}
	// headers carry secrets to the end of their line.
	headers = []string{"authorization", "proxy authorization", "cookie", "set cookie", "x api key", "x auth token", "x amz security token"}
	// queryOnly are secret where they are parameters of a URL.
	queryOnly = []string{"signature", "sig", "x amz signature", "x goog signature", "auth", "sessionid", "session id", "key"}
)

// words takes a name apart where its case changes and at what is no letter or
// digit, and leaves numbers at the end out: dbPassword2 is db, password.
func words(name string) []string {
	var out []string
	var word []rune
	end := func() {
		if len(word) > 0 {
			out = append(out, strings.ToLower(string(word)))
			word = nil
		}
	}
	runes := []rune(name)
	for i, r := range runes {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			end()
			continue
		}
		follows := i > 0 && unicode.IsUpper(r) && (unicode.IsLower(runes[i-1]) || unicode.IsDigit(runes[i-1]) ||
			unicode.IsUpper(runes[i-1]) && i+1 < len(runes) && unicode.IsLower(runes[i+1]))
		if follows {
			end()
		}
		word = append(word, r)
	}
	end()
	for len(out) > 0 {
		last := strings.TrimRight(out[len(out)-1], "0123456789")
		if last != "" {
			out[len(out)-1] = last
			break
		}
		out = out[:len(out)-1]
	}
	return out
}

// secretName tells whether a member, a variable or a parameter of the name holds
// a secret.
func secretName(name string) bool {
	if len(name) > 1000 {
		return false
	}
	w := words(bare(name))
	if len(w) == 0 {
		return false
	}
	last, before := w[len(w)-1], ""
	if len(w) > 1 {
		before = w[len(w)-2]
	}
	switch {
	case last == "token" && slices.Contains(cursorWords, before):
		return false
	case slices.Contains(secretWholeWords, last), slices.Contains(secretPairs, before+" "+last):
		return true
	}
	return slices.ContainsFunc(secretWords, func(s string) bool { return strings.HasSuffix(last, s) })
}

func headerName(name string) bool {
	return slices.Contains(headers, strings.Join(words(bare(name)), " "))
}

func queryName(name string) bool {
	return secretName(name) || slices.Contains(queryOnly, strings.Join(words(bare(name)), " "))
}

// harmless are values that are no secrets whatever their name: references,
// identifiers, times, answers of yes and no, and what is masked already. The
// identifiers are of AWS's kinds, and what they name stays protected.
var harmless = regexp.MustCompile(`^(?:(?i:true|false|null|none|nil|undefined|yes|no|enabled|disabled|active|inactive)|` +
	`arn:[\w-]+:[^\s]*|(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,}|\$\{[^}]*\}|\$\([^)]*\)|\{\{[^}]*\}\}|<[^<>]*>|!\w+ .*|\*+|\[masked\].*|` +
	`\d{4}-\d\d-\d\d(?:[T ][\d:.+Z-]*)?)$`)

// secretValue tells whether a value beside a secret's name is to be masked.
func secretValue(value string) bool {
	value = strings.TrimSpace(value)
	return value != "" && !harmless.MatchString(value)
}
