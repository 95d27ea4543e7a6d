package awssim

// services are the ones that every World has.
func services() []func(*World) *Service {
	return []func(*World) *Service{
		STS,
		IAM,
		SecretsManager,
		SSOPortal,
		SSOOIDC,
		Lambda,
		Logs,
		RDS,
		RDSData,
		CloudWatch,
		S3,
		EC2,
	}
}
