package mcpserver

import (
	"encoding/base64"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// A shape is one way in which a secret stands in a text. Of what the pattern
// finds, the group named s is masked where ok, if there is one, says so.
type shape struct {
	// hints are texts of which the lower case of a text holds one where it has
	// the shape. To look for them costs a hundredth of the pattern.
	hints   []string
	pattern *regexp.Regexp
	ok      func(secret string) bool
}

// shapes are those that a secret has by itself, whatever stands before it. Each
// holds for a text that was cut in the secret, too.
var shapes = []shape{
	{[]string{"private key"}, regexp.MustCompile(`-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----(?P<s>[\s\S]*?)(?:-----END [A-Z0-9 ]*PRIVATE KEY|$)`), nil},
	{[]string{"private key"}, regexp.MustCompile(`(?P<s>[A-Za-z0-9+/=\s\\]{40,})-----END [A-Z0-9 ]*PRIVATE KEY`), nil},
	// JSON Web Tokens; see https://datatracker.ietf.org/doc/html/rfc7519#section-3
	{[]string{"eyj"}, regexp.MustCompile(`\b(?P<s>eyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)*)`), nil},
	// The password of a URL. A number there is a port.
	{[]string{"://"}, regexp.MustCompile(`[A-Za-z][\w+.-]*://[^\s:/@"'<>]*:(?P<s>[^\s/"'<>?#]+)@`), nil},
	{[]string{"://"}, regexp.MustCompile(`[A-Za-z][\w+.-]*://[^\s:/@"'<>]*:(?P<s>[^\s"'<>]+)@`), notPort},
	{[]string{"://"}, regexp.MustCompile(`[A-Za-z][\w+.-]*://[^\s:/@"'<>\[]*:(?P<s>[^\s/@"'<>,;)\]}\\]+)`), notPort},
	{[]string{"://"}, regexp.MustCompile(`[A-Za-z][\w+.-]*://(?P<s>[\w.~%-]{20,})(?::x-oauth-basic)?@`), nil},
	{[]string{"jdbc:oracle"}, regexp.MustCompile(`(?i)\bjdbc:oracle:\w+:[^/\s"']+/(?P<s>[^@\s"']+)@`), nil},
	// Credentials of HTTP, of netrc, of curl, of SQL.
	{[]string{"bearer"}, regexp.MustCompile(`(?i)\bbearer\s+(?P<s>[\w.~+/=-]{8,})`), tokenLike},
	{[]string{"basic"}, regexp.MustCompile(`(?i)\bbasic\s+(?P<s>[A-Za-z0-9+/]{6,}=*)`), basicAuth},
	{[]string{"login"}, regexp.MustCompile(`(?i)\blogin\s+\S+\s+password\s+(?P<s>\S+)`), nil},
	{[]string{"-u"}, regexp.MustCompile(`(?i)(?:^|\s)(?:-u|--user)[ =]["']?[^\s:"']+:(?P<s>[^\s"']+)`), nil},
	{[]string{"mysql", "mariadb", "sshpass"}, regexp.MustCompile(`\b(?:mysql\w*|mariadb[\w-]*|sshpass)\b[^\n|;&]*?\s-p["']?(?P<s>[^\s"'-][^\s"']*)`), nil},
	{[]string{"sshpass"}, regexp.MustCompile(`\bsshpass\s+-p\s+["']?(?P<s>[^\s"']+)`), nil},
	{[]string{"redis-cli"}, regexp.MustCompile(`\bredis-cli\b[^\n|;&]*?\s-a\s+["']?(?P<s>[^\s"']+)`), nil},
	{[]string{"auth"}, regexp.MustCompile(`(?i)(?:^|[^a-z0-9])auth\\*["']?\s*[:=]\s*\\*["']?(?P<s>[a-z0-9+/]{6,}=*)`), basicAuth},
	// A line of .pgpass, and what passwords are kept as in htpasswd and shadow;
	// see https://www.postgresql.org/docs/current/libpq-pgpass.html and crypt(5).
	{[]string{":543", ":6432:", ":*:"}, regexp.MustCompile(`(?m)^[ \t]*(?:[\w.*/-]+|\[[0-9A-Fa-f:]+\]):(?:543\d|6432|\*):[^:\s]+:[^:\s]+:(?P<s>\S+)`), nil},
	{[]string{"$1$", "$2", "$5$", "$6$", "$7$", "$y$", "$gy$", "$apr1$", "$argon2", "$scrypt$"}, regexp.MustCompile(`\$(?:1|2[abxy]?|5|6|7|y|gy|apr1|argon2(?:id|i|d)|scrypt)\$(?P<s>[\w./$=,+-]{20,})`), nil},
	{[]string{"{sha", "{ssha"}, regexp.MustCompile(`(?i)\{S?SHA\d*\}(?P<s>[a-z0-9+/]{16,}=*)`), nil},
	{[]string{"identified", "password"}, regexp.MustCompile(`(?i)\b(?:identified\s+by|password)\s+'(?P<s>[^']+)`), nil},
	{[]string{"-pass", "-secret", "-token", "-api", "-access", "password", "secret", "token"}, regexp.MustCompile(`(?i)(?:^|\s|["'])--?(?:[\w-]*-)?(?:password|passwd|pass|secret|token|api-key|apikey|secret-key|access-token)(?:\s+|["']\s*,\s*["'])["']?(?P<s>[^\s"'-][^\s"']*)`), secretValue},
	// A secret access key behind its key's ID, and session tokens.
	{[]string{"akia", "asia"}, regexp.MustCompile(`(?:AKIA|ASIA)[A-Z0-9]{16}[^A-Za-z0-9/+][\s\S]{0,80}?\b(?P<s>[A-Za-z0-9/+]{40})(?:[^A-Za-z0-9/+]|$)`), mixed},
	{[]string{"iqojb3jpz2lu", "fwogzxivyxdz", "fqogzxivyxdz"}, regexp.MustCompile(`\b(?P<s>(?:IQoJb3JpZ2lu|FwoGZXIvYXdz|FQoGZXIvYXdz)[A-Za-z0-9+/=_%-]{8,})`), nil},
	// Well-known tokens, by their prefixes.
	{[]string{"ghp_", "gho_", "ghs_", "ghu_", "ghr_", "github_pat_", "xox", "xapp-", "sk_", "rk_", "whsec_", "glpat-", "npm_", "pypi-", "dop_v1_", "hvs.", "sk-", "ya29."}, regexp.MustCompile(`\b(?:gh[opsur]_|github_pat_|xox[abeprs]-|xapp-|[sr]k_(?:live|test)_|whsec_|glpat-|npm_|pypi-|dop_v1_|hvs\.|sk-ant-|sk-proj-|ya29\.)(?P<s>[\w.-]{8,})`), nil},
	{[]string{"hf_", "dckr_", "hawser_", "glsa_"}, regexp.MustCompile(`\b(?:hf_|dckr_[op]at_|hawser_|glsa_)(?P<s>[\w-]{8,})`), tokenLike},
	{[]string{"age-secret-key-"}, regexp.MustCompile(`(?i)\bAGE-SECRET-KEY-1(?P<s>\w{8,})`), nil},
	{[]string{"aiza"}, regexp.MustCompile(`\bAIza(?P<s>[\w-]{20,})`), nil},
	{[]string{"sk-"}, regexp.MustCompile(`\bsk-(?P<s>[A-Za-z0-9]{20,})`), nil},
	{[]string{"sg."}, regexp.MustCompile(`\bSG\.(?P<s>[\w-]{10,}\.[\w-]{10,})`), nil},
	{[]string{"hooks.slack.com"}, regexp.MustCompile(`hooks\.slack\.com/services/(?P<s>[\w/]{10,})`), nil},
	// XML: an element, a pair in attributes, and a property list's pair.
	{[]string{"<key>"}, regexp.MustCompile(`(?i)<key>\s*[^<>]*(?:password|passwd|secret|token|apikey)\s*</key>\s*<string>(?P<s>[^<]+)`), secretValue},
}

var port = regexp.MustCompile(`^\d{1,5}(?:$|[/?#])`)

func notPort(s string) bool { return !port.MatchString(s) }

func tokenLike(s string) bool { return len(s) >= 24 || strings.ContainsAny(s, "0123456789") }

func mixed(s string) bool {
	return strings.ToLower(s) != s && strings.ToUpper(s) != s
}

func basicAuth(s string) bool {
	raw, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(s, "="))
	if err != nil && len(s) > 4 { // cut
		raw, err = base64.RawStdEncoding.DecodeString(s[:len(s)/4*4])
	}
	return err == nil && strings.Contains(string(raw), ":")
}

// in tells whether a text may have the shape; lower is its lower case.
func (sh shape) in(lower string) bool { return holdsOne(lower, sh.hints) }

func holdsOne(text string, of []string) bool {
	return slices.ContainsFunc(of, func(part string) bool { return strings.Contains(text, part) })
}

// mask masks what has the shape in a text.
func (sh shape) mask(text string, did *changes) string {
	group := sh.pattern.SubexpIndex("s")
	var out strings.Builder
	end := 0
	for _, at := range sh.pattern.FindAllStringSubmatchIndex(text, -1) {
		from, to := at[2*group], at[2*group+1]
		secret := text[from:to]
		if strings.TrimSpace(secret) == "" || strings.HasPrefix(secret, "[masked") || sh.ok != nil && !sh.ok(secret) {
			continue
		}
		did.masked++
		out.WriteString(text[end:from] + mask)
		end = to
	}
	return out.String() + text[end:]
}

// The places in a text where a name is followed by its value. The names are
// judged by secretName.
var (
	element = regexp.MustCompile(`<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)(?:\s[^<>]*)?>\s*(?:<!\[CDATA\[)?`)
	named   = regexp.MustCompile(`(?i)\b(?:name|key)\\*["']?\s*[:=]\s*\\*["']?([\w.-]+)\\*["']?[\s,;]*\\*["']?(?:value|val)\\*["']?\s*[:=]\s*`)
)

// nameHints are parts of all the names that secretName and queryName know.
var nameHints = []string{
	"pass", "pwd", "secret", "token", "key", "auth", "cookie", "dsn", "jwt", "bearer", "conn", "database", "pem", "sig", "session", "%",
}

// settings masks the values of settings in a text: environment variables, YAML,
// JSON that is no whole, headers, parameters of URLs, attributes and elements.
func (s scrubber) settings(text, lower string, did *changes) string {
	if !holdsOne(lower, nameHints) {
		return text
	}
	if strings.Contains(lower, "val") {
		text = s.values(text, finder(named), did, func(text string, at place) int { return valueEnd(text, at, true) })
	}
	if strings.Contains(lower, "<") {
		text = s.values(text, finder(element), did, elementEnd)
	}
	return s.values(text, setting, did, func(text string, at place) int { return valueEnd(text, at, false) })
}

// place is where a name stands in a text and where its value begins.
type place struct{ begin, name, nameEnd, value int }

// finder finds the next place that a pattern does; its first group is the name.
func finder(pattern *regexp.Regexp) func(text string, from int) (place, bool) {
	return func(text string, from int) (place, bool) {
		at := pattern.FindStringSubmatchIndex(text[from:])
		if at == nil {
			return place{}, false
		}
		return place{from + at[0], from + at[2], from + at[3], from + at[1]}, true
	}
}

// setting finds the next name that =, :, :=, => or %3D separates from its value.
func setting(text string, from int) (place, bool) {
	for {
		i := strings.IndexAny(text[from:], "=:%")
		if i < 0 {
			return place{}, false
		}
		sep := from + i
		from = sep + 1
		if text[sep] == '%' {
			encoded := encodedEquals.FindString(text[sep:])
			if encoded == "" {
				continue
			}
			from = sep + len(encoded)
		}
		end := trimBack(text, sep, " \t")
		end = trimBack(text, end, "\"'`")
		end = trimBack(text, end, "\\")
		begin := end
		for begin > 0 && end-begin < 200 && nameByte(text[begin-1]) {
			begin--
		}
		if begin == end {
			continue
		}
		if from < len(text) && (text[sep] == ':' && text[from] == '=' || text[sep] == '=' && text[from] == '>') {
			from++
		}
		value := from
		for value < len(text) && (text[value] == ' ' || text[value] == '\t') {
			value++
		}
		return place{begin, begin, end, value}, true
	}
}

// trimBack is the end of a text without some bytes at its end, a few at most.
func trimBack(text string, end int, bytes string) int {
	for least := max(0, end-20); end > least && strings.IndexByte(bytes, text[end-1]) >= 0; end-- {
	}
	return end
}

func nameByte(b byte) bool {
	return b == '_' || b == '.' || b == '-' || b == '%' || '0' <= b && b <= '9' || 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z'
}

// values masks what stands at the places that next finds, up to where end says.
func (s scrubber) values(text string, next func(string, int) (place, bool), did *changes, end func(string, place) int) string {
	var out strings.Builder
	done := 0
	for from := 0; from < len(text); {
		at, ok := next(text, from)
		if !ok {
			break
		}
		from = max(at.value, from+1)
		if !s.secretAt(text, at) {
			continue
		}
		to := end(text, at)
		value := text[at.value:to]
		quote := len(value) - len(strings.TrimLeft(value, "\\\"'`"))
		if !secretValue(value[quote:]) {
			continue
		}
		did.masked++
		out.WriteString(text[done:at.value+quote] + mask)
		done, from = to, max(to, from)
	}
	return out.String() + text[done:]
}

// secretAt tells whether the name at a place is that of a secret.
func (s scrubber) secretAt(text string, at place) bool {
	name, before := text[at.name:at.nameEnd], byte('\n')
	if at.name > 0 {
		before = text[at.name-1]
	}
	if before == ':' && text[at.nameEnd] == ':' {
		return false // a part of an ARN
	}
	if strings.Contains(name, "%") {
		if decoded, err := url.QueryUnescape(name); err == nil {
			name = decoded
		}
	}
	inQuery := before == '?' || before == '&' || before == ';'
	return !s.reveals(name) && (secretName(name) || inQuery && queryName(name))
}

// elementEnd is where an XML element's text ends.
func elementEnd(text string, at place) int {
	rest, end := text[at.value:], "<"
	if strings.HasSuffix(text[at.begin:at.value], "<![CDATA[") {
		end = "]]>"
	}
	if i := strings.Index(rest, end); i >= 0 {
		return at.value + i
	}
	return len(text)
}

// lookBack bounds how far the beginning of a setting's line is looked for, so
// that one long line takes no longer than many short ones.
const lookBack = 200

// valueEnd is where a setting's value ends.
func valueEnd(text string, at place, pair bool) int {
	rest := text[at.value:]
	if quote := opening.FindString(rest); quote != "" {
		return at.value + len(quote) + quotedEnd(rest[len(quote):], quote)
	}
	if begin := structure.FindStringSubmatch(rest); begin != nil {
		return at.value + structureEnd(rest, begin[1])
	}
	near := max(0, at.begin-lookBack)
	line := near + 1 + strings.LastIndexAny(text[near:at.begin], "\r\n")
	before := strings.TrimLeft(text[line:at.begin], " \t-")
	begins := before == "" || before == "export " || before == "set " || before == "ENV "
	if colon := !pair && strings.Contains(text[at.nameEnd:at.value], ":") && !strings.Contains(text[at.nameEnd:at.value], "="); begins || colon {
		if block := blockMark.FindString(rest); block != "" {
			return at.value + len(block) + blockEnd(rest[len(block):], indentOf(text[line:]))
		}
		if begins && colon {
			return at.value + until(rest, "\r\n")
		}
	}
	if begins {
		return at.value + until(rest, " \t\r\n")
	}
	if headerName(text[at.name:at.nameEnd]) {
		return at.value + until(rest, "\r\n\"'")
	}
	return at.value + until(rest, " \t\r\n\"'`,;&#<>)}]\\")
}

var (
	// encodedEquals is = in the encoding of URLs, once or several times.
	encodedEquals = regexp.MustCompile(`^%(?:25)*3[dD]`)

	structure = regexp.MustCompile(`^[\[{]\s*(\\*["'])`)
	opening   = regexp.MustCompile("^\\\\*[\"'`]")
	blockMark = regexp.MustCompile(`^[|>][+-]?\d*[+-]?[ \t]*(?:#[^\n]*)?\r?\n`)
)

// quotedEnd is where a quoted text ends: at its quote, with as many backslashes
// before it as the opening one had, or with the text.
func quotedEnd(rest, quote string) int {
	for i := 0; i < len(rest); i++ {
		j := strings.Index(rest[i:], quote)
		if j < 0 {
			break
		}
		if i += j; i == 0 || rest[i-1] != '\\' {
			return i
		}
	}
	return len(rest)
}

// structureEnd is where an object or a list of JSON ends whose texts stand in
// the quotes given.
func structureEnd(rest, quote string) int {
	depth := 0
	for i := 0; i < len(rest); i++ {
		switch {
		case strings.HasPrefix(rest[i:], quote):
			i += len(quote)
			i += quotedEnd(rest[min(i, len(rest)):], quote) + len(quote) - 1
		case rest[i] == '{' || rest[i] == '[':
			depth++
		case rest[i] == '}' || rest[i] == ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(rest)
}

// blockEnd is where a YAML block ends: before the next line that is indented no
// deeper than its key.
func blockEnd(rest string, indent int) int {
	end := 0
	for line := range strings.Lines(rest) {
		if strings.TrimSpace(line) != "" && indentOf(line) <= indent {
			return end
		}
		end += len(line)
	}
	return end
}

func indentOf(line string) int { return len(line) - len(strings.TrimLeft(line, " \t")) }

func until(text, stops string) int {
	if i := strings.IndexAny(text, stops); i >= 0 {
		return i
	}
	return len(text)
}
