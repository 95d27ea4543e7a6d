package identitycenter

import (
	"regexp"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"

	"github.com/hawser/hawser/internal/awssim"
)

// PermissionSet is what somebody may do in an account: a role there once it is
// provisioned.
type PermissionSet struct {
	ARN, Name, Description, RelayState string
	// Duration is how long a session lasts, such as "PT1H".
	Duration string
	Tags     map[string]string
	// Managed are ARNs of AWS's policies, Customer the names of policies that
	// the accounts have, Inline is a document.
	Managed  []string
	Customer []PolicyName
	Inline   string
	Boundary *Boundary

	created    time.Time
	revision   int                   // goes up with every change
	provisions map[string]*provision // by account
}

// PolicyName names a customer managed policy, which each account has for
// itself.
type PolicyName struct{ Name, Path string }

// Boundary is the permissions boundary of a permission set: one of AWS's
// policies by its ARN, or one that the accounts have.
type Boundary struct {
	Managed  string
	Customer *PolicyName
}

var (
	setNameForm  = regexp.MustCompile(`^[\w+=,.@-]{1,32}$`)
	durationForm = regexp.MustCompile(`^PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?$`)
)

func createPermissionSet(i *Instance, _ *awssim.Call, in *ssoadmin.CreatePermissionSetInput) (*ssoadmin.CreatePermissionSetOutput, error) {
	s := &PermissionSet{
		Name: *in.Name, Description: aws.ToString(in.Description), RelayState: aws.ToString(in.RelayState),
		Duration: aws.ToString(in.SessionDuration), Tags: newTags(in.Tags),
	}
	if err := i.addSet(s); err != nil {
		return nil, err
	}
	return &ssoadmin.CreatePermissionSetOutput{PermissionSet: s.describe()}, nil
}

// addSet takes a permission set in, with an ARN.
func (i *Instance) addSet(s *PermissionSet) error {
	if !setNameForm.MatchString(s.Name) {
		return invalid("1 validation error detected: Value '%s' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]+", s.Name)
	}
	if s.Duration == "" {
		s.Duration = "PT1H"
	}
	if err := checkDuration(s.Duration); err != nil {
		return err
	}
	for _, other := range i.sets {
		if other.Name == s.Name {
			return awssim.Errorf("ConflictException", "PermissionSet with name %s already exists.", s.Name)
		}
	}
	s.ARN = strings.Replace(i.ARN, ":instance/", ":permissionSet/", 1) + "/ps-" + i.mint.hex(16)
	s.created, s.provisions = i.reg.world.Clock.Now(), make(map[string]*provision)
	if s.Tags == nil {
		s.Tags = make(map[string]string)
	}
	i.sets[s.ARN] = s
	return nil
}

// checkDuration wants one to twelve hours.
func checkDuration(text string) error {
	var length time.Duration
	if m := durationForm.FindStringSubmatch(text); m != nil {
		length, _ = time.ParseDuration(strings.ToLower(strings.TrimPrefix(text, "PT"))) // the form is Go's own
	}
	if length < time.Hour || length > 12*time.Hour {
		return invalid("SessionDuration must be from PT1H to PT12H.")
	}
	return nil
}

func (s *PermissionSet) describe() *types.PermissionSet {
	return &types.PermissionSet{
		PermissionSetArn: &s.ARN, Name: &s.Name, Description: awssim.Optional(s.Description), RelayState: awssim.Optional(s.RelayState),
		SessionDuration: aws.String(s.Duration), CreatedDate: &s.created,
	}
}

func describePermissionSet(_ *Instance, _ *awssim.Call, s *PermissionSet, _ *ssoadmin.DescribePermissionSetInput) (*ssoadmin.DescribePermissionSetOutput, error) {
	return &ssoadmin.DescribePermissionSetOutput{PermissionSet: s.describe()}, nil
}

func listPermissionSets(i *Instance, _ *awssim.Call, in *ssoadmin.ListPermissionSetsInput) (*ssoadmin.ListPermissionSetsOutput, error) {
	sets, next, err := page(awssim.InOrder(i.sets), setARN, in.MaxResults, in.NextToken)
	return &ssoadmin.ListPermissionSetsOutput{PermissionSets: awssim.Each(sets, setARN), NextToken: next}, err
}

func setARN(s *PermissionSet) string { return s.ARN }

func updatePermissionSet(_ *Instance, _ *awssim.Call, s *PermissionSet, in *ssoadmin.UpdatePermissionSetInput) (*ssoadmin.UpdatePermissionSetOutput, error) {
	if in.SessionDuration != nil {
		if err := checkDuration(*in.SessionDuration); err != nil {
			return nil, err
		}
		s.Duration = *in.SessionDuration
	}
	if in.Description != nil {
		s.Description = *in.Description
	}
	if in.RelayState != nil {
		s.RelayState = *in.RelayState
	}
	s.revision++
	return &ssoadmin.UpdatePermissionSetOutput{}, nil
}

func deletePermissionSet(i *Instance, _ *awssim.Call, s *PermissionSet, _ *ssoadmin.DeletePermissionSetInput) (*ssoadmin.DeletePermissionSetOutput, error) {
	if len(s.provisions) > 0 || i.busy(s) {
		return nil, awssim.Errorf("ConflictException", "Could not delete because PermissionSet has ApplicationProfile associated with it")
	}
	delete(i.sets, s.ARN)
	return &ssoadmin.DeletePermissionSetOutput{}, nil
}
