package mcpserver

import "strings"

// commandShapes are credentials in command lines and in lines of configuration, where
// a flag or a word of one program says what stands behind it.
func commandShapes(secretLike func(string) bool) []shape {
	return []shape{
		of(nil, `(?i)(?:^|\s)(?:-u|--user)[ =]["']?[^\s:"']+:(?P<s>[^\s"']+)`, "-u"),
		of(nil, `\b(?:mysql\w*|mariadb[\w-]*|sshpass)\b[^\n|;&]*?\s-p["']?(?P<s>[^\s"'-][^\s"']*)`, "mysql", "mariadb", "sshpass"),
		of(nil, `\bsshpass\s+-p\s+["']?(?P<s>[^\s"']+)`, "sshpass"),
		of(nil, `\bredis-cli\b[^\n|;&]*?\s-a\s+["']?(?P<s>[^\s"']+)`, "redis-cli"),
		of(nil, `(?im)^[ \t]*(?:requirepass|masterauth)[ \t]+["']?(?P<s>[^\s"']+)`, "requirepass", "masterauth"),
		of(nil, `(?i)\bConvertTo-SecureString\s+(?:-String\s+)?["'](?P<s>[^"']+)`, "securestring"),
		of(secretLike, `(?m)^[>\s]*AUTH[ \t]+(?:[^\s:=]+[ \t]+)?(?P<s>[^\s:=]+)[ \t\r]*$`, "auth "),
		of(nil, `(?i)\b(?:curl|wget)\b[^\n|;]*?\s(?:-U|--proxy-user)[ =]["']?[^\s:"']+:(?P<s>[^\s"']+)`, "curl", "wget"),
		of(nil, `\bcurl\b[^\n|;]*?\s-[a-zA-Z]*u[^\s:"'-][^\s:"']*:(?P<s>[^\s"'/][^\s"']*)`, "curl"),
		of(hasSign, `\bcurl\b[^\n|;]*?\s(?:-b|--cookie)[ =]["']?(?P<s>[^\s"']+)`, "curl"),
		of(nil, `\b(?:https?|xhs?)\s[^\n|;]*?(?:-a|--auth)[ =]["']?[^\s:"']+:(?P<s>[^\s"']+)`, " -a ", " --auth"),
		of(nil, `\b(?:docker|podman|nerdctl|buildah|skopeo|helm|oras|az|oc|cf|ibmcloud)\s[^\n|;]*?\blogin\b[^\n|;]*?\s-p[ =]?["']?(?P<s>[^\s"'-][^\s"']*)`, "docker", "podman", "nerdctl", "buildah", "skopeo", "helm", "oras", "az login", "oc login", "cf login", "ibmcloud"),
		of(nil, `\b(?:zip|unzip)\b[^\n|;]*?\s-P\s*["']?(?P<s>[^\s"']+)`, "zip -"),
		of(nil, `\b(?:7z[arz]?|rar|unrar)\s[^\n|;]*?\s-h?p["']?(?P<s>[^\s"']+)`, "7z a", "7z x", "7z u", "7z e", "7z l", "7z t", "7za ", "7zr ", "rar "),
		of(notVariable, `\bopenssl\s+(?:enc|(?:aes|des|camellia|aria|chacha|bf|cast|rc[245]|seed|idea|sm4)[\w-]*)\s(?:[^\n|;]*?\s)?-[kK]\s+["']?(?P<s>[^\s"'-][^\s"']*)`, "openssl"),
		of(nil, `\bldap\w+\b[^\n|;]*?\s-w\s*["']?(?P<s>[^\s"']+)`, "ldap"),
		of(nil, `\b(?:sqlcmd|bcp|osql)\b[^\n|;]*?\s-P\s*["']?(?P<s>[^\s"']+)`, "sqlcmd", "bcp", "osql"),
		of(nil, `\bmongo(?:sh|dump|restore|export|import)?\s[^\n|;]*?\s-p\s+["']?(?P<s>[^\s"'-][^\s"']*)`, "mongo"),
		of(nil, `\bsqlplus\s+(?:-\w+\s+)*[^\s/@]+/(?P<s>[^@\s"']+)@`, "sqlplus"),
		of(secretLike, `\bvault\s+login\s+(?:-\S+\s+)*(?P<s>[^\s-]\S+)`, "vault login"),
		of(nil, `\bhtpasswd\s+-\w*b\w*\s+\S+\s+\S+\s+["']?(?P<s>[^\s"']+)`, "htpasswd"),
		of(nil, `(?i)\bnet\s+use\s[^\n]*?/user:\S+\s+["']?(?P<s>[^\s"'/]+)`, "/user:"),
		of(nil, `\becho\s+(?:-n\s+)?["']?(?P<s>[^\s"'|$]+)["']?\s*\|[^\n|;]*(?:--password-stdin|--stdin|\bsudo\s+-\w*S|\bchpasswd)`, "stdin", "sudo", "chpasswd"),
		of(nil, `\bconfigure\s+set\s+\S*(?:secret_access_key|session_token)\s+["']?(?P<s>[^\s"']+)`, "configure"),
		of(nil, `\bput-parameter\b[^\n|;]*?--value[ =]["']?(?P<s>[^\s"']+)["']?[^\n|;]*SecureString`, "put-parameter"),
		of(nil, `\bSecureString\b[^\n|;]*?--value[ =]["']?(?P<s>[^\s"']+)`, "securestring"),
		of(nil, `\bsecret\s+set\s[^\n|;]*?(?:--body|-b)[ =]["']?(?P<s>[^\s"']+)`, "secret set"),
		of(nil, `\bcreate\s+secret\s[^\n|;]*?--from-literal[ =]["']?[^\s=]+=["']?(?P<s>[^\s"']+)`, "from-literal"),
		of(nil, `(?i)\buser\s+\S+\s+on\s[^\n]*?>(?P<s>\S+)`, " on >", "+@", "-@", "allkeys", "~*"), // of Redis's ACL
		of(nil, `(?im)^[ \t]*(?:r[ow]community6?|snmp-server\s+community)\s+(?P<s>\S+)`, "community"),
		of(secretLike, `(?i)\b(?:secret|psk)\s+"(?P<s>[^"\s]{6,})`, `secret "`, `psk "`),
		of(nil, `(?i)<input\b[^<>]*\btype=["']?password\b[^<>]*\bvalue=["']?(?P<s>[^"'<>\s]+)`, "<input"),
		of(nil, `(?i)<input\b[^<>]*\bvalue=["']?(?P<s>[^"'<>\s]+)[^<>]*\btype=["']?password\b`, "<input"),
	}
}

func notVariable(s string) bool { return s[0] != '$' }

func hasSign(s string) bool { return strings.Contains(s, "=") }
