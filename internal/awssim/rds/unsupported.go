package rds

import "slices"

// unsupported are the members of inputs that are refused: directories, passwords that AWS
// keeps, new names, and what there are no resources for.
func unsupported() map[string][]string {
	domain := []string{"Domain", "DomainIAMRoleName"}
	directory := append([]string{"DomainAuthSecretArn", "DomainDnsIps", "DomainFqdn", "DomainOu"}, domain...)
	managed := []string{"MasterUserAuthenticationType", "MasterUserSecretKmsKeyId"}
	rotated := append([]string{"ManageMasterUserPassword", "RotateMasterUserPassword"}, managed...)
	cluster := []string{
		"CACertificateIdentifier", "EnableGlobalWriteForwarding", "EnableLimitlessDatabase", "EnableLocalWriteForwarding",
		"OptionGroupName", "ScalingConfiguration",
	}
	instance := []string{"AdditionalStorageVolumes", "DBSecurityGroups", "EnableCustomerOwnedIp", "TdeCredentialPassword"}
	return map[string][]string{
		"CreateDBCluster":  slices.Concat(cluster, domain, managed, []string{"PreSignedUrl", "WithExpressConfiguration"}),
		"ModifyDBCluster":  slices.Concat(cluster, domain, rotated, []string{"AllowEngineModeChange", "DBInstanceParameterGroupName", "NewDBClusterIdentifier"}),
		"CreateDBInstance": slices.Concat(instance, directory, managed),
		"ModifyDBInstance": slices.Concat(instance, directory, rotated, []string{
			"DisableDomain", "NewDBInstanceIdentifier", "OptionGroupName", "ResumeFullAutomationModeMinutes", "TagSpecifications",
		}),
		"RebootDBInstance": {"ForceFailover"},
		"StopDBInstance":   {"DBSnapshotIdentifier"},
	}
}
