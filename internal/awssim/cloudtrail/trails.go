package cloudtrail

import (
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/organizations"
)

// Trail is a trail, which delivers nothing: it is only there to be described.
type Trail struct {
	Name, Region, Bucket string
	Owner                *awssim.Account
	// AllRegions is set for a trail of all regions, Organization for one of all
	// accounts of the organization that its owner manages.
	AllRegions, Organization bool
	// Stopped is set for one that does not log.
	Stopped bool

	began time.Time
}

// AddTrail gives an account a trail.
func AddTrail(w *awssim.World, t Trail) {
	r := recorderOf(w)
	r.mu.Lock()
	defer r.mu.Unlock()
	t.began = w.Clock.Now()
	r.trails = append(r.trails, &t)
}

// ARN is the trail's.
func (t *Trail) ARN() string { return t.Owner.ARN("cloudtrail", t.Region, "trail/"+t.Name) }

// seen reports whether a trail is listed in an account and region, and whether it is
// another region's or account's: a shadow there.
func (t *Trail) seen(c *awssim.Call) (listed, shadow bool) {
	if t.Owner != c.Account {
		o := organizations.Of(t.Owner, c.World)
		if !t.Organization || o == nil || o.Member(c.Account.ID) == nil {
			return false, false
		}
		return t.AllRegions || t.Region == c.Region, true
	}
	return t.AllRegions || t.Region == c.Region, t.Region != c.Region
}

// trailsOf lists the trails that a call sees.
func trailsOf(c *awssim.Call, shadows bool) []*Trail {
	r := recorderOf(c.World)
	r.mu.Lock()
	defer r.mu.Unlock()
	return awssim.Only(slices.Clone(r.trails), func(t *Trail) bool {
		listed, shadow := t.seen(c)
		return listed && (shadows || !shadow)
	})
}

// describeTrails follows
// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DescribeTrails.html
func describeTrails(c *awssim.Call, in *cloudtrail.DescribeTrailsInput) (*cloudtrail.DescribeTrailsOutput, error) {
	trails := trailsOf(c, in.IncludeShadowTrails == nil || *in.IncludeShadowTrails)
	if len(in.TrailNameList) > 0 {
		trails = awssim.Only(trails, func(t *Trail) bool {
			return slices.ContainsFunc(in.TrailNameList, func(name string) bool { return t.called(c, name) })
		})
	}
	return &cloudtrail.DescribeTrailsOutput{TrailList: awssim.Each(trails, (*Trail).described)}, nil
}

// called reports whether a name means the trail: its ARN, or in its own region its
// name.
func (t *Trail) called(c *awssim.Call, name string) bool {
	_, shadow := t.seen(c)
	return name == t.ARN() || name == t.Name && !shadow
}

func (t *Trail) described() types.Trail {
	return types.Trail{
		Name: aws.String(t.Name), S3BucketName: aws.String(t.Bucket), HomeRegion: aws.String(t.Region), TrailARN: aws.String(t.ARN()),
		IncludeGlobalServiceEvents: aws.Bool(true), IsMultiRegionTrail: aws.Bool(t.AllRegions), IsOrganizationTrail: aws.Bool(t.Organization),
		LogFileValidationEnabled: aws.Bool(true), HasCustomEventSelectors: aws.Bool(false), HasInsightSelectors: aws.Bool(false),
	}
}

// trail finds a trail by name or ARN.
func trail(c *awssim.Call, name *string) (*Trail, error) {
	text := aws.ToString(name)
	if len(text) < 3 {
		return nil, awssim.Errorf("InvalidTrailNameException", "Trail name must have length between 3 and 128 characters.")
	}
	trails := trailsOf(c, true)
	if i := slices.IndexFunc(trails, func(t *Trail) bool { return t.called(c, text) }); i >= 0 {
		return trails[i], nil
	}
	if !strings.HasPrefix(text, "arn:") {
		text = c.ARN("trail/" + text)
	}
	return nil, awssim.Errorf("TrailNotFoundException", "Unknown trail: %s for the user: %s", text, c.Account.ID)
}

// getTrail follows
// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetTrail.html
func getTrail(c *awssim.Call, in *cloudtrail.GetTrailInput) (*cloudtrail.GetTrailOutput, error) {
	t, err := trail(c, in.Name)
	if err != nil {
		return nil, err
	}
	d := t.described()
	return &cloudtrail.GetTrailOutput{Trail: &d}, nil
}

// getTrailStatus follows
// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetTrailStatus.html
func getTrailStatus(c *awssim.Call, in *cloudtrail.GetTrailStatusInput) (*cloudtrail.GetTrailStatusOutput, error) {
	t, err := trail(c, in.Name)
	if err != nil {
		return nil, err
	}
	text := t.began.Format(time.RFC3339)
	return &cloudtrail.GetTrailStatusOutput{IsLogging: aws.Bool(!t.Stopped), StartLoggingTime: aws.Time(t.began), TimeLoggingStarted: aws.String(text)}, nil
}

// listTrails follows
// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_ListTrails.html
func listTrails(c *awssim.Call, in *cloudtrail.ListTrailsInput) (*cloudtrail.ListTrailsOutput, error) {
	if in.NextToken != nil {
		return nil, awssim.Errorf("InvalidNextTokenException", "Invalid token.")
	}
	r := recorderOf(c.World)
	r.mu.Lock()
	defer r.mu.Unlock()
	own := awssim.Only(slices.Clone(r.trails), func(t *Trail) bool { return t.Owner == c.Account })
	return &cloudtrail.ListTrailsOutput{Trails: awssim.Each(own, func(t *Trail) types.TrailInfo {
		return types.TrailInfo{Name: aws.String(t.Name), TrailARN: aws.String(t.ARN()), HomeRegion: aws.String(t.Region)}
	})}, nil
}
