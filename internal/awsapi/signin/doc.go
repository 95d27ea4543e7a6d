// Package signin signs a person in to IAM Identity Center, and out again. The token is
// kept in the cache of the AWS SDKs, in the form that the aws CLI gives it, so that
// every program that uses the profile finds it there.
package signin
