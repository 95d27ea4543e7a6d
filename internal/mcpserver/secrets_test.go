package mcpserver

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

const (
	planted = "S3cr3tV4lueXyzQ"
	awsKey  = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKE"
	jwt     = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dBjftJeZ4CVPmB92K27uhbUJU1p1r"
)

// userPass is a user and a password as HTTP and Docker write them.
var userPass = base64.StdEncoding.EncodeToString([]byte("ada:" + planted))

// A secretShape is a text with a secret.
type secretShape struct{ name, text, secret, stays string }

// secretShapes are texts with a secret: by name, text, the secret, and what must
// stay.
var secretShapes = []secretShape{
	{"an environment variable", "DB_PASS=" + planted + "\nDB_HOST=db.example.com", planted, "DB_HOST=db.example.com"},
	{"exported and quoted", "export API_TOKEN='" + planted + "'", planted, "API_TOKEN"},
	{"double quoted with blanks", `DB_PASSWORD="` + planted + ` with blanks"; echo done`, planted, "echo done"},
	{"within a line", "starting with DB_PASSWORD=" + planted + " on port 5432", planted, "on port 5432"},
	{"without separators", "PGPASSWORD=" + planted, planted, "PGPASSWORD"},
	{"a docker file", "ENV MYSQL_ROOT_PASSWORD " + "x\nENV APP_SECRET=" + planted, planted, "APP_SECRET"},
	{"dotted property", "spring.datasource.password=" + planted, planted, "spring.datasource.password"},
	{"camel case", "clientSecret: " + planted, planted, "clientSecret"},
	{"kebab case", "api-key: " + planted, planted, "api-key"},
	{"a numbered name", "PASSWORD_2=" + planted, planted, "PASSWORD_2"},
	{"special characters", "DB_PASS=" + planted + ";&,)more", planted + ";&,)more", "DB_PASS"},
	{"a token in a query", "GET https://api.example.com/v1/x?user=ada&token=" + planted + "&page=2", planted, "page=2"},
	{"an access token in a query", "https://api.example.com/?access_token=" + planted, planted, "api.example.com"},
	{"a presigned URL", "https://b.s3.amazonaws.com/k?X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20260101&X-Amz-Signature=" + planted, planted, "AKIAIOSFODNN7EXAMPLE"},
	{"a shared access signature", "https://a.blob.example.net/c?sv=2022&sig=" + planted + "%3D", planted, "sv=2022"},
	{"an encoded name in a query", "https://a.example.com/?pass%77ord=" + planted, planted, "a.example.com"},
	{"a database URL", "postgres://app:" + planted + "@db.example.com:5432/shop", planted, "@db.example.com:5432/shop"},
	{"a password with an at sign", "mysql://app:a@" + planted + "@db.example.com/shop", planted, "db.example.com/shop"},
	{"a password with a slash", "amqp://app:p/" + planted + "@mq.example.com/v", planted, "mq.example.com/v"},
	{"a token as user", "https://" + planted + planted + "@github.com/acme/shop.git", planted, "github.com/acme/shop.git"},
	{"redis without a user", "redis://:" + planted + "@cache.example.com:6379", planted, "cache.example.com:6379"},
	{"JDBC", "jdbc:postgresql://db.example.com/shop?user=app&password=" + planted, planted, "user=app"},
	{"JDBC of Oracle", "jdbc:oracle:thin:scott/" + planted + "@//db.example.com:1521/x", planted, "db.example.com"},
	{"ADO", "Server=db.example.com;Database=shop;User Id=app;Password=" + planted + ";Encrypt=true", planted, "Database=shop"},
	{"a storage account", "DefaultEndpointsProtocol=https;AccountName=acme;AccountKey=" + planted + "==;EndpointSuffix=x", planted, "AccountName=acme"},
	{"an authorization header", "GET / HTTP/1.1\nHost: a.example.com\nAuthorization: Bearer " + planted + "\nAccept: */*", planted, "Accept: */*"},
	{"a header of any scheme", "Authorization: Token id=7, mac=" + planted, planted, "Authorization"},
	{"basic credentials", "sent Basic " + base64.StdEncoding.EncodeToString([]byte("ada:"+planted)) + " to it", base64.StdEncoding.EncodeToString([]byte("ada:" + planted)), "to it"},
	{"a bearer in a sentence", "called with bearer " + planted + " and failed", planted, "and failed"},
	{"cookies", "Cookie: a=1; session=" + planted + "; theme=dark", planted, "Cookie"},
	{"a set cookie", "Set-Cookie: sid=" + planted + "; HttpOnly", planted, "Set-Cookie"},
	{"an own header", "X-Api-Key: " + planted, planted, "X-Api-Key"},
	{"curl's header", `curl -H 'Authorization: Bearer ` + planted + `' https://a.example.com`, planted, "https://a.example.com"},
	{"curl's user", "curl -u ada:" + planted + " https://a.example.com", planted, "https://a.example.com"},
	{"a flag", "app --db-password " + planted + " --verbose", planted, "--verbose"},
	{"a flag with equals", "app --password=" + planted + " --verbose", planted, "--verbose"},
	{"netrc", "machine a.example.com login ada password " + planted, planted, "login ada"},
	{"SQL", "CREATE USER app IDENTIFIED BY '" + planted + "' ACCOUNT UNLOCK", planted, "ACCOUNT UNLOCK"},
	{"SQL of Postgres", "ALTER ROLE app WITH PASSWORD '" + planted + "';", planted, "ALTER ROLE app"},
	{"JSON", `{"user":"ada","password":"` + planted + `"}`, planted, "ada"},
	{"JSON in a line of a log", `2026-01-01 INFO {"user":"ada","api_key":"` + planted + `","n":1} done`, planted, "done"},
	{"escaped JSON in a line of a log", `body={\"user\":\"ada\",\"secret\":\"` + planted + `\",\"n\":1}`, planted, "ada"},
	{"JSON with an escaped quote", `x {"password":"a\"` + planted + `","n":1}`, planted, `"n":1`},
	{"a pair in JSON", `{"name":"DB_PASSWORD","value":"` + planted + `"}`, planted, "DB_PASSWORD"},
	{"a pair in a line of a log", `env: [{"name":"DB_PASSWORD","value":"` + planted + `"},{"name":"HOST","value":"db"}]`, planted, `"db"`},
	{"a list of headers", `{"headers":[{"Name":"Authorization","Value":"Bearer ` + planted + `"}]}`, planted, "Authorization"},
	{"raw headers", `["Host","a.example.com","Authorization","` + planted + `"]`, planted, "a.example.com"},
	{"a command as a list", `["app","--password","` + planted + `","-v"]`, planted, "-v"},
	{"YAML", "db:\n  user: app\n  password: " + planted + " and more\n  host: db", planted + " and more", "host: db"},
	{"a YAML block", "db:\n  password: |\n    " + planted + "\n    " + planted + "2\n  host: db", planted, "host: db"},
	{"a folded YAML block", "secret: >-\n  one\n  " + planted + "\nhost: db", planted, "host: db"},
	{"a list in YAML", "env:\n  - name: DB_PASSWORD\n    value: " + planted + "\n  - name: HOST\n    value: db", planted, "value: db"},
	{"TOML", `password = "` + planted + `" # it`, planted, "# it"},
	{"Ruby", `:password => "` + planted + `"`, planted, ":password"},
	{"Go", `apiKey := "` + planted + `"`, planted, "apiKey"},
	{"XML element", "<Db><User>app</User><Password>" + planted + "</Password></Db>", planted, "<User>app</User>"},
	{"XML element of a namespace", `<wsse:Password Type="x">` + planted + "</wsse:Password>", planted, "wsse:Password"},
	{"XML's unparsed text", "<secret><![CDATA[" + planted + "<x>]]></secret>", planted, "</secret>"},
	{"XML attribute", `<db user="app" password="` + planted + `" host='db'/>`, planted, "host='db'"},
	{"a pair in XML attributes", `<add key="DbPassword" value="` + planted + `"/>`, planted, "DbPassword"},
	{"a property list", "<key>password</key><string>" + planted + "</string>", planted, "<key>password</key>"},
	{"a web token", "token is " + jwt + " ok", jwt, "ok"},
	{"a web token in a path", "GET /verify/" + jwt + "/x", jwt, "GET /verify/"},
	{"a private key", "-----BEGIN RSA PRIVATE KEY-----\nMIIE" + planted + "\n-----END RSA PRIVATE KEY-----\nnext", planted, "next"},
	{"an OpenSSH key", `"-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl` + planted + `\n-----END OPENSSH PRIVATE KEY-----"`, planted, "BEGIN OPENSSH"},
	{"the end of a private key", strings.Repeat("MIIE"+planted, 4) + "\n-----END PRIVATE KEY-----", planted, "END PRIVATE KEY"},
	{"keys of AWS in CSV", "User,Access key ID,Secret access key\nada,AKIAIOSFODNN7EXAMPLE," + awsKey, awsKey, "AKIAIOSFODNN7EXAMPLE"},
	{"keys of AWS in a profile", "[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = " + awsKey, awsKey, "AKIAIOSFODNN7EXAMPLE"},
	{"a session token of AWS", "got IQoJb3JpZ2luX2Vj" + planted + " now", planted, "now"},
	{"a token of GitHub", "use ghp_" + planted + planted, planted, "use ghp_"},
	{"a token of Slack", "xoxb-1234567890-" + planted, planted, "xoxb-"},
	{"a key of Stripe", "sk_live_" + planted, planted, "sk_live_"},
	{"a key of Google", "AIzaSy" + planted + planted, planted, "AIza"},
	{"a coloured name", "\x1b[36mpassword\x1b[0m=" + planted, planted, "password="},
	{"pino's colours", "\x1b[35mpassword\x1b[39m: \"" + planted + "\"", planted, "password: "},
	{"node's colours", "{ password: \x1b[32m'" + planted + "'\x1b[39m }", planted, "password: "},
	{"colour within a name", "pass\x1b[0mword=" + planted, planted, "password="},
	{"colour within a value", "ghp_Zq7Lw9x8\x1b[0m" + planted, planted, "ghp_"},
	{"a link of a terminal", "\x1b]8;;https://a.example.com\x1b\\password\x1b]8;;\a=" + planted, planted, "password="},
	{"a control of eight bits", "pass\u009b1mword=" + planted, planted, "password="},
	{"a control of a byte that is lost", "password\ufffd0m=" + planted, planted, "password="},
	{"another character set", "pass\x1b(Bword=" + planted, planted, "password="},
	{"an unfinished control string", "\x1bPASSWORD=" + planted, planted, "PASSWORD="},
	{"colours that are written out", `out: \u001b[36mpassword\u001b[0m=` + planted, planted, "password="},
	{"no width within a name", "pass\u200bword=" + planted, planted, "password="},
	{"a joiner within a name", "pass\u200dword=" + planted, planted, "password="},
	{"a joiner within a value", "ghp_Zq7Lw9x8\u200c" + planted, planted, "ghp_"},
	{"a filler within a name", "pass\u3164word=" + planted, planted, "password="},
	{"a filler that is written out", `x pass\u3164word=` + planted, planted, "password="},
	{"a direction that is written out", `x pass\u202Eword=` + planted, planted, "password="},
	{"no width that is written out", `x pass\u200bword=` + planted, planted, "password="},
	{"a member's name with no width", "{\"pass\u200bword\":\"" + planted + "\"}", planted, "password"},
	{"a member's name in colour", `{"\u001b[36mpassword\u001b[0m":"` + planted + `"}`, planted, "password"},
	{"a pair with a joiner", "{\"name\":\"DB_PASS\u200dWORD\",\"value\":\"" + planted + "\"}", planted, "DB_PASS"},
	{"full-width letters", "ｐａｓｓword＝" + planted, planted, "password="},
	{"an encoded setting", "next=%2Fa%3Fpassword%3D" + planted, planted, "password%3D"},
	{"twice encoded", "password%253D" + planted, planted, "password%253D"},
	{"an equals sign that is written out", `x password\u003d` + planted, planted, "password="},
	{"a configuration of Docker", `{"auths":{"reg.example.com":{"auth":"` + userPass + `"}}}`, userPass, "reg.example.com"},
	{"a configuration of Docker in a log", `read {"auths":{"reg.example.com":{"auth":"` + userPass + `"}}} ok`, userPass, "ok"},
	{"an object under the name of a secret", `{"secret":{"name":"prod/db","v":"` + planted + `"}}`, planted, "prod/db"},
	{"an object in a line of a log", `read {"secret":{"name":"prod/db","v":["a","}` + planted + `"]},"n":1} ok`, planted, `"n":1} ok`},
	{"a Secret of Kubernetes", `{"kind":"Secret","data":{"x":"` + planted + `"},"metadata":{"name":"db"}}`, planted, `"db"`},
	{"a Secret of Kubernetes in YAML", "apiVersion: v1\ndata:\n  x: " + planted + "\n  y: |\n    " + planted + "\nkind: Secret\nmetadata:\n  name: db", planted, "name: db"},
	{"a token of Hugging Face", "hf_" + planted + planted, planted, "hf_"},
	{"a token of Docker", "dckr_pat_" + planted, planted, "dckr_pat_"},
	{"a token of Hawser", "hawser_" + planted, planted, "hawser_"},
	{"a key of age", "AGE-SECRET-KEY-1" + planted, planted, "AGE-SECRET-KEY-1"},
	{"a password of mysql", "mysql -h db.example.com -uroot -p" + planted + " shop", planted, "shop"},
	{"sshpass", "sshpass -p " + planted + " ssh ada@a.example.com", planted, "ada@a.example.com"},
	{"a line of .pgpass", "db.example.com:5432:shop:app:" + planted, planted, "db.example.com:5432:shop:app:"},
	{"a line of htpasswd", "ada:$apr1$Zq7Lw9x8$" + planted + "abcdefg", planted, "ada:"},
	{"a line of shadow", "ada:$6$rounds=5000$Zq7Lw9x8$" + planted + "abcdefg:19000:0:99999:7:::", planted, ":19000:"},
	{"a hook of Slack", "https://hooks.slack.com/services/T000/B000/" + planted, planted, "hooks.slack.com"},
}

// endTells are the shapes that what stands behind the secret makes.
var endTells = map[string]bool{
	"a pair of YAML, value first": true, "a pair of JSON over lines, value first": true, "a pair in a line of a log, value first": true, "a pair of YAML in a flow, value first": true,
	"a list of pairs": true, "a list of one pair": true, "a list of pairs in a log": true, "a pair of DynamoDB": true, "a pair of DynamoDB in a log": true,
	"a password with an at sign": true, "a password with a slash": true, "a token as user": true, "JDBC of Oracle": true,
	"docker login over a pipe": true, "sudo -S": true, "chpasswd": true, "aws ssm": true, "a URL without a scheme": true, "a short password of digits": true, "NATS": true,
	"jdbc oracle": true, "sqlplus": true, "a DSN of Sentry": true, "a DSN of Go with a socket": true, "a Secret of Kubernetes in JSON": true, "a list of Secrets in JSON": true,
	"a Secret in a line of a log": true, "dockerconfigjson": true, "state of Terraform, any sensitive output": true, "state of Terraform, random password": true, "a key in JWK": true,
	"a symmetric key in JWK": true, "Azure's storage key": true, "Mailchimp": true, "Square's access token": true, "New Relic's license": true, "Notion": true,
	"a Secret of Kubernetes": true, "a Secret of Kubernetes in YAML": true, "raw headers": true, "an attribute of an element": true, "an attribute of a child": true, "AWS's secret before the id": true, "a DSN of Go": true, "the end of a private key": true,
}

// A secret is masked in each shape, also where the text ends within or behind
// it, and where the whole is a text in JSON, or a text in such a text.
func TestSecretsAreMasked(t *testing.T) {
	scrub := newScrubber()
	for _, tt := range slices.Concat(secretShapes, writtenShapes, lineShapes, realWorld, shellShapes, urlShapes, fileShapes, keyShapes, pairShapes) {
		t.Run(tt.name, func(t *testing.T) {
			got := scrub.text(tt.text)
			if strings.Contains(got, tt.secret) || strings.Contains(got, planted) || !strings.Contains(got, mask) {
				t.Errorf("%q became %q", tt.text, got)
			}
			if !strings.Contains(got, tt.stays) {
				t.Errorf("%q lost %q: %q", tt.text, tt.stays, got)
			}
			if cut := tt.text[:strings.LastIndex(tt.text, tt.secret)+len(tt.secret)]; !endTells[tt.name] {
				if got := scrub.text(cut); strings.Contains(got, tt.secret) {
					t.Errorf("cut: %q became %q", cut, got)
				}
			}
			raw := json.RawMessage(mustJSON(t, map[string]any{"log": tt.text}))
			for range 3 {
				if out, _ := scrub.clean(raw); strings.Contains(string(out), planted) || strings.Contains(string(out), tt.secret) {
					t.Errorf("%s became %s", raw, out)
				}
				raw = mustJSON(t, map[string]any{"body": string(raw)})
			}
			if shown, note := scrub.revealing([]string{"log"}).clean(mustJSON(t, map[string]any{"log": tt.text})); strings.Contains(string(shown), mask) || strings.Contains(note, "secrets") {
				t.Errorf("masked although it was asked for: %s", shown)
			}
		})
	}
}

func mustJSON(t *testing.T, v any) json.RawMessage {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// What is not a secret stays as it is.
func TestWhatIsNoSecretStays(t *testing.T) {
	scrub := newScrubber()
	for _, text := range append([]string{
		`{"next_token":"eyJ2IjoxfQ","NextToken":"AAAA1234567890","nextForwardToken":"f/3","continuation_token":"1ueGcxLPRx1Tr"}`,
		`{"cursor":"eyJjIjoiMTExMTIyMjIzMzMzL3VzLWVhc3QtMSIsInQiOiJhYmMifQ","items":[]}`,
		`{"password_last_used":"2026-01-02T03:04:05Z","password_enabled":true,"PasswordResetRequired":false}`,
		`{"key":"backups/2026/db.dump","size":123}`, `{"key":"a/password.txt","etag":"\"abc\""}`,
		`{"access_key":"AKIAIOSFODNN7EXAMPLE","AccessKeyId":"AKIAIOSFODNN7EXAMPLE"}`,
		`{"secret_arn":"arn:aws:secretsmanager:us-east-1:111122223333:secret:db-AbCdEf","secret_name":"prod/db"}`,
		`{"secret":"arn:aws:secretsmanager:us-east-1:111122223333:secret:db-AbCdEf"}`,
		`{"password_policy":{"minimum_length":14,"symbols":true},"tokens":512,"metadata_tokens":"required"}`,
		`{"name":"prod/db-password","arn":"arn:aws:ssm:us-east-1:111122223333:parameter/prod/db-password"}`,
		`{"name":"HOST","value":"db.example.com"}`, `{"client_token":"7f3c1a52-0a0a-4c39-8a0e-1f0f4f6f8d11"}`,
		`{"token_type":"Bearer","expires_in":3600}`, `{"columns":["id","user","password","email"]}`,
		"https://example.com:8443/a@b", "https://example.com:8443/path?page=2&sort=key", "http://localhost:8080",
		"git@github.com:acme/shop.git", "mailto:ada@example.com", "s3://bucket/key=1/part=2/x.parquet",
		"arn:aws:lambda:us-east-1:111122223333:function:f", "2026-01-02T03:04:05Z INFO took 12ms, 3 retries",
		"passed: 12, failed: 0", "compass=north", "the password is wrong", "Basic authentication is off", "a bearer of news",
		"REPORT RequestId: 3f2504e0-4f89-11d3-9a0c-0305e82c3301 Duration: 12.5 ms Billed Duration: 13 ms",
		"password=${DB_PASSWORD}", "password: {{resolve:secretsmanager:db}}", "DB_PASSWORD=", "password: null",
		"da39a3ee5e6b4b0d3255bfef95601890afd80709", "AKIAIOSFODNN7EXAMPLE da39a3ee5e6b4b0d3255bfef95601890afd80709",
		"02:42:ac:11:00:02", "at 10:20:30:40:50", "awk '{print $1$2}'", "mysql -p shop", "mysql -P3306 -u root", "ＡＢＣ and ｐａｓｓ",
		`{"auth":"none"}`, `{"auth":{"type":"basic"}}`, `{"secret":{"name":"prod/db","arn":"arn:aws:secretsmanager:us-east-1:111122223333:secret:db-AbCdEf"}}`,
		"kind: ConfigMap\ndata:\n  x: abc", `{"kind":"ConfigMap","data":{"x":"abc"}}`, "page%3D2", "hf_transfer_enable", "👩\u200d🚀",
		"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----", "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----",
		`{"a": [1, 2,  3], "b": "no change of what is no secret"}`, "<Name>ada</Name><KeyName>web</KeyName>",
	}, harmlessTexts...) {
		if got := scrub.text(text); got != text {
			t.Errorf("%q became %q", text, got)
		}
		if out, note := scrub.clean(mustJSON(t, text)); note != "" {
			t.Errorf("%q became %s: %s", text, out, note)
		}
		if json.Valid([]byte(text)) {
			if out, note := scrub.clean(json.RawMessage(text)); note != "" {
				t.Errorf("%s became %s: %s", text, out, note)
			}
		}
	}
}

// Elements that never end are looked into once each, and no deeper than some.
func TestElementsThatNeverEnd(t *testing.T) {
	scrub := newScrubber()
	for _, unit := range []string{"<password>", "<password> ", "<password><a>", "<password>arn:a:", "<tokens><a>"} {
		text := strings.Repeat(unit, 3000) + "\n<password>" + planted + "</password>"
		if got := scrub.text(text); strings.Contains(got, planted) {
			t.Errorf("%s: the secret at the end stays", unit)
		}
	}
}

// A secret that was planted in any text does not survive in a shape that is
// known.
func FuzzPlantedSecrets(f *testing.F) {
	scrub := newScrubber()
	f.Add("", "\n", uint16(0))
	f.Add("{\"a\":\"", "\"}", uint16(3))
	f.Add("key=", "<", uint16(40))
	shapes := slices.Concat(secretShapes, writtenShapes, lineShapes, realWorld, pairShapes)
	f.Fuzz(func(t *testing.T, before, after string, which uint16) {
		const secret = "Zq7Planted9Secret4Xw"
		shape := shapes[int(which)%len(shapes)]
		text := strings.ReplaceAll(shape.text, planted, secret)
		if !strings.Contains(text, secret) || endTells[shape.name] {
			return
		}
		// On lines of their own, so that what stands around is not part of it.
		text = strings.ReplaceAll(before, "\\", "") + "\n" + text + "\n" + after
		if got := scrub.text(text); strings.Contains(got, secret) {
			t.Errorf("%q became %q", text, got)
		}
	})
}

// What many lines begin and none ends is looked for once each.
func TestLinesThatNeverEnd(t *testing.T) {
	scrub := newScrubber()
	for _, unit := range []string{
		"[secret]\n", "[secret]\na = 1\n", "variable \"password\" {\n", "variable \"password\" {\"\n", "a,password\n", "a,password\n\"b\n", "password: a\n  b\n", "tokens: 5\n a\n", "password=${X}\\\n", "a\\\n",
		"passwords=(a\n", "passwords=(\n", "password<<x\n", "NAME  VALUE\n", "- name: password\n", "- value:\n  name: password\n", "password: /*", "[[\"password\",\"", "{value: a, ", "{value: a, name: password}", "password\ta\n",
	} {
		text := strings.Repeat(unit, 5000) + "\nEND\npassword=" + planted
		if got := scrub.text(text); strings.Contains(got, planted) {
			t.Errorf("%q: the secret at the end stays", unit)
		}
	}
}
