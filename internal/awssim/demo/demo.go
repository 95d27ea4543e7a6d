// Package demo fills a simulated AWS with a small company, Acme: enough of
// everything that the tools touch. It does so by calls through the SDK, so it
// makes nothing that a client could not have made.
package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/hawser/hawser/internal/awssim"
)

// The accounts and the home region of the company.
const (
	Main    = "111122223333"
	Staging = "444455556666"
	Region  = "us-east-1"
)

// The names of the company's resources, where names may be chosen.
const (
	Bucket   = "acme-reports"
	Function = "checkout"
	Database = "shop"
	LogGroup = "/aws/lambda/" + Function
	// Namespace is of the company's own metrics: AWS/ is not open to clients.
	Namespace = "Acme/Shop"
)

// Company is what Fill made, where AWS chose the name.
type Company struct {
	Instance string // a running EC2 instance
	Cluster  string // ARN of the database cluster
	Secret   string // ARN of the secret to it
}

// memberTrust lets the main account assume a role, such as the one that organizations
// make in each member account.
const memberTrust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",
 "Principal":{"AWS":"arn:aws:iam::` + Main + `:root"},"Action":"sts:AssumeRole"}]}`

// Accounts makes the company's accounts and gives an operator's key to the
// main one, an administrator there and by a role in the other. The role ReportsReader
// of the main account is for agents, and reads S3.
func Accounts(w *awssim.World) (*awssim.Credential, error) {
	staging := w.AddAccount(Staging, "acme-staging")
	role, err := staging.AddRole("OrganizationAccountAccessRole", memberTrust)
	if err != nil {
		return nil, err
	}
	main := w.AddAccount(Main, "acme-main")
	operator := main.AddUser("operator")
	for _, who := range []interface{ AttachAWS(names ...string) error }{role, operator} {
		if err := who.AttachAWS("AdministratorAccess"); err != nil {
			return nil, err
		}
	}
	reader, err := main.AddRole("ReportsReader", memberTrust)
	if err != nil {
		return nil, err
	}
	if err := reader.AttachAWS("AmazonS3ReadOnlyAccess"); err != nil {
		return nil, err
	}
	return operator.NewKey(), nil
}

// Fill makes the company's things through the endpoint at url.
func Fill(ctx context.Context, w *awssim.World, url string, key *awssim.Credential) (*Company, error) {
	f := &filler{world: w, config: aws.Config{
		Region: Region, BaseEndpoint: aws.String(url),
		Credentials: credentials.NewStaticCredentialsProvider(key.AccessKeyID, key.SecretAccessKey, key.SessionToken),
	}, made: &Company{}}
	steps := []struct {
		name string
		make func(context.Context) error
	}{
		{"buckets", f.buckets},
		{"instances", f.instances},
		{"functions", f.functions},
		{"database", f.database},
		{"stopped instance", f.stopOne},
		{"tables", f.tables},
		{"logs", f.logs},
		{"metrics", f.metrics},
	}
	// The company is a day old: what takes minutes to come up has come up.
	w.Clock.Set(time.Now().Add(-24 * time.Hour))
	for _, step := range steps {
		if err := step.make(ctx); err != nil {
			return nil, fmt.Errorf("making the demo's %s: %w", step.name, err)
		}
	}
	return f.made, nil
}

// filler makes things and notes their names.
type filler struct {
	world  *awssim.World
	config aws.Config
	made   *Company
	batch  string // the instance to stop
}

// upToNow lets the time pass that things take to come up.
func (f *filler) upToNow() { f.world.Clock.Set(time.Now()) }
