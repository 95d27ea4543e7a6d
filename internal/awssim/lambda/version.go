package lambda

import (
	"maps"
	"regexp"
	"slices"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/google/uuid"

	"github.com/hawser/hawser/internal/awssim"
)

// publish makes a version of $LATEST, or gives the newest where nothing has
// changed since.
func (fn *function) publish(c *awssim.Call, id functionID, description *string) *functionVersion {
	if n := len(fn.versions); n > 0 && fn.versions[n-1].of == *fn.latest.config.RevisionId {
		return fn.versions[n-1]
	}
	fn.published++
	number := strconv.Itoa(fn.published)
	v := &functionVersion{config: fn.latest.config, code: fn.latest.code, active: c.Now().Add(c.World.Clock.Scaled(creates))}
	v.of = *fn.latest.config.RevisionId
	v.config.Version, v.config.FunctionArn = &number, aws.String(id.at(number).qualified())
	if description != nil {
		v.config.Description = description
	}
	v.config.RevisionId = aws.String(uuid.NewString())
	fn.versions = append(fn.versions, v)
	return v
}

func publishVersion(c *awssim.Call, fn *function, id functionID, in *lambda.PublishVersionInput) (*lambda.PublishVersionOutput, error) {
	if err := fn.begin(c, in.RevisionId); err != nil {
		return nil, err
	}
	if sha := *fn.latest.config.CodeSha256; in.CodeSha256 != nil && *in.CodeSha256 != "" && *in.CodeSha256 != sha {
		return nil, fail("InvalidParameterValueException", "CodeSHA256 (%s) is different from current CodeSHA256 in $LATEST (%s). "+
			"Please try again with the CodeSHA256 in $LATEST.", *in.CodeSha256, sha)
	}
	var out lambda.PublishVersionOutput
	config := fn.publish(c, id, in.Description).show(c.Now())
	awssim.Adopt(&out, &config)
	return &out, nil
}

func listVersionsByFunction(_ *awssim.Call, fn *function, _ functionID, in *lambda.ListVersionsByFunctionInput) (*lambda.ListVersionsByFunctionOutput, error) {
	page, next, err := pageOf(fn.allVersions(), in.MaxItems, in.Marker, versionKey)
	return &lambda.ListVersionsByFunctionOutput{Versions: page, NextMarker: next}, err
}

var allDigits = regexp.MustCompile(`^[0-9]+$`)

func createAlias(_ *awssim.Call, fn *function, id functionID, in *lambda.CreateAliasInput) (*lambda.CreateAliasOutput, error) {
	name := aws.ToString(in.Name)
	if fn.aliases[name] != nil {
		return nil, fail("ResourceConflictException", "Alias already exists: %s", id.at(name).qualified())
	}
	alias := &types.AliasConfiguration{AliasArn: aws.String(id.at(name).qualified()), Name: &name, Description: aws.String("")}
	var out lambda.CreateAliasOutput
	if err := fn.aim(id, alias, in); err != nil {
		return nil, err
	}
	fn.aliases[name] = alias
	awssim.Adopt(&out, alias)
	return &out, nil
}

// aim sets what an alias points at by the settings of an input, whose versions
// must exist.
func (fn *function) aim(id functionID, alias *types.AliasConfiguration, in any) error {
	var s struct {
		FunctionVersion, Description *string
		RoutingConfig                *types.AliasRoutingConfiguration
	}
	awssim.Adopt(&s, in)
	wanted := []string{aws.ToString(s.FunctionVersion)}
	if s.RoutingConfig != nil {
		wanted = slices.AppendSeq(wanted, maps.Keys(s.RoutingConfig.AdditionalVersionWeights))
	}
	for _, version := range wanted {
		if _, err := fn.at(id.at(version)); err != nil {
			return err
		}
	}
	awssim.Adopt(alias, &s)
	if s.RoutingConfig != nil && len(s.RoutingConfig.AdditionalVersionWeights) == 0 {
		alias.RoutingConfig = nil
	}
	alias.RevisionId = aws.String(uuid.NewString())
	return nil
}

// alias finds an alias of a function.
func (fn *function) alias(id functionID, name *string) (*types.AliasConfiguration, error) {
	if alias := fn.aliases[aws.ToString(name)]; alias != nil {
		return alias, nil
	}
	return nil, fail("ResourceNotFoundException", "Cannot find alias arn: %s", id.at(aws.ToString(name)).qualified())
}

func getAlias(_ *awssim.Call, fn *function, id functionID, in *lambda.GetAliasInput) (*lambda.GetAliasOutput, error) {
	alias, err := fn.alias(id, in.Name)
	if err != nil {
		return nil, err
	}
	var out lambda.GetAliasOutput
	awssim.Adopt(&out, alias)
	return &out, nil
}

func updateAlias(_ *awssim.Call, fn *function, id functionID, in *lambda.UpdateAliasInput) (*lambda.UpdateAliasOutput, error) {
	alias, err := fn.alias(id, in.Name)
	if err != nil {
		return nil, err
	}
	if err := sameRevision(in.RevisionId, alias.RevisionId); err != nil {
		return nil, err
	}
	if err := fn.aim(id, alias, in); err != nil {
		return nil, err
	}
	var out lambda.UpdateAliasOutput
	awssim.Adopt(&out, alias)
	return &out, nil
}

func deleteAlias(_ *awssim.Call, fn *function, _ functionID, in *lambda.DeleteAliasInput) (*lambda.DeleteAliasOutput, error) {
	delete(fn.aliases, aws.ToString(in.Name))
	return &lambda.DeleteAliasOutput{}, nil
}

func listAliases(_ *awssim.Call, fn *function, _ functionID, in *lambda.ListAliasesInput) (*lambda.ListAliasesOutput, error) {
	var all []types.AliasConfiguration
	for _, name := range slices.Sorted(maps.Keys(fn.aliases)) {
		if alias := fn.aliases[name]; in.FunctionVersion == nil || *in.FunctionVersion == *alias.FunctionVersion {
			all = append(all, *alias)
		}
	}
	page, next, err := pageOf(all, in.MaxItems, in.Marker, func(a types.AliasConfiguration) string { return *a.Name })
	return &lambda.ListAliasesOutput{Aliases: page, NextMarker: next}, err
}
