package toolbox_test

import (
	"encoding/json"
	"slices"
	"testing"

	awsorg "github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awssim/identitycenter"
	"github.com/hawser/hawser/internal/awssim/organizations"
	"github.com/hawser/hawser/internal/awssim/simtest"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

// A change is of the account that it is about, whichever account AWS tells it in: that on
// which somebody is assigned, that which moved, and that to which a policy is attached.
func TestAChangeIsOfTheAccountThatItIsAbout(t *testing.T) {
	_, sim := toolboxtest.OnSim(t)
	org := must(organizations.New(sim.World, sim.Account, "root@example.com", 1))
	member := must(org.Root.AddAccount(sim.AddAccount(leaver, "member"), "member@example.com"))
	unit := org.Root.AddUnit("prod")
	policy := must(org.AddPolicy(types.PolicyTypeServiceControlPolicy, "all", "", `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}`))
	center := must(identitycenter.Enable(sim.World, sim.Account, "us-east-1", 1))
	set := &identitycenter.PermissionSet{Name: "Admin"}
	if err := center.AddPermissionSet(set); err != nil {
		t.Fatal(err)
	}
	ada, bob := must(center.AddUser("ada", "Ada", "L", "ada@example.com")), must(center.AddUser("bob", "Bob", "L", "bob@example.com"))
	assign := func(account string, to *identitycenter.User) {
		t.Helper()
		if err := center.Assign(set, account, to); err != nil {
			t.Fatal(err)
		}
	}
	assign(leaver, bob)
	assign(simtest.Account, bob)
	admin := must(sim.World.Account(leaver).AddRole("Hawser", `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "sts:AssumeRole"}]}`))
	admin.Attach(must(sim.World.Account(leaver).AWSManaged("AdministratorAccess")))
	settings := toolboxtest.SimSettings(sim)
	settings.MemberRole = "Hawser"
	r := toolboxtest.New(t, settings)
	r.Call(t, "sync.run", `{}`)
	assign(leaver, ada)
	assign(simtest.Account, ada)
	org.Attach(policy, member)
	home := must(r.Pool.Session(t.Context(), awsapi.Target{Connection: "default"}))
	must(awsapi.Client(home, awsorg.NewFromConfig).MoveAccount(t.Context(), &awsorg.MoveAccountInput{
		AccountId: new(leaver), SourceParentId: &org.Root.ID, DestinationParentId: &unit.ID,
	}))
	r.Call(t, "sync.run", `{}`)
	for account, want := range map[string][]string{
		leaver:          {"ada assigned appeared", "all governs appeared", "member in appeared", "member in went"},
		simtest.Account: {"ada assigned appeared"},
	} {
		result, err := r.Try(t.Context(), "changes.list", `{"account": "`+account+`"}`)
		if err != nil {
			t.Fatal(err)
		}
		var list struct {
			Items []struct{ Name, Relation, Change, Account string }
		}
		if err := json.Unmarshal(result.JSON, &list); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, c := range list.Items {
			if c.Account != account {
				t.Errorf("%+v is not of %s", c, account)
			}
			if c.Relation != "" {
				got = append(got, c.Name+" "+c.Relation+" "+c.Change)
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", account, got, want)
		}
	}
}
