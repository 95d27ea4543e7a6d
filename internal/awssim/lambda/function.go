package lambda

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/google/uuid"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/wire"
)

// latestVersion is the version that can be changed.
const latestVersion = "$LATEST"

// function is one function with all that belongs to it.
type function struct {
	latest    *functionVersion
	versions  []*functionVersion // published ones, oldest first
	published int                // the number of the newest
	aliases   map[string]*types.AliasConfiguration
	tags      map[string]string
	reserved  *int32
	policy    functionPolicy
	running   int                 // executions under way
	idle      map[string][]string // log streams of idle environments, by version
}

// functionVersion is $LATEST or a published version.
type functionVersion struct {
	config  types.FunctionConfiguration
	code    types.FunctionCodeLocation
	active  time.Time // when it is, or was, ready for the first time
	updated time.Time // when the last update is, or was, over
	of      string    // a published version's: the revision of $LATEST that it was made of
}

// How long changes take on AWS, roughly; the World's time scale shortens them.
const (
	creates = 2 * time.Second
	updates = time.Second
)

// show gives the configuration with the states of a moment.
func (v *functionVersion) show(now time.Time) types.FunctionConfiguration {
	out := v.config
	out.State, out.LastUpdateStatus = types.StateActive, types.LastUpdateStatusSuccessful
	if now.Before(v.active) {
		out.State, out.StateReasonCode = types.StatePending, types.StateReasonCodeCreating
		out.StateReason = aws.String("The function is being created.")
	}
	if now.Before(v.updated) {
		out.LastUpdateStatus, out.LastUpdateStatusReasonCode = types.LastUpdateStatusInProgress, types.LastUpdateStatusReasonCode("Creating")
		out.LastUpdateStatusReason = aws.String("The function is being created.")
	}
	return out
}

// settled refuses changes while another is under way.
func (v *functionVersion) settled(now time.Time) error {
	switch {
	case now.Before(v.active):
		return fail("ResourceConflictException",
			"The operation cannot be performed at this time. The function is currently in the following state: Pending")
	case now.Before(v.updated):
		return fail("ResourceConflictException",
			"The operation cannot be performed at this time. An update is in progress for resource: %s", *v.config.FunctionArn)
	}
	return nil
}

// touch gives a version new marks of change.
func (v *functionVersion) touch(now time.Time) {
	v.config.LastModified = aws.String(now.Format("2006-01-02T15:04:05.000+0000"))
	v.config.RevisionId = aws.String(uuid.NewString())
}

// at finds a version by number, $LATEST or alias; "" is $LATEST.
func (fn *function) at(id functionID) (*functionVersion, error) {
	want := id.qualifier
	if alias := fn.aliases[want]; alias != nil {
		want = *alias.FunctionVersion
	}
	if want == "" || want == latestVersion {
		return fn.latest, nil
	}
	i := slices.IndexFunc(fn.versions, func(v *functionVersion) bool { return *v.config.Version == want })
	if i < 0 {
		return nil, noFunction(id)
	}
	return fn.versions[i], nil
}

func createFunction(c *awssim.Call, in *lambda.CreateFunctionInput) (*lambda.CreateFunctionOutput, error) {
	id, err := askedFor(c, in)
	if err != nil {
		return nil, err
	}
	if err := checkCreation(in); err != nil {
		return nil, err
	}
	if err := checkRole(c, id, in.Role); err != nil {
		return nil, err
	}
	if err := checkNetwork(c, in.VpcConfig, aws.ToString(in.Role)); err != nil {
		return nil, err
	}
	code, err := codeOf(c, id, *in.Code)
	if err != nil {
		return nil, err
	}
	st := awssim.StateOf[state](c.World, id.account, id.region)
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.functions[id.name] != nil {
		return nil, fail("ResourceConflictException", "Function already exist: %s", id.name)
	}
	fn := &function{
		latest: &functionVersion{config: newConfig(c, id, in), active: c.Now().Add(c.World.Clock.Scaled(creates))},
		tags:   maps.Clone(in.Tags), aliases: make(map[string]*types.AliasConfiguration), idle: make(map[string][]string),
	}
	code.into(fn.latest)
	fn.latest.touch(c.Now())
	st.functions[id.name] = fn
	made := fn.latest
	if in.Publish {
		made = fn.publish(c, id, nil)
	}
	var out lambda.CreateFunctionOutput
	config := made.show(c.Now())
	awssim.Adopt(&out, &config)
	return &out, nil
}

func getFunction(c *awssim.Call, fn *function, id functionID, _ *lambda.GetFunctionInput) (*lambda.GetFunctionOutput, error) {
	v, err := fn.at(id)
	if err != nil {
		return nil, err
	}
	config, code := v.show(c.Now()), v.code
	out := &lambda.GetFunctionOutput{Configuration: &config, Code: &code}
	if len(fn.tags) > 0 {
		out.Tags, out.TagsError = fn.readableTags(c, id)
	}
	if fn.reserved != nil {
		out.Concurrency = &types.Concurrency{ReservedConcurrentExecutions: fn.reserved}
	}
	return out, nil
}

// readableTags are the tags, if the caller may list them.
//
// https://docs.aws.amazon.com/lambda/latest/api/API_GetFunction.html#API_GetFunction_ResponseElements
func (fn *function) readableTags(c *awssim.Call, id functionID) (map[string]string, *types.TagsError) {
	if err := c.Permit(fn.need("lambda:ListTags", id.at(""))); err != nil {
		denied := wire.AsError(err)
		return nil, &types.TagsError{ErrorCode: &denied.Code, Message: &denied.Message}
	}
	return maps.Clone(fn.tags), nil
}

func getFunctionConfiguration(c *awssim.Call, fn *function, id functionID, _ *lambda.GetFunctionConfigurationInput) (*lambda.GetFunctionConfigurationOutput, error) {
	v, err := fn.at(id)
	if err != nil {
		return nil, err
	}
	var out lambda.GetFunctionConfigurationOutput
	config := v.show(c.Now())
	awssim.Adopt(&out, &config)
	return &out, nil
}

// listed gives a configuration as the lists do, without states.
//
// https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html
func (v *functionVersion) listed(version string) types.FunctionConfiguration {
	out := v.config
	out.RuntimeVersionConfig = nil
	if version == latestVersion {
		out.FunctionArn = aws.String(*out.FunctionArn + ":" + latestVersion)
	}
	return out
}

func listFunctions(c *awssim.Call, in *lambda.ListFunctionsInput) (*lambda.ListFunctionsOutput, error) {
	st := awssim.State[state](c)
	st.mu.Lock()
	defer st.mu.Unlock()
	all := []types.FunctionConfiguration{} // the answer has the list even where it is empty
	for _, name := range slices.Sorted(maps.Keys(st.functions)) {
		fn := st.functions[name]
		if in.FunctionVersion != types.FunctionVersionAll {
			all = append(all, fn.latest.listed(""))
			continue
		}
		all = append(all, fn.allVersions()...)
	}
	page, next, err := pageOf(all, in.MaxItems, in.Marker, versionKey)
	return &lambda.ListFunctionsOutput{Functions: page, NextMarker: next}, err
}

// allVersions gives $LATEST and then the published versions.
func (fn *function) allVersions() []types.FunctionConfiguration {
	all := []types.FunctionConfiguration{fn.latest.listed(latestVersion)}
	for _, v := range fn.versions {
		all = append(all, v.listed(""))
	}
	return all
}

// versionKey sorts functions by name, each with $LATEST before its versions.
func versionKey(v types.FunctionConfiguration) string {
	n, _ := strconv.Atoi(*v.Version) // $LATEST is 0
	return *v.FunctionName + ":" + leftPad(n)
}

func leftPad(n int) string {
	digits := strconv.Itoa(n)
	return "0000000000"[:10-min(10, len(digits))] + digits
}

func deleteFunction(c *awssim.Call, fn *function, id functionID, _ *lambda.DeleteFunctionInput) (*lambda.DeleteFunctionOutput, error) {
	out := &lambda.DeleteFunctionOutput{StatusCode: http.StatusNoContent}
	switch v, err := fn.at(id); {
	case err != nil:
		return out, nil // deleting a version that is gone succeeds
	case id.qualifier == "":
		delete(awssim.StateOf[state](c.World, id.account, id.region).functions, id.name)
		return out, nil
	case v == fn.latest:
		return nil, fail("InvalidParameterValueException", "$LATEST version cannot be deleted without deleting the function.")
	case fn.aliases[id.qualifier] != nil:
		return nil, fail("InvalidParameterValueException", "The function alias cannot be deleted by DeleteFunction: %s", id.qualifier)
	}
	for _, name := range slices.Sorted(maps.Keys(fn.aliases)) {
		if *fn.aliases[name].FunctionVersion == id.qualifier {
			return nil, fail("ResourceConflictException", "Version %s cannot be deleted because it is used by alias %s.", id.qualifier, name)
		}
	}
	fn.versions = slices.DeleteFunc(fn.versions, func(v *functionVersion) bool { return *v.config.Version == id.qualifier })
	return out, nil
}
