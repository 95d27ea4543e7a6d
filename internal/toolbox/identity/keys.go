package identity

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/collect/iam"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
	"github.com/hawser/hawser/internal/store"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

type keysListInput struct {
	Account   string `json:"account,omitempty" jsonschema:"only keys of this account" format:"account-id"`
	OlderThan string `json:"older_than,omitempty" jsonschema:"only keys that were created longer ago than this, such as 90d"`
	Unused    string `json:"unused,omitempty" jsonschema:"only keys that were not used for this long, such as 90d"`
	Active    bool   `json:"active,omitempty" jsonschema:"only active keys"`
	kit.OfConnection
	kit.AsOf
	tool.Page
}

// keyRow is an access key as listings show it.
type keyRow struct {
	Key     string    `json:"key" column:"KEY"`
	Owner   string    `json:"owner" jsonschema:"the user's ARN; the name if the ARN may not be read"`
	By      string    `json:"-" column:"OWNER" room:"wrap"`
	Account string    `json:"account" column:"ACCOUNT"`
	State   string    `json:"account_state,omitempty" column:"ACCOUNT STATE" jsonschema:"the state of an account that is not in use, such as SUSPENDED"`
	Active  bool      `json:"active" column:"ACTIVE"`
	Created time.Time `json:"created,omitzero" column:"CREATED" room:"first"`
	Days    int       `json:"days" column:"DAYS" room:"last" jsonschema:"its age"`
	Used    time.Time `json:"last_used,omitzero"`
	UsedOn  string    `json:"-" column:"LAST USED" room:"last"`
	Service string    `json:"service,omitempty" column:"SERVICE" room:"first"`
	Region  string    `json:"region,omitempty" column:"REGION" room:"first"`
	AsOf    time.Time `json:"as_of,omitzero" jsonschema:"when this was so: credential reports may be hours old"`
}

func (b *box) keysListTool() *tool.Tool {
	return kit.Declare(tool.Info{
		Name: "keys.list", Items: "access keys", Summary: "List access keys with age, last use and owner",
		Description: "The list includes root users' keys. It is as old as the credential report of the last sync; keys.get asks AWS about one key.",
		Effect:      tool.Read, Idempotent: true, Default: true,
		Examples: []tool.Example{{Does: "active keys older than 90 days", Input: `{"active": true, "older_than": "90d"}`}},
	}, b.keysList)
}

func (b *box) keysList(ctx context.Context, call *tool.Call, in keysListInput) (tool.List[keyRow], error) {
	st, err := b.OpenSnapshots(ctx, in.OfConnection)
	if err != nil {
		return tool.List[keyRow]{}, err
	}
	run, err := in.At(ctx, st, in.Account, call.Now())
	if err != nil {
		return tool.List[keyRow]{}, err
	}
	older, err := tool.When(in.OlderThan).Time(call.Now())
	if err != nil {
		return tool.List[keyRow]{}, fault.From(err).At("older_than")
	}
	idle, err := tool.When(in.Unused).Time(call.Now())
	if err != nil {
		return tool.List[keyRow]{}, fault.From(err).At("unused")
	}
	fresh, err := reported(ctx, st, run)
	if err != nil {
		return tool.List[keyRow]{}, err
	}
	states, err := inactive(ctx, st, in.Account, run)
	if err != nil {
		return tool.List[keyRow]{}, err
	}
	list, err := entities(ctx, st, snapshot.Filter{Kinds: []snapshot.Kind{snapshot.AccessKey}, Account: in.Account, At: run}, in.Page,
		func(e snapshot.Seen) (keyRow, bool) {
			k := keyOf(e.Entity, call.Now())
			k.AsOf, k.State = fresh[e.Account], states[e.Account]
			return k, (k.Active || !in.Active) && (older.IsZero() || k.Created.Before(older)) && (idle.IsZero() || k.Used.Before(idle))
		})
	if err != nil {
		return list, err
	}
	if len(fresh) > 0 {
		oldest := slices.MinFunc(slices.Collect(maps.Values(fresh)), time.Time.Compare)
		list.Notes = append(list.Notes, "last use is as of the credential reports; the oldest is of "+kit.Moment(oldest))
	}
	return kit.WithGaps(ctx, st, call.Now(), list)
}

// reported returns the time of the data about each account's keys.
func reported(ctx context.Context, st *store.Store, run snapshot.RunID) (map[string]time.Time, error) {
	cells, err := st.LastRead(ctx, snapshot.IAMAccessKeys, run)
	fresh := map[string]time.Time{}
	for _, c := range cells {
		if !c.AsOf.IsZero() {
			fresh[c.Account] = c.AsOf
		}
	}
	return fresh, err
}

func keyOf(e snapshot.Entity, now time.Time) keyRow {
	row := keyRow{Key: e.Key, Account: e.Account}
	body, err := snapshot.Decode[snapshot.KeyBody](e)
	if err != nil {
		return row
	}
	row.Owner, row.By, row.Active, row.Created = body.User, ownerName(body.User), body.Active, body.Created
	if !body.Created.IsZero() {
		row.Days = int(now.Sub(body.Created).Hours() / 24)
	}
	if body.Used != nil {
		row.Used, row.Service, row.Region = body.Used.At, body.Used.Service, body.Used.Region
		row.UsedOn = row.Used.UTC().Format(time.DateOnly)
	}
	return row
}

// ownerName returns the name of a user by the ARN: its last part, or root.
func ownerName(user string) string {
	if user == "" {
		return ""
	}
	resource := user[strings.LastIndexByte(user, ':')+1:]
	return resource[strings.LastIndexByte(resource, '/')+1:]
}

type keysGetInput struct {
	Key string `json:"key" jsonschema:"the access key's ID, such as AKIAIOSFODNN7EXAMPLE"`
	tool.Target
}

var accessKeyForm = regexp.MustCompile(`^AKIA[A-Z0-9]{12,124}$`)

// Validate refuses an ID that is not that of a long-lived key.
func (in keysGetInput) Validate() error {
	if accessKeyForm.MatchString(in.Key) {
		return nil
	}
	return fault.New(fault.Invalid, "%q is not an access key's ID", in.Key).At("key").WithFix("it is written like AKIAIOSFODNN7EXAMPLE")
}

func (b *box) keysGetTool() *tool.Tool {
	return kit.Declare(tool.Info{
		Name: "keys.get", Summary: "Ask AWS about one access key: owner, status, age and last use",
		Description: "The key's account is found from the key id. The answer is current; that of keys.list may be hours old.",
		Effect:      tool.Read, Idempotent: true, Args: []string{"key"},
		Needs: []tool.Need{
			{Action: "sts:GetAccessKeyInfo", Resource: "*", When: tool.Condition{Absent: []string{"account"}}},
			{Action: "iam:GetAccessKeyLastUsed", Resource: "*"},
			{Action: "iam:ListAccessKeys", Resource: "*"},
			{Action: "iam:GetUser", Resource: "*", Without: "the owner is told by name, without an ARN"},
		},
		Examples: []tool.Example{{Does: "one key", Input: `{"key": "AKIAIOSFODNN7EXAMPLE"}`}},
	}, b.keysGet)
}

func (b *box) keysGet(ctx context.Context, call *tool.Call, in keysGetInput) (keyRow, error) {
	if in.Account == "" {
		home, err := b.Session(ctx, in.Target)
		if err != nil {
			return keyRow{}, err
		}
		info, err := awsapi.Client(home, sts.NewFromConfig).GetAccessKeyInfo(ctx, &sts.GetAccessKeyInfoInput{AccessKeyId: &in.Key})
		if err != nil {
			return keyRow{}, kit.Explain(ctx, err)
		}
		in.Account = *info.Account
	}
	session, err := b.Session(ctx, in.Target)
	if err != nil {
		return keyRow{}, err
	}
	key, err := iam.Key(ctx, session, in.Key)
	if err != nil {
		return keyRow{}, kit.Explain(ctx, err)
	}
	row := keyOf(key, call.Now())
	row.AsOf = call.Now().UTC().Truncate(time.Second)
	return row, nil
}
