package collect_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/snapshot"
)

// credentials returns what the snapshot has of a user of member1.
func (c *company) credentials(path string) (body snapshot.CredentialBody, found bool) {
	c.t.Helper()
	cell := snapshot.Cell{Account: member1, Facet: snapshot.IAMCredentials}
	for _, p := range must(c.store.Contents(c.t.Context(), "acme", cell)).Parts {
		if strings.HasSuffix(p.Key, ":user"+path) {
			return must(snapshot.Decode[snapshot.CredentialBody](snapshot.Entity{ID: p.ID, Body: p.Body})), true
		}
	}
	return body, false
}

// rename renames a user of member1.
func (c *company) rename(from, to string) {
	c.t.Helper()
	session := must(c.pool().Session(c.t.Context(), awsapi.Target{Connection: "acme", Account: member1}))
	client := awsapi.Client(session, iam.NewFromConfig)
	if _, err := client.UpdateUser(c.t.Context(), &iam.UpdateUserInput{UserName: &from, NewUserName: aws.String(to)}); err != nil {
		c.t.Fatal(err)
	}
}

// Users whom the credential report does not know, since they are newer or were renamed,
// have their password, its last use and their MFA in the snapshot.
func TestCredentialsThatTheReportDoesNotHave(t *testing.T) {
	t.Parallel()
	for _, keys := range []collect.KeyMode{collect.IDKeys, collect.FreshKeys, collect.ReportKeys} {
		c := newCompany(t)
		c.whole()
		known, _ := c.credentials("/people/ada")
		c.Clock.Advance(time.Hour)
		c.rename("ada", "lovelace")
		a := c.World.Account(member1)
		used := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
		a.AddUser("boss").SetLogin(used.Add(-time.Hour), used)
		a.AddUser("boss").AddSecurityKey("black")
		a.AddUser("plain").AddMFA()
		result := c.sync(func(o *collect.Options) { o.Keys = keys })
		for _, gap := range result.Gaps() {
			if keys != collect.ReportKeys || gap.Facet != snapshot.IAMAccessKeys {
				t.Fatalf("%s: %+v", keys, gap)
			}
		}
		known.PasswordChanged = time.Time{} // only the report tells it
		for path, want := range map[string]snapshot.CredentialBody{
			"/people/lovelace": known,
			"/boss":            {Password: true, PasswordUsed: used, MFA: true},
			"/plain":           {MFA: true},
		} {
			if got, _ := c.credentials(path); got != want {
				t.Errorf("%s: %s has %+v, want %+v", keys, path, got, want)
			}
		}
		if _, found := c.credentials("/people/ada"); found || !known.Password || !known.MFA {
			t.Errorf("%s: the former name has credentials: %t; it had %+v", keys, found, known)
		}
		if !c.has("user/boss owns iam.mfa-device:arn:aws:iam::" + member1 + ":u2f/user/boss/black") {
			t.Errorf("%s: the device of a new user is missing", keys)
		}
		if n := result.Calls["iam:GetLoginProfile"]; n != 3 || result.Calls["iam:GetUser"] != 2 {
			t.Errorf("%s: %d users were asked for their password", keys, n)
		}
	}
}

// If such users can't be asked, the cell is a gap that names them. What the snapshot had of
// them stays, and the others are read.
func TestCredentialsOfUsersWhoCanNotBeAsked(t *testing.T) {
	t.Parallel()
	for _, action := range []string{"GetLoginProfile", "GetUser", "ListSigningCertificates"} {
		c := newCompany(t)
		c.whole() // with a report that does not know boss
		c.Clock.Advance(time.Hour)
		boss := c.World.Account(member1).AddUser("boss")
		boss.SetLogin(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC))
		c.whole()
		had, _ := c.credentials("/boss")
		c.fault(awssim.Fault{Service: "iam", Action: action, Effect: awssim.DenyAccess})
		result := c.sync()
		o := outcome(result, member1, snapshot.IAMCredentials)
		if o.Status != snapshot.Denied || !strings.Contains(o.Reason, "user/boss") || o.Action != "iam:"+action || o.AsOf.IsZero() {
			t.Errorf("%s: %+v", action, o)
		}
		if o := outcome(result, member2, snapshot.IAMCredentials); o.Status != snapshot.OK {
			t.Errorf("%s: %+v", action, o)
		}
		if got, _ := c.credentials("/boss"); !had.Password || got != had {
			t.Errorf("%s: %+v, and %+v was known", action, got, had)
		}
		if got, _ := c.credentials("/people/ada"); !got.Password {
			t.Errorf("%s: the others have %+v", action, got)
		}
		if n := len(result.Gaps()); n != 1 {
			t.Errorf("%s: %+v", action, result.Gaps())
		}
	}
}

// Keys that the credential report still has, and AWS no longer lists, are not there.
func TestKeysThatAreGoneSinceTheReport(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	c.whole() // with a report
	keysOf := func() (keys []string) {
		cell := snapshot.Cell{Account: member1, Facet: snapshot.IAMAccessKeys}
		for _, p := range must(c.store.Contents(t.Context(), "acme", cell)).Parts {
			keys = append(keys, must(snapshot.Decode[snapshot.KeyBody](snapshot.Entity{ID: p.ID, Body: p.Body})).User)
		}
		return keys
	}
	before := keysOf()
	session := must(c.pool().Session(t.Context(), awsapi.Target{Connection: "acme", Account: member1}))
	client := awsapi.Client(session, iam.NewFromConfig)
	owner := before[0]
	name := owner[strings.LastIndex(owner, "/")+1:]
	listed := must(client.ListAccessKeys(t.Context(), &iam.ListAccessKeysInput{UserName: &name})).AccessKeyMetadata
	if _, err := client.DeleteAccessKey(t.Context(), &iam.DeleteAccessKeyInput{UserName: &name, AccessKeyId: listed[0].AccessKeyId}); err != nil {
		t.Fatal(err)
	}
	c.open() // a store that has no key's ID
	if gaps := c.sync().Gaps(); len(gaps) > 0 {
		t.Fatal(gaps)
	}
	if after := keysOf(); len(after) != len(before)-1 {
		t.Errorf("%d keys, of %q; there were %d, of %q", len(after), after, len(before), before)
	}
}
