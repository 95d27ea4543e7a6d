// Package sso reads Identity Center: users and groups, permission sets, and who
// is assigned to what.
package sso
