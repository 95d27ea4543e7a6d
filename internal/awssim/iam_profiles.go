package awssim

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// profileHandlers returns the operations on instance profiles.
func profileHandlers() map[string]Handler {
	return map[string]Handler{
		"AddRoleToInstanceProfile":      doing[iam.AddRoleToInstanceProfileOutput](addRoleToProfile),
		"CreateInstanceProfile":         writeHandler(createInstanceProfile),
		"DeleteInstanceProfile":         doing[iam.DeleteInstanceProfileOutput](deleteInstanceProfile),
		"GetInstanceProfile":            readHandler(getInstanceProfile),
		"ListInstanceProfileTags":       readHandler(listInstanceProfileTags),
		"ListInstanceProfiles":          readHandler(listInstanceProfiles),
		"ListInstanceProfilesForRole":   readHandler(listInstanceProfilesForRole),
		"RemoveRoleFromInstanceProfile": doing[iam.RemoveRoleFromInstanceProfileOutput](removeRoleFromProfile),
		"TagInstanceProfile":            doingAny[iam.TagInstanceProfileOutput, iam.TagInstanceProfileInput](tag),
		"UntagInstanceProfile":          doingAny[iam.UntagInstanceProfileOutput, iam.UntagInstanceProfileInput](untag),
	}
}

// InstanceProfile is how a role is given to instances.
type InstanceProfile struct {
	Name, ID, ARN, Path string
	Created             time.Time
	Role                *Role // nil for none
	Tags                map[string]string
	known               time.Time // from when on; see Options.Propagation
}

// AddInstanceProfile makes a profile of a role.
func (a *Account) AddInstanceProfile(name string, r *Role) *InstanceProfile {
	a.world.mu.Lock()
	defer a.world.mu.Unlock()
	p := a.newProfile("/", name)
	p.Role = r
	return p
}

// InstanceProfile finds an instance profile that services other than IAM know, by name. It
// returns the zero value if there is none.
func (a *Account) InstanceProfile(name string) InstanceProfile {
	a.world.mu.RLock()
	defer a.world.mu.RUnlock()
	if p := a.profiles[name]; p != nil && !a.world.Clock.Now().Before(p.known) {
		return *p
	}
	return InstanceProfile{}
}

// newProfile makes a profile without a role. The World is locked.
func (a *Account) newProfile(path, name string) *InstanceProfile {
	p := &InstanceProfile{
		Name: name, Path: path, ID: entityID("AIPA"), ARN: a.ARN("iam", "", "instance-profile"+path+name), Created: a.world.Clock.Now(),
	}
	a.profiles[name] = p
	return p
}

// profilesOf returns the profiles that a role is in, by name.
func (a *Account) profilesOf(r *Role) []*InstanceProfile {
	return Only(InOrder(a.profiles), func(p *InstanceProfile) bool { return p.Role == r })
}

func profileKey(p *InstanceProfile) string { return p.Name }

// profile finds an instance profile by name.
func (c *Call) profile(name *string) (*InstanceProfile, error) {
	if p := c.Account.profiles[aws.ToString(name)]; p != nil {
		return p, nil
	}
	return nil, noSuchEntity("Instance Profile %s cannot be found.", aws.ToString(name))
}

// brief returns the profile as listings show it: without tags.
func (p *InstanceProfile) brief() types.InstanceProfile {
	out := types.InstanceProfile{
		Arn: aws.String(p.ARN), InstanceProfileName: aws.String(p.Name), InstanceProfileId: aws.String(p.ID), Path: aws.String(p.Path),
		CreateDate: iamTime(p.Created), Roles: []types.Role{},
	}
	if p.Role != nil {
		out.Roles = append(out.Roles, p.Role.brief())
	}
	return out
}

func (p *InstanceProfile) whole() *types.InstanceProfile {
	out := p.brief()
	out.Tags = iamTags(p.Tags)
	return &out
}

// createInstanceProfile follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateInstanceProfile.html
func createInstanceProfile(c *Call, in *iam.CreateInstanceProfileInput) (*iam.CreateInstanceProfileOutput, error) {
	if err := vacant(c.Account.profiles, *in.InstanceProfileName, "Instance Profile %s already exists."); err != nil {
		return nil, err
	}
	if err := within("InstanceProfilesPerAccount", len(c.Account.profiles)+1, maxProfiles); err != nil {
		return nil, err
	}
	tags, err := newTags(in.Tags)
	if err != nil {
		return nil, err
	}
	p := c.Account.newProfile(either(in.Path, "/"), *in.InstanceProfileName)
	p.Tags, p.known = tags, c.World.knownFrom()
	return &iam.CreateInstanceProfileOutput{InstanceProfile: p.whole()}, nil
}

// getInstanceProfile follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetInstanceProfile.html
func getInstanceProfile(c *Call, in *iam.GetInstanceProfileInput) (*iam.GetInstanceProfileOutput, error) {
	p, err := c.profile(in.InstanceProfileName)
	if err != nil {
		return nil, err
	}
	return &iam.GetInstanceProfileOutput{InstanceProfile: p.whole()}, nil
}

// deleteInstanceProfile follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteInstanceProfile.html
func deleteInstanceProfile(c *Call, in *iam.DeleteInstanceProfileInput) error {
	p, err := c.profile(in.InstanceProfileName)
	if err != nil {
		return err
	}
	if p.Role != nil {
		return inUse("must remove roles from instance profile first")
	}
	delete(c.Account.profiles, p.Name)
	return nil
}

// addRoleToProfile follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_AddRoleToInstanceProfile.html
func addRoleToProfile(c *Call, in *iam.AddRoleToInstanceProfileInput) error {
	p, err := c.profile(in.InstanceProfileName)
	if err != nil {
		return err
	}
	r, err := c.ownRole(in.RoleName)
	if err != nil {
		return err
	}
	if p.Role != nil {
		return within("InstanceSessionsPerInstanceProfile", 2, 1)
	}
	p.Role = r
	return nil
}

// removeRoleFromProfile follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_RemoveRoleFromInstanceProfile.html
func removeRoleFromProfile(c *Call, in *iam.RemoveRoleFromInstanceProfileInput) error {
	p, err := c.profile(in.InstanceProfileName)
	if err != nil {
		return err
	}
	if p.Role == nil || p.Role.Name != *in.RoleName {
		return noSuchEntity("The role with name %s cannot be found.", *in.RoleName)
	}
	p.Role = nil
	return nil
}

// listInstanceProfiles follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListInstanceProfiles.html
func listInstanceProfiles(c *Call, in *iam.ListInstanceProfilesInput) (*iam.ListInstanceProfilesOutput, error) {
	all := under(InOrder(c.Account.profiles), in.PathPrefix, func(p *InstanceProfile) string { return p.Path })
	page, next := iamPage(all, in.Marker, in.MaxItems, profileKey)
	return &iam.ListInstanceProfilesOutput{InstanceProfiles: Each(page, (*InstanceProfile).brief), IsTruncated: next != nil, Marker: next}, nil
}

// listInstanceProfilesForRole follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListInstanceProfilesForRole.html
func listInstanceProfilesForRole(c *Call, in *iam.ListInstanceProfilesForRoleInput) (*iam.ListInstanceProfilesForRoleOutput, error) {
	r, err := c.role(in.RoleName)
	if err != nil {
		return nil, err
	}
	page, next := iamPage(c.Account.profilesOf(r), in.Marker, in.MaxItems, profileKey)
	return &iam.ListInstanceProfilesForRoleOutput{InstanceProfiles: Each(page, (*InstanceProfile).brief), IsTruncated: next != nil, Marker: next}, nil
}
