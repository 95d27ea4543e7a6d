package mcpserver

import (
	"encoding/base64"
	"regexp"
	"slices"
	"strings"
)

// A shape is a pattern of secrets in a text. The pattern's group named s is masked if ok
// is nil or returns true.
type shape struct {
	// hints: every text with the shape contains one of them.
	hints   []hint
	pattern *regexp.Regexp
	ok      func(secret string) bool
}

// newShapes returns the shapes of secrets that are recognized without a name before
// them. Each also matches a text that ends within the secret.
func newShapes(like func(string) bool) []shape {
	return slices.Concat(generalShapes(like), commandShapes(like), sentenceShapes(like), vendorShapes())
}

// of is a shape of a pattern.
func of(ok func(string) bool, pattern string, hold ...string) shape {
	return shape{hints(hold...), regexp.MustCompile(pattern), ok}
}

// generalShapes are keys, credentials in URLs and in headers, and hashes.
func generalShapes(secretLike func(string) bool) []shape {
	return []shape{
		of(nil, `-{4,5} ?BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)? ?-{4,5}(?P<s>[\s\S]*?)(?:-{4,5} ?END [A-Z0-9 ]*PRIVATE KEY|$)`, "private key"),
		of(nil, `(?P<s>[A-Za-z0-9+/=\s\\]{40,})-----END [A-Z0-9 ]*PRIVATE KEY`, "private key"),
		of(nil, `\bPrivate-Lines: \d+\s+(?P<s>(?:[A-Za-z0-9+/=]+\s*)+?)(?:Private-|$)`, "private-lines"), // of PuTTY
		of(nil, `(?i)\bminisign encrypted secret key\s+(?P<s>\S+)`, "minisign"),
		// JSON Web Tokens; see https://datatracker.ietf.org/doc/html/rfc7519#section-3
		of(nil, `\b(?P<s>eyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)*)`, "eyj"),
		// The password of a URL. A number there is a port.
		of(nil, `://[^\s:/@"'<>]*:(?P<s>[^\s/"'<>?#]+)@`, "://"),
		of(notPort, `://[^\s:/@"'<>]*:(?P<s>[^\s"'<>]+)@`, "://"),
		of(notPort, `://[^\s:/@"'<>\[]*:(?P<s>[^\s/@"'<>,;)\]}\\]+)`, "://"),
		of(nil, `://(?P<s>[\w.~%-]{20,})(?::x-oauth-basic)?@`, "://"),
		of(nil, `(?i)\bjdbc:oracle:\w+:[^/\s"']+/(?P<s>[^@\s"']+)@`, "jdbc:oracle"),
		of(secretLike, `(?:^|[\s"'=(])[\w.-]+:(?P<s>[^\s:/@"']{6,})@(?:localhost|[\w-]+\.[\w.-]+)(?::\d|/|\s|$)`, "@"),
		// One-time codes and assertions in URLs and forms.
		of(nil, `[?&]code=(?P<s>[\w%.~+/=-]{20,})`, "code="),
		of(nil, `\bSAML(?:Response|Request|art)=(?P<s>[\w%+/=]{20,})`, "saml"),
		// Cookies of sessions whose names are of their application.
		of(nil, `\b_\w+_session=(?P<s>[^;\s"']+)`, "_session="),
		of(nil, `(?:^|[\s"'=])[^\s:@/"'=]+:(?P<s>[^\s"']+)@(?:tcp|udp|unix)\d?\(`, "@tcp", "@udp", "@unix"), // of Go's driver for MySQL
		// Credentials of HTTP, of netrc, of SQL.
		of(tokenLike, `(?i)\bbearer\s+(?P<s>[\w.~+/=-]{8,})`, "bearer"),
		of(basicAuth, `(?i)\bbasic\s+(?P<s>[A-Za-z0-9+/]{6,}=*)`, "basic"),
		of(nil, `(?i)\b(?:login|machine)\s+\S+\s+(?:account\s+\S+\s+)?password\s+(?P<s>\S+)`, "password"),
		of(basicAuth, `(?i)(?:^|[^a-z0-9])auth\\*["']?\s*[:=]\s*\\*["']?(?P<s>[a-z0-9+/]{6,}=*)`, "auth"),
		// A line of .pgpass, and what passwords are kept as in htpasswd and shadow;
		// see https://www.postgresql.org/docs/current/libpq-pgpass.html and crypt(5).
		of(nil, `(?m)^[ \t]*(?:[\w.*/-]+|\[[0-9A-Fa-f:]+\]):(?:543\d|6432|6543|25060|26257|\*):[^:\s]+:[^:\s]+:(?P<s>\S+)`, ":543", ":6432:", ":6543:", ":25060:", ":26257:", ":*:"),
		of(nil, `\$(?:1|2[abxy]?|5|6|7|y|gy|apr1|argon2(?:id|i|d)|scrypt)\$(?P<s>[\w./$=,+-]{20,})`,
			"$1$", "$2", "$5$", "$6$", "$7$", "$y$", "$gy$", "$apr1$", "$argon2", "$scrypt$"),
		of(nil, `(?i)\{S?SHA\d*\}(?P<s>[a-z0-9+/]{16,}=*)`, "{sha", "{ssha"),
		of(nil, `(?i)\b(?:identified\s+(?:with\s+\S+\s+)?(?:by|as)|password)\s+'(?P<s>[^']+)`, "identified", "password"),
		// A secret access key beside its key's ID, session tokens and keys of Bedrock.
		of(mixed, `(?:AKIA|ASIA)[A-Z0-9]{16}[^A-Za-z0-9/+][\s\S]{0,80}?\b(?P<s>[A-Za-z0-9/+]{40})(?:[^A-Za-z0-9/+]|$)`, "akia", "asia"),
		of(mixed, `(?:^|[^A-Za-z0-9/+])(?P<s>[A-Za-z0-9/+]{40})[^A-Za-z0-9/+][\s\S]{0,80}?\b(?:AKIA|ASIA)[A-Z0-9]{16}`, "akia", "asia"),
		of(nil, `\b(?P<s>(?:IQoJb3JpZ2lu|FwoGZXIvYXdz|FQoGZXIvYXdz)[A-Za-z0-9+/=_%-]{8,})`, "iqojb3jpz2lu", "fwogzxivyxdz", "fqogzxivyxdz"),
		of(nil, `\bABSK(?P<s>[A-Za-z0-9+/]{40,}=*)`, "absk"),
	}
}

// prefixed is the shape of tokens that begin with one of some texts.
func prefixed(ok func(string) bool, rest string, prefixes ...string) shape {
	var quoted []string
	for _, prefix := range prefixes {
		quoted = append(quoted, regexp.QuoteMeta(prefix))
	}
	return shape{hints(prefixes...), regexp.MustCompile(`\b(?:` + strings.Join(quoted, "|") + `)(?P<s>` + rest + `)`), ok}
}

// notPort tells a password from a port.
func notPort(s string) bool {
	digits := len(s) - len(strings.TrimLeft(s, "0123456789"))
	return digits == 0 || digits > 5 || digits < len(s) && !strings.ContainsAny(s[digits:digits+1], "/?#")
}

func tokenLike(s string) bool { return len(s) >= 24 || strings.ContainsAny(s, "0123456789") }

func mixed(s string) bool {
	return strings.ToLower(s) != s && strings.ToUpper(s) != s
}

func mixedDigits(s string) bool { return mixed(s) && strings.ContainsAny(s, "0123456789") }

func basicAuth(s string) bool {
	raw, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(s, "="))
	if err != nil && len(s) > 4 { // cut
		raw, err = base64.RawStdEncoding.DecodeString(s[:len(s)/4*4])
	}
	return err == nil && strings.Contains(string(raw), ":")
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
