package cloudtrail_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/hawser/hawser/internal/awssim"
	simtrail "github.com/hawser/hawser/internal/awssim/cloudtrail"
	"github.com/hawser/hawser/internal/awssim/simtest"
)

// start is a World whose events are seen at once.
func start(t *testing.T) *simtest.Sim {
	t.Helper()
	sim := simtest.Start(t)
	simtrail.SetDelay(sim.World, 0)
	return sim
}

// lookup gives the newest event of a name, and its text.
func lookup(t *testing.T, cfg aws.Config, name string) (types.Event, map[string]any) {
	t.Helper()
	out, err := cloudtrail.NewFromConfig(cfg).LookupEvents(t.Context(), &cloudtrail.LookupEventsInput{
		LookupAttributes: []types.LookupAttribute{{AttributeKey: types.LookupAttributeKeyEventName, AttributeValue: &name}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out.Events) == 0 {
		t.Fatalf("no event %s", name)
	}
	var text map[string]any
	if err := json.Unmarshal([]byte(*out.Events[0].CloudTrailEvent), &text); err != nil {
		t.Fatal(err)
	}
	return out.Events[0], text
}

// at gives a member of a text by its path.
func at(text map[string]any, path string) any {
	var v any = text
	for part := range strings.SplitSeq(path, ".") {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[part]
	}
	return v
}

// want compares members of a text by their paths.
func want(t *testing.T, text map[string]any, members map[string]any) {
	t.Helper()
	for path, value := range members {
		if got := at(text, path); got != value {
			t.Errorf("%s = %v, want %v", path, got, value)
		}
	}
}

func TestWriteIsRecorded(t *testing.T) {
	sim := start(t)
	out, err := iam.NewFromConfig(sim.Config()).CreateLoginProfile(t.Context(), &iam.CreateLoginProfileInput{UserName: aws.String("admin"), Password: aws.String("Sesame-0pen!")})
	if err != nil {
		t.Fatal(err)
	}
	request, _ := awsmiddleware.GetRequestIDMetadata(out.ResultMetadata)
	e, text := lookup(t, sim.Config(), "CreateLoginProfile")
	want(t, text, map[string]any{
		"eventVersion": "1.11", "eventSource": "iam.amazonaws.com", "awsRegion": "us-east-1", "readOnly": false, "eventType": "AwsApiCall",
		"eventCategory": "Management", "managementEvent": true, "recipientAccountId": simtest.Account, "sourceIPAddress": "127.0.0.1",
		"userIdentity.type": "IAMUser", "userIdentity.userName": "admin", "userIdentity.accountId": simtest.Account, "userIdentity.sessionContext": nil,
		"userIdentity.accessKeyId": sim.Key.AccessKeyID, "userIdentity.arn": "arn:aws:iam::" + simtest.Account + ":user/admin",
		"requestParameters.userName": "admin", "requestParameters.password": "HIDDEN_DUE_TO_SECURITY_REASONS",
		"responseElements.loginProfile.userName": "admin", "errorCode": nil, "requestID": request,
	})
	if strings.Contains(*e.CloudTrailEvent, "Sesame") {
		t.Error("the password is in the event")
	}
	if *e.Username != "admin" || *e.AccessKeyId != sim.Key.AccessKeyID || *e.ReadOnly != "false" || len(e.Resources) == 0 {
		t.Errorf("event = %+v", e)
	}
}

func TestDenialIsRecorded(t *testing.T) {
	sim := start(t)
	eve := sim.Account.AddUser("eve")
	if err := eve.PutPolicy("p", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`); err != nil {
		t.Fatal(err)
	}
	if _, err := iam.NewFromConfig(sim.ConfigFor(eve.NewKey())).ListUsers(t.Context(), nil); err == nil {
		t.Fatal("eve lists users")
	}
	_, text := lookup(t, sim.Config(), "ListUsers")
	want(t, text, map[string]any{"errorCode": "AccessDenied", "readOnly": true, "userIdentity.userName": "eve", "responseElements": nil})
	if msg, _ := text["errorMessage"].(string); !strings.Contains(msg, "is not authorized to perform: iam:ListUsers") {
		t.Errorf("message = %q", msg)
	}
	cfg := sim.ConfigFor(eve.NewKey())
	if _, err := ec2.NewFromConfig(cfg).StartInstances(t.Context(), &ec2.StartInstancesInput{InstanceIds: []string{"i-1"}}); err == nil {
		t.Fatal("eve starts instances")
	}
	_, text = lookup(t, sim.Config(), "StartInstances")
	want(t, text, map[string]any{"errorCode": "Client.UnauthorizedOperation"})
	if got, _ := json.Marshal(text["requestParameters"]); string(got) != `{"instancesSet":{"items":[{"instanceId":"i-1"}]}}` {
		t.Errorf("requestParameters = %s", got)
	}
	if _, err := iam.NewFromConfig(sim.Config()).GetUser(t.Context(), &iam.GetUserInput{UserName: aws.String("nobody")}); err == nil {
		t.Fatal("nobody is there")
	}
	_, text = lookup(t, sim.Config(), "GetUser")
	want(t, text, map[string]any{"errorCode": "NoSuchEntityException"})
}

func TestDataEventsAreNot(t *testing.T) {
	sim := start(t)
	client := simtest.S3Client(sim.Config())
	if _, err := client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String("some-logs")}); err != nil {
		t.Fatal(err)
	}
	if _, err := client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String("some-logs"), Key: aws.String("k"), Body: strings.NewReader("x")}); err != nil {
		t.Fatal(err)
	}
	_, text := lookup(t, sim.Config(), "CreateBucket")
	want(t, text, map[string]any{"requestParameters.bucketName": "some-logs", "requestParameters.Host": strings.TrimPrefix(sim.URL, "http://")})
	out, err := cloudtrail.NewFromConfig(sim.Config()).LookupEvents(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range out.Events {
		if *e.EventName == "PutObject" {
			t.Error("PutObject is a management event")
		}
	}
}

func TestAssumedRoleAcrossAccounts(t *testing.T) {
	sim := start(t)
	other := sim.AddAccount("444455556666", "other")
	role, err := other.AddRole("Deploy", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["sts:AssumeRole","sts:SetSourceIdentity"],"Principal":{"AWS":"*"}}]}`)
	if err != nil {
		t.Fatal(err)
	}
	simtest.Grant(t, role, "AdministratorAccess")
	out, err := sts.NewFromConfig(sim.Config()).AssumeRole(t.Context(), &sts.AssumeRoleInput{
		RoleArn: &role.ARN, RoleSessionName: aws.String("ada"), SourceIdentity: aws.String("ada@example.com"),
	})
	if err != nil {
		t.Fatal(err)
	}
	session := sim.ConfigFor(&awssim.Credential{AccessKeyID: *out.Credentials.AccessKeyId, SecretAccessKey: *out.Credentials.SecretAccessKey, SessionToken: *out.Credentials.SessionToken})
	_, mine := lookup(t, sim.Config(), "AssumeRole")
	_, theirs := lookup(t, session, "AssumeRole")
	want(t, mine, map[string]any{
		"userIdentity.type": "IAMUser", "recipientAccountId": simtest.Account, "readOnly": true, "requestParameters.roleArn": role.ARN,
		"requestParameters.sourceIdentity": "ada@example.com", "responseElements.credentials.accessKeyId": *out.Credentials.AccessKeyId,
		"responseElements.credentials.secretAccessKey": nil,
	})
	want(t, theirs, map[string]any{
		"userIdentity.type": "AWSAccount", "userIdentity.accountId": simtest.Account, "userIdentity.arn": nil, "recipientAccountId": "444455556666",
		"sharedEventID": mine["sharedEventID"], "requestID": mine["requestID"],
	})
	if mine["sharedEventID"] == nil || mine["eventID"] == theirs["eventID"] {
		t.Errorf("ids: %v and %v", mine, theirs)
	}
	_, text := lookup(t, session, "LookupEvents")
	want(t, text, map[string]any{
		"userIdentity.type": "AssumedRole", "userIdentity.arn": "arn:aws:sts::444455556666:assumed-role/Deploy/ada",
		"userIdentity.principalId": role.ID + ":ada", "userIdentity.sessionContext.sessionIssuer.arn": role.ARN,
		"userIdentity.sessionContext.sessionIssuer.type": "Role", "userIdentity.sessionContext.sourceIdentity": "ada@example.com",
		"userIdentity.sessionContext.attributes.mfaAuthenticated": "false",
	})
}

func TestLookupPages(t *testing.T) {
	sim := start(t)
	client := cloudtrail.NewFromConfig(sim.Config())
	people := iam.NewFromConfig(sim.Config())
	for range 5 {
		if _, err := people.ListUsers(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
	}
	in := &cloudtrail.LookupEventsInput{MaxResults: aws.Int32(2), LookupAttributes: []types.LookupAttribute{
		{AttributeKey: types.LookupAttributeKeyEventSource, AttributeValue: aws.String("iam.amazonaws.com")},
	}}
	pages := cloudtrail.NewLookupEventsPaginator(client, in)
	seen := make(map[string]bool)
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page.Events {
			seen[*e.EventId] = true
		}
	}
	if len(seen) != 5 {
		t.Errorf("%d events, want 5", len(seen))
	}
	first, err := client.LookupEvents(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	in.NextToken, in.LookupAttributes = first.NextToken, nil
	_, err = client.LookupEvents(t.Context(), in)
	simtest.WantCode(t, err, "InvalidNextTokenException", "")
}

func TestLookupRefuses(t *testing.T) {
	client := cloudtrail.NewFromConfig(start(t).Config())
	attribute := types.LookupAttribute{AttributeKey: types.LookupAttributeKeyEventName, AttributeValue: aws.String("x")}
	for code, in := range map[string]*cloudtrail.LookupEventsInput{
		"InvalidTimeRangeException":        {StartTime: aws.Time(time.Now()), EndTime: aws.Time(time.Now().Add(-time.Hour))},
		"InvalidNextTokenException":        {NextToken: aws.String("bogus")},
		"InvalidLookupAttributesException": {LookupAttributes: []types.LookupAttribute{attribute, attribute}},
	} {
		_, err := client.LookupEvents(t.Context(), in)
		simtest.WantCode(t, err, code, "")
	}
}

// TestDelay wants an event to be seen in its region only, after the delay and for
// 90 days.
func TestDelay(t *testing.T) {
	sim := simtest.Start(t)
	cfg := sim.Config()
	cfg.Region = "eu-west-1"
	count := func(region string) int {
		cfg := sim.Config()
		cfg.Region = region
		out, err := cloudtrail.NewFromConfig(cfg).LookupEvents(t.Context(), &cloudtrail.LookupEventsInput{LookupAttributes: []types.LookupAttribute{
			{AttributeKey: types.LookupAttributeKeyEventName, AttributeValue: aws.String("DescribeVpcs")},
		}})
		if err != nil {
			t.Fatal(err)
		}
		return len(out.Events)
	}
	if _, err := ec2.NewFromConfig(cfg).DescribeVpcs(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if n := count("eu-west-1"); n != 0 {
		t.Errorf("%d events at once", n)
	}
	sim.Clock.Advance(6 * time.Minute)
	if n, m := count("eu-west-1"), count("us-east-1"); n != 1 || m != 0 {
		t.Errorf("%d events after six minutes, and %d elsewhere", n, m)
	}
	sim.Clock.Advance(91 * 24 * time.Hour)
	if n := count("eu-west-1"); n != 0 {
		t.Errorf("%d events after 91 days", n)
	}
}

func TestTrails(t *testing.T) {
	sim := start(t)
	simtrail.AddTrail(sim.World, simtrail.Trail{Name: "main", Region: "eu-central-1", Bucket: "logs", Owner: sim.Account, AllRegions: true})
	client := cloudtrail.NewFromConfig(sim.Config())
	out, err := client.DescribeTrails(t.Context(), nil)
	if err != nil || len(out.TrailList) != 1 || !*out.TrailList[0].IsMultiRegionTrail {
		t.Fatalf("DescribeTrails: %+v, %v", out, err)
	}
	status, err := client.GetTrailStatus(t.Context(), &cloudtrail.GetTrailStatusInput{Name: out.TrailList[0].TrailARN})
	if err != nil || !*status.IsLogging {
		t.Errorf("GetTrailStatus: %+v, %v", status, err)
	}
	_, err = client.GetTrailStatus(t.Context(), &cloudtrail.GetTrailStatusInput{Name: aws.String("main")})
	simtest.WantCode(t, err, "TrailNotFoundException", "Unknown trail: arn:aws:cloudtrail:us-east-1:"+simtest.Account+":trail/main")
	shadows, err := client.DescribeTrails(t.Context(), &cloudtrail.DescribeTrailsInput{IncludeShadowTrails: aws.Bool(false)})
	if err != nil || len(shadows.TrailList) != 0 {
		t.Errorf("without shadows: %+v, %v", shadows, err)
	}
}
