package cloudtrail

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// style is how a service's events write parameters.
type style int

const (
	stylePlain style = iota // "userName"
	styleEC2                // "instancesSet": {"items": [{"instanceId": ...}]}
	styleS3                 // "bucketName", and all else as in the interface
)

func styleOf(model string) style {
	switch model {
	case "ec2":
		return styleEC2
	case "s3":
		return styleS3
	}
	return stylePlain
}

const (
	hidden = "HIDDEN_DUE_TO_SECURITY_REASONS"
	// largest is how large requestParameters and responseElements may be.
	largest = 100 << 10
	// moment is how parameters write a time.
	moment = "Jan 2, 2006, 3:04:05 PM"
)

// render writes an input or an output of the SDK, and one more member. Nothing is
// written for one without members.
//
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
func (s style) render(v any, extra string) json.RawMessage {
	p := &printer{style: s}
	p.structure(reflect.ValueOf(v).Elem(), extra)
	text := p.Bytes()
	switch {
	case len(text) <= len("{}"):
		return nil
	case len(text) > largest:
		return json.RawMessage(fmt.Sprintf(`{"omitted":true,"originalSize":%d,"reason":"size limit exceeded"}`, len(text)))
	}
	return text
}

// printer writes JSON.
type printer struct {
	bytes.Buffer
	style style
}

// structure writes a struct's members that are set.
func (p *printer) structure(v reflect.Value, extra string) {
	p.WriteByte('{')
	start := p.Len()
	t := v.Type()
	for i := range t.NumField() {
		f, value := t.Field(i), v.Field(i)
		if !f.IsExported() || f.Name == "ResultMetadata" || value.IsZero() || !shown(f.Name, f.Type) {
			continue
		}
		p.separate(start)
		p.member(f.Name, value)
	}
	if extra != "" {
		p.separate(start)
		p.WriteString(extra)
	}
	p.WriteByte('}')
}

// separate writes a comma if something was written since start.
func (p *printer) separate(start int) {
	if p.Len() > start {
		p.WriteByte(',')
	}
}

// member writes a member with its name.
func (p *printer) member(name string, v reflect.Value) {
	if text, secret := secrets(name); secret && isText(v) {
		p.key(p.named(name))
		p.text(text)
		return
	}
	if name == "Environment" {
		p.key("environment")
		p.WriteString("{}")
		return
	}
	if p.style == styleEC2 && v.Kind() == reflect.Slice {
		p.set(name, v)
		return
	}
	p.key(p.named(name))
	p.value(v)
}

func (p *printer) key(name string) {
	p.text(name)
	p.WriteByte(':')
}

// set writes a list as EC2's events do.
func (p *printer) set(name string, v reflect.Value) {
	list, item := setNames(name)
	p.key(list)
	p.WriteString(`{"items":[`)
	for i := range v.Len() {
		if i > 0 {
			p.WriteByte(',')
		}
		if v.Index(i).Kind() != reflect.String {
			p.value(v.Index(i))
			continue
		}
		p.WriteByte('{')
		p.key(item)
		p.value(v.Index(i))
		p.WriteByte('}')
	}
	p.WriteString("]}")
}

// setNames are the names of a list and of the texts in it.
func setNames(name string) (list, item string) {
	switch name {
	case "InstanceIds":
		return "instancesSet", "instanceId"
	case "Resources":
		return "resourcesSet", "resourceId"
	case "SecurityGroupIds":
		return "groupSet", "groupId"
	}
	one := lower(strings.TrimSuffix(name, "s"))
	return one + "Set", one
}

// value writes a value of any kind that the SDK's structs have.
func (p *printer) value(v reflect.Value) {
	for v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
		if v.IsNil() {
			p.WriteString("null")
			return
		}
		v = v.Elem()
	}
	if v.Type() == reflect.TypeFor[time.Time]() {
		p.text(v.Interface().(time.Time).UTC().Format(moment))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		p.structure(v, "")
	case reflect.Slice:
		p.list(v)
	case reflect.Map:
		p.dictionary(v)
	case reflect.String:
		p.text(v.String())
	case reflect.Bool:
		p.WriteString(strconv.FormatBool(v.Bool()))
	case reflect.Int32, reflect.Int64, reflect.Int:
		p.WriteString(strconv.FormatInt(v.Int(), 10))
	case reflect.Float32, reflect.Float64:
		p.WriteString(strconv.FormatFloat(v.Float(), 'g', -1, 64))
	default:
		p.WriteString("null")
	}
}

func (p *printer) list(v reflect.Value) {
	p.WriteByte('[')
	for i := range v.Len() {
		if i > 0 {
			p.WriteByte(',')
		}
		p.value(v.Index(i))
	}
	p.WriteByte(']')
}

func (p *printer) dictionary(v reflect.Value) {
	p.WriteByte('{')
	start := p.Len()
	for it := v.MapRange(); it.Next(); {
		p.separate(start)
		p.key(it.Key().String())
		p.value(it.Value())
	}
	p.WriteByte('}')
}

// text writes a JSON text.
func (p *printer) text(s string) {
	quoted, _ := json.Marshal(s) // texts always marshal
	p.Write(quoted)
}

// named is a member's name in events.
func (p *printer) named(name string) string {
	switch {
	case p.style != styleS3:
		return lower(name)
	case name == "Bucket":
		return "bucketName"
	case name == "Policy":
		return "bucketPolicy"
	}
	return name
}

// lower makes the first letter small: "userName", "dBInstanceIdentifier",
// "sAMLProviderArn".
func lower(name string) string {
	return string(unicode.ToLower(rune(name[0]))) + name[1:]
}

// isText tells a text, a pointer to one and bytes.
func isText(v reflect.Value) bool {
	t := v.Type()
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Kind() == reflect.String || t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8
}

// shown reports whether a member is written at all: secret keys, assertions, codes
// of MFA devices and bytes are not.
func shown(name string, t reflect.Type) bool {
	switch name {
	case "SecretAccessKey", "SAMLAssertion", "WebIdentityToken", "TokenCode", "AuthenticationCode1", "AuthenticationCode2",
		"Base32StringSeed", "QRCodePNG", "ZipFile":
		return false
	}
	return t.Kind() != reflect.Func && (t.Kind() != reflect.Interface || t.NumMethod() == 0 || t.Name() != "Reader")
}

// secrets tells what is written in place of a secret.
func secrets(name string) (text string, secret bool) {
	switch name {
	case "MasterUserPassword":
		return "****", true
	case "UserData":
		return "<sensitiveDataRemoved>", true
	case "Password", "OldPassword", "NewPassword", "ServicePassword", "ServiceCredentialSecret", "TdeCredentialPassword", "SecretString", "SecretBinary",
		"ClientSecret", "AccessToken", "RefreshToken", "IdToken", "PrivateKey", "AddPrivateKey", "PasswordData", "Code", "CodeVerifier",
		"Assertion", "SubjectToken":
		return hidden, true
	}
	return "", false
}
