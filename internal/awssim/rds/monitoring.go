package rds

import (
	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/hawser/hawser/internal/awssim"
)

// monitoringPrincipal is who assumes the role of enhanced monitoring.
const monitoringPrincipal = "monitoring.rds.amazonaws.com"

// monitoring is what inputs and descriptions say of enhanced monitoring.
type monitoring struct {
	MonitoringInterval *int32
	MonitoringRoleArn  *string
}

// checkMonitoring refuses an input with an interval and no role, or the reverse, and a
// role that RDS can't assume to monitor the database of an ARN. now describes the database,
// nil for a new one.
//
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html
func checkMonitoring(c *awssim.Call, database string, now, in any) error {
	var asked, all monitoring
	awssim.Adopt(&asked, in)
	if asked == (monitoring{}) {
		return nil
	}
	if now != nil {
		awssim.Adopt(&all, now)
	}
	awssim.Adopt(&all, in)
	interval, role := aws.ToInt32(all.MonitoringInterval), aws.ToString(asked.MonitoringRoleArn)
	switch {
	case interval != 0 && aws.ToString(all.MonitoringRoleArn) == "":
		return awssim.Errorf("InvalidParameterCombination", "A MonitoringRoleARN value is required if you specify a MonitoringInterval value other than 0.")
	case role == "":
		return nil
	case interval == 0:
		return awssim.Errorf("InvalidParameterCombination", "You must specify a MonitoringInterval value other than 0 when you specify a MonitoringRoleARN value.")
	case !c.AssumableBy(monitoringPrincipal, role, database):
		return awssim.Errorf("InvalidParameterValue", "IAM role ARN value is invalid or does not include the required permissions for: ENHANCED_MONITORING")
	}
	return nil
}
