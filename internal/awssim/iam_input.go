package awssim

import (
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// constraint is what a member's value must be like: its length, or itself
// where it is a number, and its form.
type constraint struct {
	min, max int
	form     *regexp.Regexp
	// plain is set where AWS tells the form in words.
	plain string
}

const (
	nameForm = "It must contain only alphanumeric characters and/or the following: +=,.@_-"
	pathForm = "It must begin and end with / and contain only alphanumeric characters and/or / characters."
)

func sized(shortest, longest int) constraint { return constraint{min: shortest, max: longest} }

func formed(shortest, longest int, form string) constraint {
	return constraint{min: shortest, max: longest, form: regexp.MustCompile(form)}
}

// constraints are by member, or by operation and member where one has its own.
// See the request parameters in
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_Operations.html
var constraints = sync.OnceValue(func() map[string]constraint {
	name, path := regexp.MustCompile(`^[\w+=,.@-]+$`), regexp.MustCompile(`^/$|^/[\x21-\x7e]+/$`)
	named := func(longest int) constraint { return constraint{1, longest, name, nameForm} }
	placed := constraint{1, 512, path, pathForm}
	return map[string]constraint{
		"UserName": named(128), "CreateUser.UserName": named(64), "NewUserName": named(64),
		"GroupName": named(128), "NewGroupName": named(128), "RoleName": named(64), "PolicyName": named(128),
		"InstanceProfileName": named(128), "VirtualMFADeviceName": named(226), "CustomSuffix": named(64),
		"Name": formed(1, 128, `^[\w._-]+$`), "AWSServiceName": named(128),
		"Path": placed, "NewPath": placed, "PathPrefix": formed(1, 512, `^/[\x21-\x7f]*$`),
		"PolicyArn": sized(20, 2048), "PermissionsBoundary": sized(20, 2048), "SAMLProviderArn": sized(20, 2048), "OpenIDConnectProviderArn": sized(20, 2048),
		"PolicyDocument": sized(1, 131072), "AssumeRolePolicyDocument": sized(1, 131072),
		"SAMLMetadataDocument": sized(1000, 10000000),
		"Description":          sized(0, 1000), "VersionId": formed(2, 64, `^v[1-9][0-9]*(\.[A-Za-z0-9-]*)?$`),
		"MaxSessionDuration": sized(3600, 43200),
		"AccountAlias":       formed(3, 63, `^[a-z0-9](-?[a-z0-9])+$`),
		"AccessKeyId":        formed(16, 128, `^\w+$`), "SerialNumber": formed(9, 256, `^[\w+=/:,.@-]+$`),
		"CertificateBody": sized(1, 16384), "CertificateId": formed(24, 128, `^\w+$`),
		"AuthenticationCode1": formed(6, 6, `^\d+$`), "AuthenticationCode2": formed(6, 6, `^\d+$`),
		"Password": sized(1, 128), "MinimumPasswordLength": sized(6, 128), "MaxPasswordAge": sized(1, 1095), "PasswordReusePrevention": sized(1, 24),
		"Url": sized(1, 255), "ClientID": sized(1, 255), "DeletionTaskId": sized(1, 1000),
		"Tags": sized(0, 50), "TagKeys": sized(0, 50), "MaxItems": sized(1, 1000),
	}
})

// checkInput refuses an input that lacks a member or has one of a wrong form,
// as AWS does before it looks at what there is.
func (c *Call) checkInput(in any) error {
	op := c.Service.codec.Model.Operations[c.Operation]
	if op.Input == nil {
		return nil
	}
	v, rules := reflect.ValueOf(in).Elem(), constraints()
	for _, name := range op.Input.Shape.Required {
		if f := v.FieldByName(name); f.IsValid() && f.IsZero() {
			return invalid("Value null at '%s' failed to satisfy constraint: Member must not be null", lowerFirst(name))
		}
	}
	for _, name := range op.Input.Shape.Order {
		rule, ok := rules[c.Operation+"."+name]
		if !ok {
			rule, ok = rules[name]
		}
		if !ok {
			continue
		}
		if err := rule.check(lowerFirst(name), v.FieldByName(name)); err != nil {
			return err
		}
	}
	return nil
}

// check holds a member's value against the constraint, where it has one. AWS
// does not repeat passwords.
func (r constraint) check(name string, f reflect.Value) error {
	text, size, unit := measure(f)
	if unit == "" {
		return nil
	}
	shown := "Value '" + text + "' at '" + name + "'"
	if name == "password" {
		shown = "Value at 'password'"
	}
	switch {
	case size < r.min:
		return invalid("%s failed to satisfy constraint: Member must have %s greater than or equal to %d", shown, unit, r.min)
	case size > r.max:
		return invalid("%s failed to satisfy constraint: Member must have %s less than or equal to %d", shown, unit, r.max)
	case r.form == nil || r.form.MatchString(text):
		return nil
	case r.plain != "":
		return Errorf("ValidationError", "The specified value for %s is invalid. %s", name, r.plain)
	}
	return invalid("%s failed to satisfy constraint: Member must satisfy regular expression pattern: %s", shown, strings.Trim(r.form.String(), "^$"))
}

// measure gives a member's value as text, and its length or itself; the unit is
// empty for a member that is not there.
func measure(f reflect.Value) (text string, size int, unit string) {
	if f.Kind() == reflect.Pointer {
		f = f.Elem()
	}
	switch f.Kind() {
	case reflect.String:
		return f.String(), utf8.RuneCountInString(f.String()), "length"
	case reflect.Slice:
		return fmt.Sprintf("[%d elements]", f.Len()), f.Len(), "length"
	case reflect.Int32:
		return strconv.FormatInt(f.Int(), 10), int(f.Int()), "value"
	}
	return "", 0, ""
}

func lowerFirst(s string) string { return strings.ToLower(s[:1]) + s[1:] }
