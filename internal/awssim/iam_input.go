package awssim

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"
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

// named is a name of at most so many characters.
func named(longest int) constraint {
	return constraint{1, longest, regexp.MustCompile(`^[\w+=,.@-]+$`), nameForm}
}

func sized(shortest, longest int) constraint { return constraint{min: shortest, max: longest} }

func formed(shortest, longest int, form string) constraint {
	return constraint{min: shortest, max: longest, form: regexp.MustCompile(form)}
}

func placed(form string) constraint {
	return constraint{1, 512, regexp.MustCompile(form), pathForm}
}

// constraints are by member, or by operation and member where one has its own.
// See the request parameters in
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_Operations.html
var constraints = map[string]constraint{
	"UserName": named(128), "CreateUser.UserName": named(64), "NewUserName": named(64),
	"GroupName": named(128), "NewGroupName": named(128), "RoleName": named(64), "PolicyName": named(128),
	"InstanceProfileName": named(128), "VirtualMFADeviceName": named(226), "CustomSuffix": named(64),
	"Name": formed(1, 128, `^[\w._-]+$`), "AWSServiceName": named(128),
	"Path": placed(`^/$|^/[\x21-\x7e]+/$`), "NewPath": placed(`^/$|^/[\x21-\x7e]+/$`), "PathPrefix": placed(`^/[\x21-\x7f]*$`),
	"PolicyArn": sized(20, 2048), "PermissionsBoundary": sized(20, 2048), "SAMLProviderArn": sized(20, 2048), "OpenIDConnectProviderArn": sized(20, 2048),
	"PolicyDocument": sized(1, 131072), "AssumeRolePolicyDocument": sized(1, 131072),
	"SAMLMetadataDocument": sized(1000, 10000000),
	"Description":          sized(0, 1000), "VersionId": formed(2, 64, `^v[1-9][0-9]*(\.[A-Za-z0-9-]*)?$`),
	"MaxSessionDuration": sized(3600, 43200),
	"AccountAlias":       formed(3, 63, `^[a-z0-9](-?[a-z0-9])+$`),
	"AccessKeyId":        formed(16, 128, `^\w+$`), "SerialNumber": formed(9, 256, `^[\w+=/:,.@-]+$`),
	"AuthenticationCode1": formed(6, 6, `^\d+$`), "AuthenticationCode2": formed(6, 6, `^\d+$`),
	"Password": sized(1, 128), "MinimumPasswordLength": sized(6, 128), "MaxPasswordAge": sized(1, 1095), "PasswordReusePrevention": sized(1, 24),
	"Url": sized(1, 255), "ClientID": sized(1, 255), "DeletionTaskId": sized(1, 1000),
	"Tags": sized(0, 50), "TagKeys": sized(0, 50), "MaxItems": sized(1, 1000), "Marker": sized(1, 320),
}

// checkInput refuses an input that lacks a member or has one of a wrong form,
// as AWS does before it looks at what there is.
func (c *Call) checkInput(in any) error {
	op := c.Service.codec.Model.Operations[c.Operation]
	if op.Input == nil {
		return nil
	}
	v := reflect.ValueOf(in).Elem()
	for _, name := range op.Input.Shape.Required {
		if f := v.FieldByName(name); f.IsValid() && f.IsZero() {
			return invalid("Value null at '%s' failed to satisfy constraint: Member must not be null", lowerFirst(name))
		}
	}
	for _, name := range op.Input.Shape.Order {
		rule, ok := constraints[c.Operation+"."+name]
		if !ok {
			if rule, ok = constraints[name]; !ok {
				continue
			}
		}
		if err := rule.check(name, v.FieldByName(name)); err != nil {
			return err
		}
	}
	return nil
}

// check holds a member's value against the constraint, where it has one.
func (r constraint) check(name string, f reflect.Value) error {
	if f.Kind() == reflect.Pointer {
		if f.IsNil() {
			return nil
		}
		f = f.Elem()
	}
	size, text, unit := 0, "", "length"
	switch f.Kind() {
	case reflect.String:
		text = f.String()
		size = utf8.RuneCountInString(text)
	case reflect.Slice:
		text, size = fmt.Sprintf("[%d elements]", f.Len()), f.Len()
	case reflect.Int32:
		text, size, unit = fmt.Sprint(f.Int()), int(f.Int()), "value"
	default:
		return nil
	}
	shown := "Value '" + text + "' at '" + lowerFirst(name) + "'"
	if strings.Contains(name, "Password") && unit == "length" {
		shown = "Value at '" + lowerFirst(name) + "'" // AWS does not repeat secrets either
	}
	switch {
	case size < r.min:
		return invalid("%s failed to satisfy constraint: Member must have %s greater than or equal to %d", shown, unit, r.min)
	case size > r.max:
		return invalid("%s failed to satisfy constraint: Member must have %s less than or equal to %d", shown, unit, r.max)
	case r.form == nil || r.form.MatchString(text):
		return nil
	case r.plain != "":
		return Errorf("ValidationError", "The specified value for %s is invalid. %s", lowerFirst(name), r.plain)
	}
	return invalid("%s failed to satisfy constraint: Member must satisfy regular expression pattern: %s", shown, strings.Trim(r.form.String(), "^$"))
}

func lowerFirst(s string) string { return strings.ToLower(s[:1]) + s[1:] }
