package toolbox_test

import (
	"strings"
	"testing"
	"time"

	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/organizations"
	"github.com/hawser/hawser/internal/awssim/simtest"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

// A principal or a policy of AWS that another account still has did not go, nor is it new
// if another one has it already. The summary of a sync counts in the same way.
func TestWhatIsElsewhereTooIsNoChange(t *testing.T) {
	_, sim := toolboxtest.OnSim(t)
	org := must(organizations.New(sim.World, sim.Account, "root@example.com", 1))
	must(org.Root.AddAccount(sim.AddAccount(leaver, "member"), "member@example.com"))
	admin := must(sim.World.Account(leaver).AddRole("Hawser", `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "sts:AssumeRole"}]}`))
	admin.Attach(must(sim.World.Account(leaver).AWSManaged("AdministratorAccess")))
	settings := toolboxtest.SimSettings(sim)
	settings.MemberRole = "Hawser"
	r := toolboxtest.New(t, settings)
	users := map[string]*awssim.User{}
	add := func(account string) {
		t.Helper()
		a := sim.World.Account(account)
		must(a.AddRole("web", `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}`))
		users[account] = a.AddUser("reader")
		if err := users[account].AttachAWS("ReadOnlyAccess"); err != nil {
			t.Fatal(err)
		}
	}
	remove := func(account string) {
		t.Helper()
		users[account].Remove()
		session := must(r.Pool.Session(t.Context(), awsapi.Target{Connection: "default", Account: account}))
		must(awsapi.Client(session, awsiam.NewFromConfig).DeleteRole(t.Context(), &awsiam.DeleteRoleInput{RoleName: new("web")}))
	}
	of := func(shared ...string) {
		t.Helper()
		sim.Clock.Advance(24 * time.Hour)
		result, err := r.Try(t.Context(), "sync.run", `{"accept_loss": true}`)
		if err != nil {
			t.Fatal(err)
		}
		_, counts, _ := strings.Cut(toolboxtest.AnswerOf(t, result)["summary"].(string), "; ")
		if result, err = r.Try(t.Context(), "changes.list", `{"limit": 1000}`); err != nil {
			t.Fatal(err)
		}
		if notes := strings.Join(result.Notes, "\n"); !strings.HasSuffix(notes, ": "+counts) {
			t.Errorf("the sync counts %q, the list %q", counts, notes)
		}
		answer := toolboxtest.AnswerOf(t, result)
		names, relations := answer.Column("name"), answer.Column("to_name")
		var got []string
		for i, change := range answer.Column("change") {
			if relations[i] == nil && (names[i] == "ReadOnlyAccess" || names[i] == "ec2.amazonaws.com") {
				got = append(got, names[i].(string)+" "+change.(string))
			}
		}
		if strings.Join(got, ", ") != strings.Join(shared, ", ") {
			t.Errorf("%q, want %q", got, shared)
		}
	}
	if _, err := r.Try(t.Context(), "sync.run", `{}`); err != nil {
		t.Fatal(err)
	}
	add(leaver)
	of("ec2.amazonaws.com appeared", "ReadOnlyAccess appeared", "ReadOnlyAccess appeared")
	add(simtest.Account)
	of()
	remove(leaver)
	of()
	remove(simtest.Account)
	of("ec2.amazonaws.com went", "ReadOnlyAccess went", "ReadOnlyAccess went")
	add(leaver)
	add(simtest.Account)
	of("ec2.amazonaws.com appeared", "ReadOnlyAccess appeared", "ReadOnlyAccess appeared")
}
