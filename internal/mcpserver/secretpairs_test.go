package mcpserver

import (
	"encoding/base64"
	"strings"
	"unicode/utf16"
)

// inBase64URL is a text as base64url writes it, without padding.
func inBase64URL(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

// inUTF16 is a text in UTF-16 with the low byte first.
func inUTF16(s string) string {
	var out strings.Builder
	for _, unit := range utf16.Encode([]rune(s)) {
		out.WriteByte(byte(unit))
		out.WriteByte(byte(unit >> 8))
	}
	return out.String()
}

var (
	// Each ??? is Pz8_ in base64url, so that no long part is in the standard alphabet.
	urlText   = "???password=" + planted + " ???????????????"
	powerful  = inBase64(inUTF16(`$env:DB_PASSWORD = "` + planted + `"; go`))
	urlPadded = base64.URLEncoding.EncodeToString([]byte(urlText + "."))
)

// pairShapes are names and values that stand apart: as members, as columns, in lists.
var pairShapes = []secretShape{
	{"a pair of YAML with a comment", "env:\n- name: DB_PASSWORD # pw\n  value: " + planted + "\n- name: HOST\n  value: db", planted, "value: db"},
	{"a pair of YAML over a comment", "env:\n- name: DB_PASSWORD\n  # of the shop\n  value: " + planted + "\n- name: HOST\n  value: db", planted, "value: db"},
	{"a pair of YAML around a member", "env:\n- name: DB_PASSWORD\n  extra: x\n  value: " + planted + "\n- name: HOST\n  value: db", planted, "value: db"},
	{"a pair of YAML around an object", "env:\n  - name: \"DB_PASSWORD\"\n    labels:\n      value: x\n    value: \"" + planted + "\"\n  - name: HOST\n    value: db", planted, "value: x"},
	{"a pair of YAML, value first", "env:\n- value: " + planted + "\n  name: DB_PASSWORD\n- value: db\n  name: HOST", planted, "value: db"},
	{"a pair of YAML with a block", "env:\n- name: DB_PASSWORD # pw\n  value: |\n    one\n    " + planted + "\n- name: HOST\n  value: db", planted, "value: db"},
	{"a pair of YAML with the value below", "env:\n- name: DB_PASSWORD # pw\n  value:\n    " + planted + "\n- name: HOST\n  value: db", planted, "value: db"},
	{"a parameter in YAML", "- ARN: x\n  Name: /prod/db-password\n  Type: SecureString\n  Value: " + planted + "\n  Version: 1", planted, "Version: 1"},
	{"a pair of JSON over lines, value first", "read {\n  \"value\": \"" + planted + "\",\n  \"name\": \"DB_PASSWORD\"\n} ok", planted, "DB_PASSWORD"},
	{"base64url", "state " + inBase64URL(urlText) + " ok", inBase64URL(urlText)[24:], "ok"},
	{"base64url with padding", "state " + urlPadded + " ok", strings.TrimRight(urlPadded, "=")[24:], "ok"},
	{"base64url in a path", "GET /v1/" + inBase64URL(urlText) + "/x", inBase64URL(urlText)[24:], "GET /v1/"},
	{"a command of PowerShell", "powershell -NoProfile -enc " + powerful + "\nhost", strings.TrimRight(powerful, "="), "host"},
	{"a table of kubectl", "NAME  VALUE\nUSER  bob\nDB_PASSWORD  " + planted + "\nHOST  h", planted, "HOST  h"},
	{"a table of names and values, set out", "NAME          VALUE            SOURCE\nUSER          bob              env\nDB_PASSWORD   " + planted + "   env\nHOST          h                env", planted, "h                env"},
	{"a table of vault", "Key         Value\n---         -----\nhost        db\npassword    " + planted + " x\nuser        ada", planted, "user        ada"},
	{"a table behind what may be a head", "PASSWORD  REQUIRED\nNAME  VALUE\nDB_PASSWORD  " + planted + "\nHOST  h", planted, "HOST  h"},
	{"a table by column, set out", "USER   PASSWORD          HOST\nada    " + planted + "   db1\nbob                      db2", planted, "bob                      db2"},
	{"a table by column with a rule", "user   password          host\n----   --------          ----\nada    " + planted + "   db1", planted, "db1"},
	{"JSON with a comment", `{"user": "ada", "password": /* of db */ "` + planted + `", "host": "db"} ok`, planted, `"host": "db"`},
	{"JSON with a comment of a line", "{\n  \"password\": // of db\n    \"" + planted + "\",\n  \"host\": \"db\"\n} ok", planted, `"host": "db"`},
	{"a list of pairs", `[["USER","bob"],["DB_PASSWORD","` + planted + `"],["HOST","db"]]`, planted, `"db"`},
	{"a list of one pair", `[["DB_PASSWORD","` + planted + `"]]`, planted, "DB_PASSWORD"},
	{"a list of pairs in a log", `env [["USER","bob"],["DB_PASSWORD","` + planted + `"]] ok`, planted, "ok"},
	{"a pair of DynamoDB", `{"name":{"S":"DB_PASSWORD"},"value":{"S":"` + planted + `"},"host":{"S":"db"}}`, planted, `"db"`},
	{"a pair of DynamoDB in a log", `put {"name":{"S":"DB_PASSWORD"},"value":{"S":"` + planted + `"},"host":{"S":"db"}} ok`, planted, `ok`},
	{"an array of a shell", "PASSWORDS=(a " + planted + ")\nHOST=db", planted, "HOST=db"},
	{"an array of a shell over lines", "PASSWORDS=(\n  \"a)\"\n  '" + planted + "'\n)\nHOST=db", planted, "HOST=db"},
	{"more of an array of a shell", "PASSWORDS+=(a " + planted + ")\nHOST=db", planted, "HOST=db"},
	{"a pair in a line of a log, value first", `env: [{"value":"` + planted + `","name":"DB_PASSWORD"},{"value":"db","name":"HOST"}] ok`, planted, `"db"`},
	{"a pair of YAML in a flow, value first", "env:\n- {value: " + planted + ", name: DB_PASSWORD}\n- {value: db, name: HOST}", planted, "value: db"},
	{"openssl enc", "openssl enc -aes-256-cbc -k " + planted + " -in a -out b", planted, "-in a -out b"},
	{"openssl by cipher", "openssl aes-256-cbc -d -k '" + planted + "' -in a", planted, "-in a"},
	{"a name and a tab", "host\tdb\nDB_PASSWORD\t" + planted + "\nport\t5432", planted, "host\tdb"},
	{"a file of variables of GitHub", "db_password<<EOF\n" + planted + "\nEOF\nhost=db", planted, "host=db"},
	{"a text that is read", "read -r DB_PASSWORD <<'X'\n" + planted + "\nX\nhost=db", planted, "host=db"},
}

// harmlessPairs have the forms of pairs, of tables and of lists, and hold no secret.
var harmlessPairs = []string{
	"- name: DB_PASSWORD # pw\n  valueFrom:\n    secretKeyRef:\n      name: db\n      key: pw\n- name: HOST\n  value: db",
	"- value: db\n  name: HOST\n- name: DB_PASSWORD", "metadata:\n  name: db-password\nspec:\n  value: shop", "- name: DB_PASSWORD\n  extra:\n    value: x\n- name: HOST",
	"- name: DB_PASSWORD\n  value: ${DB_PASSWORD} # of the shop\n- name: HOST", "- name: rotate the password\n  value: shop", "- name: max_tokens # most\n  value: 4096",
	"- key: auth-token\n  operator: In\n  values:\n  - shop", "name: NextToken\n# of the page\nvalue: AAAA1234567890", "name: HOST # of the password\nvalue: db",
	"state " + inBase64URL(`{"q":"a?b>c??>","page":2,"host":"db1.example.com","x":"~~~???>>>"}`), "powershell -enc " + inBase64(inUTF16(`Get-ChildItem C:\Users | Sort-Object Name`)),
	"/aws/lambda/shop-prod_checkout-handler_of_the-shop/2026/01/02/[$LATEST]0a1b2c3d", "digest " + strings.Repeat("aB3_", 21) + "aA==", "a-very-long-name_of_some-bucket-with-many_parts-and-signs_in-it",
	"NAME      SECRETS   AGE\ndefault   1         5d\nbuilder   2         12d", "NAME   TYPE     DATA   AGE\ndb     Opaque   2      5d", "NAME        VALUE\nHOST        db1\nPORT        5432",
	"Key                  Value\n---                  -----\nlease_duration       768h\npassword_policy      strict\ntoken_type           batch",
	"type User struct {\n\tName      string\n\tPassword  string\n\tHost1234  string\n}", "Password  string\nHost1234  string", "PASSWORD   REQUIRED\nS3_BUCKET  OPTIONAL",
	"NAME   READY   SECRET     AGE\nweb1   True    web-tls1   5d", "user  password  host\n\nada  bob  carl", "USER   PASSWORD   HOST\nada    required   db1", "Options:\n  user      the user\n  secret    the secret\n  host2     the host",
	"The  passwords  are  kept\nin  the  vault2  here", "Name      Token TTL\nabcdefg1  768h0m0s",
	`[["password","varchar"],["host","varchar"]]`, `{"unique":[["token","user"]]}`, `[["password","email","sha256sum"]]`, `x [["password","varchar"]] y`, `["password","sha256sum"]`,
	`{"name":{"S":"HOST"},"value":{"S":"db1"}}`, `{"name":{"M":{"a":{"S":"password"}}},"value":{"S":"db1"}}`, `{"password": /* none */ null}`, `{"host": /* of the password */ "db1"}`,
	"TOKENS=(1024 512)\nHOST=db", `{"value":"db1","name":"HOST"}`, "{value: 12, n: 1} {name: DB_PASSWORD}", "{value=3 name=max_tokens}", "hosts=(a b)", "openssl enc -k $PASS -in a", "openssl rsa -in k.pem -out x",
	"password\tvarchar", "db_password\tvarchar64\tnot null", "DbPassword\t*string1", "cout << password << endl1;\nnext", "std::cout\n  << token << x;\nnext", "tokens << token\nputs 1", "tokens<<token\nputs 1", "cat <<EOF\nhost=db\nEOF",
}
