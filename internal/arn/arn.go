// Package arn takes Amazon resource names apart and puts them together.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
package arn

import "strings"

// ARN is an Amazon resource name in its parts. Region and Account may be empty.
type ARN struct{ Partition, Service, Region, Account, Resource string }

// Parse takes an ARN apart. It says false for anything that is not one, and then
// gives the zero ARN.
func Parse(text string) (ARN, bool) {
	p := strings.SplitN(text, ":", 6)
	if len(p) != 6 || p[0] != "arn" || !strings.HasPrefix(p[1], "aws") || p[2] == "" || p[5] == "" {
		return ARN{}, false
	}
	if !isWord(p[1]) || !isWord(p[2]) || !isWord(p[3]) {
		return ARN{}, false
	}
	if p[4] != "" && !IsAccount(p[4]) && p[4] != "aws" {
		return ARN{}, false
	}
	return ARN{Partition: p[1], Service: p[2], Region: p[3], Account: p[4], Resource: p[5]}, true
}

// isWord reports whether text is made of what partitions, services and regions are
// made of: lower-case letters, digits and hyphens.
func isWord(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' }) < 0
}

// Is reports whether text is an ARN.
func Is(text string) bool {
	_, ok := Parse(text)
	return ok
}

// String puts the ARN together.
func (a ARN) String() string {
	return strings.Join([]string{"arn", a.Partition, a.Service, a.Region, a.Account, a.Resource}, ":")
}

// With is the ARN with another resource.
func (a ARN) With(resource string) ARN {
	a.Resource = resource
	return a
}

// Type is the resource up to its first slash or colon, such as "role". It is
// empty for a resource that has neither, such as a bucket.
func (a ARN) Type() string {
	if i := strings.IndexAny(a.Resource, "/:"); i >= 0 {
		return a.Resource[:i]
	}
	return ""
}

// ID is the resource behind its type, such as "path/Name" for "role/path/Name".
// It is the resource itself where that has no type.
func (a ARN) ID() string {
	return a.Resource[strings.IndexAny(a.Resource, "/:")+1:]
}

// Name is the resource behind its last slash, such as "Name" for
// "role/path/Name".
func (a ARN) Name() string {
	return a.Resource[strings.LastIndexByte(a.Resource, '/')+1:]
}

// IsAccount reports whether text is an AWS account ID: twelve digits.
func IsAccount(text string) bool {
	if len(text) != 12 {
		return false
	}
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return true
}
