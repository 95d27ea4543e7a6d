package rds

import (
	"github.com/hawser/hawser/internal/awssim"
)

// monitoringPrincipal is who assumes the role of enhanced monitoring.
const monitoringPrincipal = "monitoring.rds.amazonaws.com"

// checkMonitoring refuses the role that an input names if RDS can't assume it to monitor
// the database of an ARN.
//
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html
func checkMonitoring(c *awssim.Call, in any, database string) error {
	role := awssim.Member(in, "MonitoringRoleArn")
	if role == "" || c.AssumableBy(monitoringPrincipal, role, database) {
		return nil
	}
	return awssim.Errorf("InvalidParameterValue", "IAM role ARN value is invalid or does not include the required permissions for: ENHANCED_MONITORING")
}
