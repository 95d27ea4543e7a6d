package lambda

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/hawser/hawser/internal/awssim"
)

// newConfig is the configuration of a new function, with Lambda's defaults.
func newConfig(c *awssim.Call, id functionID, in *lambda.CreateFunctionInput) types.FunctionConfiguration {
	config := types.FunctionConfiguration{
		FunctionName: aws.String(id.name), FunctionArn: aws.String(id.arn()), Version: aws.String(latestVersion),
		Description: aws.String(""), MemorySize: aws.Int32(128), Timeout: aws.Int32(3), PackageType: types.PackageTypeZip,
		Architectures: []types.Architecture{types.ArchitectureX8664}, EphemeralStorage: &types.EphemeralStorage{Size: aws.Int32(512)},
		TracingConfig: &types.TracingConfigResponse{Mode: types.TracingModePassThrough},
		SnapStart:     &types.SnapStartResponse{ApplyOn: types.SnapStartApplyOnNone, OptimizationStatus: types.SnapStartOptimizationStatusOff},
		LoggingConfig: &types.LoggingConfig{},
	}
	configure(&config, in)
	if config.PackageType == types.PackageTypeZip {
		config.RuntimeVersionConfig = &types.RuntimeVersionConfig{RuntimeVersionArn: aws.String(runtimeARN(c, config.Runtime))}
	}
	return config
}

// runtimeARN is the ARN of the one version there is of a runtime.
func runtimeARN(c *awssim.Call, runtime types.Runtime) string {
	return "arn:" + c.Partition() + ":lambda:" + c.Region + "::runtime:" + string(runtime)
}

// nested are the settings that inputs have in another shape than answers.
type nested struct {
	Environment   *types.Environment
	ImageConfig   *types.ImageConfig
	Layers        []string
	SnapStart     *types.SnapStart
	TracingConfig *types.TracingConfig
	VpcConfig     *types.VpcConfig
}

// configure applies the settings of a creation or an update.
func configure(config *types.FunctionConfiguration, in any) {
	var n nested
	awssim.Adopt(config, in)
	awssim.Adopt(&n, in)
	if n.Environment != nil {
		config.Environment = nil
		if len(n.Environment.Variables) > 0 {
			config.Environment = &types.EnvironmentResponse{Variables: n.Environment.Variables}
		}
	}
	if n.ImageConfig != nil {
		config.ImageConfigResponse = &types.ImageConfigResponse{ImageConfig: n.ImageConfig}
	}
	if n.Layers != nil {
		config.Layers = nil
		for _, arn := range n.Layers {
			config.Layers = append(config.Layers, types.Layer{Arn: aws.String(arn)})
		}
	}
	if n.SnapStart != nil {
		config.SnapStart = &types.SnapStartResponse{ApplyOn: n.SnapStart.ApplyOn, OptimizationStatus: types.SnapStartOptimizationStatusOff}
	}
	if n.TracingConfig != nil {
		config.TracingConfig = &types.TracingConfigResponse{Mode: n.TracingConfig.Mode}
	}
	if n.VpcConfig != nil {
		config.VpcConfig = &types.VpcConfigResponse{
			SubnetIds: n.VpcConfig.SubnetIds, SecurityGroupIds: n.VpcConfig.SecurityGroupIds, Ipv6AllowedForDualStack: n.VpcConfig.Ipv6AllowedForDualStack,
		}
	}
	if d := config.DeadLetterConfig; d != nil && aws.ToString(d.TargetArn) == "" {
		config.DeadLetterConfig = nil
	}
	config.LoggingConfig = loggingOf(config)
}

// loggingOf completes the logging settings.
func loggingOf(config *types.FunctionConfiguration) *types.LoggingConfig {
	l := *config.LoggingConfig
	if l.LogFormat == "" {
		l.LogFormat = types.LogFormatText
	}
	if aws.ToString(l.LogGroup) == "" {
		l.LogGroup = aws.String("/aws/lambda/" + *config.FunctionName)
	}
	if l.LogFormat == types.LogFormatJson && l.ApplicationLogLevel == "" {
		l.ApplicationLogLevel = types.ApplicationLogLevelInfo
	}
	if l.LogFormat == types.LogFormatJson && l.SystemLogLevel == "" {
		l.SystemLogLevel = types.SystemLogLevelInfo
	}
	return &l
}

// checkCreation refuses what Lambda does not make a function of.
func checkCreation(in *lambda.CreateFunctionInput) error {
	switch {
	case in.PackageType == types.PackageTypeImage && in.Code.ImageUri == nil:
		return fail("InvalidParameterValueException", "Please provide ImageUri when updating a function with packageType Image.")
	case in.PackageType == types.PackageTypeImage && (in.Runtime != "" || in.Handler != nil):
		return fail("InvalidParameterValueException", "Please don't provide Handler or Runtime or Layer when the intent is to create function with PackageType Image.")
	case in.PackageType != types.PackageTypeImage && (in.Runtime == "" || in.Handler == nil):
		return fail("InvalidParameterValueException", "Runtime and Handler are mandatory parameters for functions created with deployment packages.")
	}
	if err := checkSettings(in); err != nil {
		return err
	}
	return checkLambdaTags(in.Tags)
}

// checkSettings holds the settings of a creation or an update against
// Lambda's bounds.
//
// https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
func checkSettings(in any) error {
	var s struct {
		MemorySize, Timeout *int32
		Environment         *types.Environment
	}
	awssim.Adopt(&s, in)
	switch {
	case outside(s.MemorySize, 128, 10240):
		return bounds("memorySize", *s.MemorySize, 128, 10240)
	case outside(s.Timeout, 1, 900):
		return bounds("timeout", *s.Timeout, 1, 900)
	case s.Environment != nil:
		return checkEnvironment(s.Environment.Variables)
	}
	return nil
}

func outside(n *int32, least, most int32) bool { return n != nil && (*n < least || *n > most) }

func bounds(field string, value, least, most int32) error {
	if value < least {
		return fail("ValidationException", "1 validation error detected: Value '%d' at '%s' failed to satisfy constraint: "+
			"Member must have value greater than or equal to %d", value, field, least)
	}
	return fail("ValidationException", "1 validation error detected: Value '%d' at '%s' failed to satisfy constraint: "+
		"Member must have value less than or equal to %d", value, field, most)
}

// reservedVariables are set by Lambda itself.
//
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
func reservedVariables() []string {
	return []string{
		"_HANDLER", "_X_AMZN_TRACE_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV", "AWS_LAMBDA_FUNCTION_NAME",
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME",
		"AWS_LAMBDA_LOG_STREAM_NAME", "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
		"AWS_LAMBDA_RUNTIME_API", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR",
	}
}

// maxEnvironment is how many bytes all variables have together.
const maxEnvironment = 4096

func checkEnvironment(variables map[string]string) error {
	var reserved []string
	size := 0
	for name, value := range variables {
		if slices.Contains(reservedVariables(), name) {
			reserved = append(reserved, name)
		}
		size += len(name) + len(value)
	}
	if len(reserved) > 0 {
		slices.Sort(reserved)
		return fail("InvalidParameterValueException", "Lambda was unable to configure your environment variables because the environment variables "+
			"you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: %s", strings.Join(reserved, ", "))
	}
	if size > maxEnvironment {
		return fail("InvalidParameterValueException", "Lambda was unable to configure your environment variables because the environment variables "+
			"you have provided exceeded the 4KB limit.")
	}
	return nil
}
