package mcpserver

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// names are the tables by which a name is judged. Each is compared with the
// words of a name, which say the same whatever case, separators and encoding it
// is written in.
type names struct {
	// suffixes end the joined words of a name that holds a secret: DB_PASSWORD,
	// clientSecret, apiKey.
	suffixes []string
	// wholes are the last word of such a name.
	wholes []string
	// qualifiers may follow the name of a secret: PASSWORD_PROD, API_TOKEN_BASE64.
	qualifiers []string
	// cursors before "token" make it a place in a listing, or the name of a
	// request; agents give those back.
	cursors []string
	// headers carry secrets to the end of their line.
	headers []string
	// queries are secret where they are parameters of a URL.
	queries []string
	// labels end the name of a member that says what a secret is.
	labels []string
	// pairNames and pairValues are the two members of a pair.
	pairNames, pairValues []string
	// hints are parts of all the names that are secret.
	hints []hint
	// harmless are values that are not secrets whatever their name: references,
	// identifiers, times, answers of yes and no, and what is masked already. The
	// identifiers are of AWS's kinds, and what they name stays protected.
	harmless *regexp.Regexp
	// count is a value that tells how many of something there are.
	count *regexp.Regexp
}

func newNames() names {
	return names{
		suffixes: []string{
			"password", "passwd", "passphrase", "passcode", "pwd", "pswd", "secret", "apikey", "secretkey", "secretkeybase", "accesskey", "privatekey", "signingkey",
			"encryptionkey", "masterkey", "accountkey", "sharedkey", "authkey", "secretstring", "secretbinary", "secretvalue", "secrettext",
			"connectionstring", "connstring", "connectionstr", "privatepem", "keypem", "clientkeydata", "databaseurl", "basicauth", "authident",
			"subscriptionkey", "functionskey", "appkey", "fernetkey", "licensekey", "validationkey", "decryptionkey", "presharedkey", "hashsalt",
			"stripekey", "sendgridkey", "openaikey", "anthropickey", "mailgunkey", "twiliokey", "githuboauth", "gitlaboauth", "ghpat", "githubpat", "extpat", "accesspat",
			"psw", "psk", "mnemonic", "seedphrase", "recoveryphrase", "verificationcode", "recoverycode", "cardpin", "netsessionid", "connectsid", "aspxauth",
			"passwort", "kennwort", "motdepasse", "contrasena", "contraseña", "senha", "wachtwoord", "пароль", "密码", "密碼", "パスワード",
		},
		wholes: []string{
			"pass", "pw", "otp", "totp", "cvv", "cvc", "authorization", "cookie", "dsn", "jwt", "bearer", "dbpass", "pgpass", "userpass", "mysqlpass", "rootpass", "credential", "cred",
			// In one word it is a cookie; SessionId and session_id are AWS's names.
			"sessionid", "jsessionid", "phpsessid", "sessid",
		},
		qualifiers: []string{
			"prod", "production", "staging", "stage", "dev", "development", "qa", "uat", "live", "sandbox", "old", "new", "current", "previous",
			"plain", "plaintext", "clear", "cleartext", "text", "confirmation", "confirm", "again", "repeat", "value", "base", "b", "hex", "raw", "primary", "secondary", "encoded",
		},
		cursors: []string{
			"next", "continuation", "continue", "page", "pagination", "client", "request", "starting", "start", "resume", "marker",
			"previous", "prev", "forward", "backward", "sequence", "idempotency", "change", "progress",
		},
		headers:    []string{"authorization", "proxyauthorization", "cookie", "setcookie", "xapikey", "xauthtoken", "xamzsecuritytoken"},
		queries:    []string{"signature", "sig", "xamzsignature", "xgoogsignature", "auth", "sessionid", "key"},
		labels:     []string{"name", "arn", "id", "type", "kind", "description", "status", "state", "version", "mode", "date", "time", "ref", "region", "helper"},
		pairNames:  []string{"name", "key", "field", "variable", "parameterkey", "parametername", "optionname"},
		pairValues: []string{"value", "val", "values", "parametervalue", "default", "defaultvalue", "stringvalue", "content"},
		hints: hints(
			"pass", "pwd", "pswd", "secret", "token", "key", "auth", "cookie", "dsn", "jwt", "bearer", "conn", "database", "pem", "sig", "sess", "cred", "%",
			"psw", "psk", "pw", "otp", "cvv", "cvc", "mnemonic", "phrase", "salt", "verification", "recovery", "card", "_pat", "wort", "mot_de", "mot-de", "motde", "contrase", "senha", "пароль", "密", "パス", "aspx", ".sid",
		),
		harmless: regexp.MustCompile(`^(?:(?i:true|false|null|none|nil|undefined|yes|no|enabled|disabled|active|inactive|required|optional|all|whitelist|allowlist)|` +
			`arn:[\w-]+:[^\s]*|alias/[\w/-]+|(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,}(?:(?:/|%2F)[\w%/-]*)?|\$\{[^}]*\}|\$\([^)]*\)|\{\{[^}]*\}\}|<[^<>]*>|!\w+ .*|\*+|\[masked\].*|` +
			`string[?;]*|String;?|(?:var|local|data|module|each|random_password|tls_private_key|aws_\w+)(?:\.[A-Za-z_][\w-]*(?:\[[\w."]+\])?)+|` +
			`\d{4}-\d\d-\d\d(?:[T ][\d:.+Z-]*)?)$`),
		count: regexp.MustCompile(`^\d+(?:\.\d+)?%?(?:\s.*)?$`),
	}
}

// A verdict says what a name holds.
type verdict int

const (
	noSecret verdict = iota
	aSecret
	// secrets is the verdict on a plural. A number under it is how many there
	// are, and objects under it are things with names of their own.
	secrets
)

// judged is what is known of a name.
type judged struct {
	of verdict
	// joined is the name without case and separators.
	joined string
	// label tells of a member that says what a secret is and does not hold it.
	label bool
}

// longestSetting is the most bytes that the name of a setting has.
const longestSetting = 1000

// named judges a name, once in an answer.
func (s scrubber) named(name string) judged {
	if len(name) > longestSetting {
		return judged{}
	}
	if j, ok := s.known[name]; ok {
		return j
	}
	w := words(s.bare(name))
	j := judged{of: s.names.judge(w), joined: strings.Join(w, "")}
	j.label = j.of == noSecret && len(w) > 0 && slices.Contains(s.names.labels, w[len(w)-1])
	s.known[name] = j
	return j
}

// judge tells whether a member, a variable or a parameter of the name holds a
// secret.
func (s scrubber) judge(name string) verdict { return s.named(name).of }

// verdictOn is the verdict on the value of a name, unless the caller
// asked to see it.
func (s scrubber) verdictOn(name string) verdict {
	if s.reveals(name) {
		return noSecret
	}
	return s.judge(name)
}

func (s scrubber) secretName(name string) bool { return s.judge(name) != noSecret }

func (s scrubber) label(name string) bool { return s.named(name).label }

func (s scrubber) joined(name string) string { return s.named(name).joined }

func (n *names) judge(w []string) verdict {
	switch {
	case len(w) == 0 || slices.Contains(w, "public"):
		return noSecret
	case n.ends(w):
		return aSecret
	}
	last := w[len(w)-1]
	if len(w) > 1 && slices.Contains(n.qualifiers, last) {
		return n.judge(w[:len(w)-1])
	}
	if one, plural := strings.CutSuffix(last, "s"); plural && n.ends(append(slices.Clone(w[:len(w)-1]), one)) {
		return secrets
	}
	return noSecret
}

// ends tells whether words end as the name of one secret does.
func (n *names) ends(w []string) bool {
	last := w[len(w)-1]
	if before, ok := strings.CutSuffix(last, "token"); ok {
		if before == "" && len(w) > 1 {
			before = w[len(w)-2]
		}
		return !slices.Contains(n.cursors, before)
	}
	if slices.Contains(n.wholes, last) {
		return true
	}
	joined := strings.Join(w, "")
	return slices.ContainsFunc(n.suffixes, func(s string) bool { return strings.HasSuffix(joined, s) })
}

// words takes a name apart where its case changes and at what is not a letter or
// digit, and leaves numbers at the end out: dbPassword2 is db, password. Where
// the case changes at every other letter it means nothing: PaSsWoRd is one word.
func words(name string) []string {
	var out []string
	for _, part := range strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if w := byCase(part); len(w) < 3 || len(part) >= 3*len(w) {
			out = append(out, w...)
		} else {
			out = append(out, strings.ToLower(part))
		}
	}
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

// byCase takes letters and digits apart where their case changes.
func byCase(part string) []string {
	var out []string
	runes, begin := []rune(part), 0
	for i, r := range runes {
		if i > begin && unicode.IsUpper(r) && (unicode.IsLower(runes[i-1]) || unicode.IsDigit(runes[i-1]) ||
			unicode.IsUpper(runes[i-1]) && i+1 < len(runes) && unicode.IsLower(runes[i+1])) {
			out = append(out, strings.ToLower(string(runes[begin:i])))
			begin = i
		}
	}
	return append(out, strings.ToLower(string(runes[begin:])))
}

// bare returns a name in the form in which names are compared.
func (s scrubber) bare(name string) string {
	return decodedFully(s.folded(plain(name, new(changes))))
}

func (s scrubber) headerName(name string) bool {
	return slices.Contains(s.names.headers, s.joined(name))
}

func (s scrubber) queryName(name string) bool {
	return s.secretName(name) || slices.Contains(s.names.queries, s.joined(name))
}

// longestHarmless is how long an ARN is at most.
const longestHarmless = 2048

// secretValue tells whether a value beside a secret's name is to be masked.
func (s scrubber) secretValue(value string, of verdict) bool {
	value = strings.TrimSpace(value)
	if len(value) > longestHarmless {
		return true
	}
	return value != "" && !s.names.harmless.MatchString(value) && (of != secrets || !s.names.count.MatchString(value))
}
