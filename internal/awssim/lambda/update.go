package lambda

import (
	"cmp"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/hawser/hawser/internal/awssim"
)

// begin readies $LATEST for a change, or says why it cannot be changed now.
func (fn *function) begin(c *awssim.Call, revision *string) error {
	if err := fn.latest.settled(c.Now()); err != nil {
		return err
	}
	return sameRevision(revision, fn.latest.config.RevisionId)
}

// changed marks $LATEST as being updated.
func (fn *function) changed(c *awssim.Call) {
	fn.latest.updated = c.Now().Add(c.World.Clock.Scaled(updates))
	fn.latest.touch(c.Now())
	delete(fn.idle, latestVersion) // environments of the old code are not used again
}

// sameRevision refuses a change on the ground of an older state.
func sameRevision(asked, have *string) error {
	if asked == nil || *asked == aws.ToString(have) {
		return nil
	}
	return fail("PreconditionFailedException", "The Revision Id provided does not match the latest Revision Id. "+
		"Call the GetFunction/GetAlias API to retrieve the latest Revision Id")
}

func updateFunctionCode(c *awssim.Call, fn *function, id functionID, in *lambda.UpdateFunctionCodeInput) (*lambda.UpdateFunctionCodeOutput, error) {
	if err := fn.begin(c, in.RevisionId); err != nil {
		return nil, err
	}
	code, err := codeOf(c, id, types.FunctionCode{
		ZipFile: in.ZipFile, S3Bucket: in.S3Bucket, S3Key: in.S3Key, S3ObjectVersion: in.S3ObjectVersion, ImageUri: in.ImageUri,
	})
	if err != nil {
		return nil, err
	}
	var out lambda.UpdateFunctionCodeOutput
	changed := *fn.latest
	code.into(&changed)
	if in.Architectures != nil {
		changed.config.Architectures = in.Architectures
	}
	if in.DryRun {
		config := changed.show(c.Now())
		awssim.Adopt(&out, &config)
		return &out, nil
	}
	*fn.latest = changed
	fn.changed(c)
	config := fn.latest.show(c.Now())
	if in.Publish {
		config = fn.publish(c, id, nil).show(c.Now())
	}
	awssim.Adopt(&out, &config)
	return &out, nil
}

func updateFunctionConfiguration(c *awssim.Call, fn *function, id functionID, in *lambda.UpdateFunctionConfigurationInput) (*lambda.UpdateFunctionConfigurationOutput, error) {
	if err := checkSettings(in); err != nil {
		return nil, err
	}
	if err := checkRole(c, id, in.Role); err != nil {
		return nil, err
	}
	if err := checkNetwork(c, in.VpcConfig, aws.ToString(cmp.Or(in.Role, fn.latest.config.Role))); err != nil {
		return nil, err
	}
	if err := fn.begin(c, in.RevisionId); err != nil {
		return nil, err
	}
	update := *in
	update.RevisionId, update.FunctionName = nil, nil // they name what is changed, and are not settings
	configure(&fn.latest.config, &update)
	if fn.latest.config.RuntimeVersionConfig != nil {
		fn.latest.config.RuntimeVersionConfig = &types.RuntimeVersionConfig{RuntimeVersionArn: aws.String(runtimeARN(c, fn.latest.config.Runtime))}
	}
	fn.changed(c)
	var out lambda.UpdateFunctionConfigurationOutput
	config := fn.latest.show(c.Now())
	awssim.Adopt(&out, &config)
	return &out, nil
}
