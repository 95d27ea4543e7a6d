package mcpserver

import "testing"

// stayingTexts hold what looks like a secret, or stands where one could, and is none.
func stayingTexts() []string {
	return []string{
		// Identifiers and digests.
		"arn:aws:iam::111122223333:role/service-role/my-role-9x8y7z6w", "arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/db-AbCdEf",
		"sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "nginx:1.25.3@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
		"111122223333.dkr.ecr.us-east-1.amazonaws.com/shop:v1.2.3@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
		`{"ETag":"\"9f86d081884c7d659a2feaa0c55ad015-12\"","VersionId":"3sL4kqtJlcpXroDTDmJ+rmSpXd3dIbrHY+MTRCxf3vjVBH40Nr8X8gdRQBpUMLUo"}`,
		"ETag: \"9f86d081884c7d659a2feaa0c55ad015\"", "Content-MD5: n4bQgYhMfWWaL+qgxVrQFQ==", "x-amz-checksum-sha256: n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=",
		"3f2504e0-4f89-11d3-9a0c-0305e82c3301", "x-amzn-RequestId: 3f2504e0-4f89-11d3-9a0c-0305e82c3301", "X-Amzn-Trace-Id: Root=1-5759e988-bd862e3fe1be46a994272793",
		"x-amz-id-2: eftixk72aD6Ap51TnqcoF8eFidJG9Z/2mkiDFu8yU9AS1ed4OpIszj7UDNEHGran", "commit da39a3ee5e6b4b0d3255bfef95601890afd80709\nAuthor: Ada <ada@example.com>",
		"da39a3e Merge branch 'rotate-secret'", "CodeSha256: n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=", `{"CodeSha256":"n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg="}`,
		"ami-0123456789abcdef0 i-0123456789abcdef0 vol-0123456789abcdef0 sg-0123456789abcdef0", "eni-0123456789abcdef0:10.0.0.1", "Z2FDTNDATAQYW2 d111111abcdef8.cloudfront.net",
		"AROAIOSFODNN7EXAMPLE:ada", "AIDAIOSFODNN7EXAMPLE", `{"AccessKeyId":"AKIAIOSFODNN7EXAMPLE","CreateDate":"2026-01-02T03:04:05Z","Status":"Active"}`,
		"key/1234abcd-12ab-34cd-56ef-1234567890ab", "kms_key_id = \"1234abcd-12ab-34cd-56ef-1234567890ab\"", "SSHPublicKeyId: APKAEIBAERJR2EXAMPLE", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl ada@example.com",
		"fingerprint SHA256:uNiVztksCsDhcc0u9e8BgrJXVGDCOKbhBYwI0Kl8Qb4", "serial: 0a:1b:2c:3d:4e:5f:60:71", "sub: 248289761001", "g-abc123-def456 and r-ab12", "d-1234567890", "ou-ab12-11111111",
		// Measures, times, states.
		`{"password_last_used":"2026-01-02T03:04:05+00:00","password_next_rotation":"N/A","mfa_active":"true"}`, "PasswordLastUsed  2026-01-02T03:04:05Z", `{"Metric":"SecretAccessCount","Value":12345.678}`,
		"CPUUtilization=12.5 MemoryUtilization=78.25", "NextRotationDate: 2026-02-01", "LastRotatedDate: 2026-01-02", `{"RotationEnabled":true,"SecretVersionsToStages":{"3f2504e0-4f89-11d3-9a0c-0305e82c3301":["AWSCURRENT"]}}`,
		"user\tpassword\tcreated\nada\t\t2026-01-02", "password\t2026-01-02T03:04:05Z",
		"the secret was rotated 90 days ago", "the password is 14 characters long", "the password is too short", "the token is expired", "the token is for another server", "the secret is AWSCURRENT", "token is v1.2.3",
		"the secret is prod/db2", "the password was changed on 2026-01-02T03:04:05Z", "the password was set to expire", "the api key is in the vault", "the password is in /etc/app1/secret.txt", "a password is required", "your password was reset",
		"password authentication failed for user \"ada2\"", "FATAL: password authentication failed", "access denied (using password: YES)", "Incorrect password", "token \"next\" was given twice", "unexpected token '}' in JSON at position 42", "SyntaxError: Unexpected token < in JSON", "invalid token at line 12",
		// Policies, templates, code and settings.
		`{"Version":"2012-10-17","Statement":[{"Sid":"ReadSecrets","Effect":"Allow","Action":["secretsmanager:GetSecretValue","ssm:GetParameter"],"Resource":"arn:aws:secretsmanager:*:*:secret:prod/*"}]}`,
		`{"Condition":{"StringEquals":{"aws:PrincipalTag/team":"shop","kms:EncryptionContext:SecretARN":"arn:aws:secretsmanager:us-east-1:111122223333:secret:db-AbCdEf"}}}`, `{"Bool":{"aws:SecureTransport":"false"}}`,
		`{"MinimumPasswordLength":14,"RequireSymbols":true,"PasswordReusePrevention":24,"HardExpiry":false}`, "allow_users_to_change_password = true", `{"HttpTokens":"required","HttpPutResponseHopLimit":2}`, "MetadataOptions: HttpTokens=required",
		"password = var.db_password", "password = random_password.db.result", "password = data.aws_secretsmanager_secret_version.db.secret_string", "password: !Sub '{{resolve:secretsmanager:db}}'",
		"secret_name = \"prod/db\"\nsecret_arn = \"arn:aws:secretsmanager:us-east-1:111122223333:secret:db-AbCdEf\"", "output \"token_endpoint\" {\n  value = \"https://a.example.com/token\"\n}",
		"func setPassword(p string) error {", "user.setPassword(password)", "withToken(token)", "get_secret(name)", "if token == nil {", "password: string;", "password?: string | null", "let password: String\nlet host: String", "SELECT name, password FROM users WHERE id = 1",
		"INSERT INTO hosts (name, port) VALUES ('db1', 5432)", "| Name | Value |\n|---|---|\n| Host | db1 |\n| Port | 5432 |", "name,value\nhost,db1\nport,5432", "<tr><td>Host</td><td>db1</td></tr>", "<dt>Region</dt><dd>us-east-1</dd>", `<input type="text" name="q" value="shop1">`,
		`<property name="url">jdbc:h2:mem</property>`, "key \"tsig\" { algorithm hmac-sha256; };", "user ada on allkeys +@read", "docker login registry.example.com", "docker run -p 8080:80 shop", "mongosh --host db1 --port 27017 shop", "vault login -method=oidc", "zip -r out.zip dir1", "curl -s https://api.example.com/v1/items2", "echo done1 | tee log", "aws configure set region us-east-1", "kubectl create secret generic db --from-file=x", "sudo -S true",
		// URLs and texts that are encoded.
		"https://api.example.com/items?page=2&sort=key&code=200", "https://example.com/@ada2/posts", "see ada2@example.com, bob3@example.com", "ssh ada2@db1.example.com", "rsync -a x ada2@db1.example.com:/srv/shop", "git@github.com:acme/shop2.git", "pkg:npm/%40acme/shop@1.2.3", "go: github.com/acme/shop@v1.2.3", "image: registry.example.com:5000/shop:v2",
		"aGVsbG8gd29ybGQsIHRoaXMgaXMgYSBwbGFpbiB0ZXh0IHdpdGhvdXQgYW55IHRoaW5n", "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUMKLS0tLS1FTkQgQ0VSVElGSUNBVEUtLS0tLQo=", "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk",
		`{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMs","e":"AQAB","use":"sig"}`, `{"outputs":{"host":{"value":"db1.example.com","type":"string"}}}`,
		"/aws/lambda/shop-prod-checkout-handler/2026/01/02/log-stream-with-a-long-name", "s3://acme-logs/AWSLogs/111122223333/CloudTrail/us-east-1/2026/01/02/x.json.gz", "projects/shop/locations/europe-west1/keyRings/main/cryptoKeys/prod1",
		"compat-na1-0a1b2c3d", "taskey-based", "path=/usr/local/bin1", "PATH=/usr/bin:/bin", "pin 4 of GPIO", "shop_live_sessions 42", "_total_sessions=42", "os.getenv(\"HOST\", \"db1\")", "optional: true", "spot=12345", "BOOTP=yes12345", "salt-minion 3006.1", "identity: ada1", "phrase: hello1 world", "the recovery point is 2026-01-02", "verification: pending1",
	}
}

func TestTextsOfOtherThingsStay(t *testing.T) {
	scrub := newScrubber()
	for _, text := range append(stayingTexts(), harmlessPairs...) {
		if got := scrub.text(text); got != text {
			t.Errorf("%q became %q", text, got)
		}
		if out, note := scrub.clean(mustJSON(t, map[string]any{"text": text})); note != "" {
			t.Errorf("%q became %s: %s", text, out, note)
		}
	}
}
