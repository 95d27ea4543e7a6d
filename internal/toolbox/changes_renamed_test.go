package toolbox_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/document"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/types"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awssim/identitycenter"
	"github.com/hawser/hawser/internal/awssim/organizations"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

// What gets another name or path is renamed, not gone and new, and what it holds has not
// changed. The summary of a sync counts in the same way.
func TestRenamesAreShownAsSuch(t *testing.T) {
	_, sim := toolboxtest.OnSim(t)
	must(organizations.New(sim.World, sim.Account, "root@example.com", 1))
	center := must(identitycenter.Enable(sim.World, sim.Account, "us-east-1", 1))
	eve := must(center.AddUser("eve", "Eve", "L", "eve@example.com"))
	ada, bob := sim.Account.AddUser("ada"), sim.Account.AddUser("bob")
	ada.Tags = map[string]string{"team": "x"}
	ops := sim.Account.AddGroup("ops")
	if err := ada.AttachAWS("ReadOnlyAccess"); err != nil {
		t.Fatal(err)
	}
	r := toolboxtest.New(t, toolboxtest.SimSettings(sim))
	home := must(r.Pool.Session(t.Context(), awsapi.Target{Connection: "default"}))
	iam := awsapi.Client(home, awsiam.NewFromConfig)
	must(iam.AddUserToGroup(t.Context(), &awsiam.AddUserToGroupInput{GroupName: &ops.Name, UserName: &ada.Name}))
	sim.Clock.Advance(24 * time.Hour)
	r.Call(t, "sync.run", `{"organization": true}`)

	must(iam.UpdateUser(t.Context(), &awsiam.UpdateUserInput{UserName: new("ada"), NewUserName: new("ada.byron")}))
	must(iam.UpdateUser(t.Context(), &awsiam.UpdateUserInput{UserName: &bob.Name, NewPath: new("/staff/")}))
	must(iam.UpdateGroup(t.Context(), &awsiam.UpdateGroupInput{GroupName: new("ops"), NewGroupName: new("operations")}))
	must(awsapi.Client(home, identitystore.NewFromConfig).UpdateUser(t.Context(), &identitystore.UpdateUserInput{
		IdentityStoreId: &center.StoreID, UserId: &eve.ID,
		Operations: []types.AttributeOperation{{AttributePath: new("userName"), AttributeValue: document.NewLazyDocument("eve.l")}},
	}))
	sim.Clock.Advance(24 * time.Hour)
	_, counts, _ := strings.Cut(r.Call(t, "sync.run", `{"organization": true}`)["summary"].(string), "; ")
	result, err := r.Try(t.Context(), "changes.list", `{"only": "config"}`)
	if err != nil {
		t.Fatal(err)
	}
	if notes := strings.Join(result.Notes, "\n"); !strings.HasSuffix(notes, ": "+counts) {
		t.Errorf("the sync counts %q, the list %q", counts, notes)
	}
	answer := toolboxtest.AnswerOf(t, result)
	var got []string
	for i, name := range answer.Column("name") {
		got = append(got, fmt.Sprintf("%v %v %v %v", name, answer.Column("change")[i], answer.Column("name_before")[i], answer.Column("relation")[i]))
	}
	slices.Sort(got)
	want := []string{"ada.byron renamed ada <nil>", "bob renamed <nil> <nil>", "eve.l renamed eve <nil>", "operations renamed ops <nil>"}
	if !slices.Equal(got, want) {
		t.Errorf("%s, want %s\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"), result.JSON)
	}
}
