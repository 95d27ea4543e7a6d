package setup

import (
	"encoding/json"
	"path"
)

// Part is something to create beside a role, or to do with it.
type Part struct {
	Title string
	// Text is commands of the aws CLI, or a piece of a file.
	Text string
}

// Parts returns what a role of the kind takes beside its trust policy. Words in capitals
// stand for what only the reader knows.
func (t Trust) Parts() []Part {
	arn, role := t.RoleARN(), path.Base(t.Role)
	switch t.Kind {
	case EC2: // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/attach-iam-role.html
		return []Part{{"an instance profile, which gives the role to an instance", "aws iam create-instance-profile --instance-profile-name " + role + "\n" +
			"aws iam add-role-to-instance-profile --instance-profile-name " + role + " --role-name " + role + "\n" +
			"aws ec2 associate-iam-instance-profile --instance-id INSTANCE --iam-instance-profile Name=" + role}}
	case ECS: // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
		return []Part{{"the role in the task definition", quoted("taskRoleArn", arn)}}
	case Lambda: // https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
		return []Part{{"the role of the function", "aws lambda update-function-configuration --function-name FUNCTION --role " + arn}}
	case EKSWebIdentity:
		return []Part{
			{"the cluster's OIDC provider, once for each cluster", "aws iam create-open-id-connect-provider --url https://" + t.Issuer + " --client-id-list " + stsAudience},
			{"the annotation of the service account", "kubectl annotate serviceaccount --namespace " + t.Namespace + " " + t.ServiceAccount + " eks.amazonaws.com/role-arn=" + arn},
		}
	case EKSPodIdentity: // https://docs.aws.amazon.com/eks/latest/userguide/pod-id-association.html
		return []Part{{"the association, in a cluster with the EKS Pod Identity Agent", "aws eks create-pod-identity-association --cluster-name " + t.Cluster +
			" --namespace " + t.Namespace + " --service-account " + t.ServiceAccount + " --role-arn " + arn}}
	case GitHub:
		return []Part{
			{"GitHub's OIDC provider, once for each account", "aws iam create-open-id-connect-provider --url https://" + gitHubIssuer + " --client-id-list " + stsAudience},
			{"the steps of the workflow", "permissions:\n  id-token: write\n  contents: read\nsteps:\n  - uses: aws-actions/configure-aws-credentials@v4\n    with:\n      role-to-assume: " + arn + "\n      aws-region: REGION"},
		}
	case RolesAnywhere: // https://docs.aws.amazon.com/rolesanywhere/latest/userguide/getting-started.html
		return []Part{
			{"the profile, which gives the role to holders of certificates of the trust anchor", "aws rolesanywhere create-profile --enabled --name " + role + " --role-arns " + arn},
			{"a profile in ~/.aws/config, for the connection's setting profile", "[profile " + role + "]\ncredential_process = aws_signing_helper credential-process --certificate CERTIFICATE --private-key KEY --trust-anchor-arn " + t.Anchor + " --profile-arn PROFILE --role-arn " + arn},
		}
	}
	return []Part{{"the role in the connection of hawser.yaml", t.configuration(arn)}}
}

// configuration returns the roles of a connection, as hawser.yaml has them.
func (t Trust) configuration(arn string) string {
	text := "roles:\n  - role_arn: " + arn
	if t.ExternalID != "" {
		text += "\n    external_id: " + t.ExternalID
	}
	return text
}

// quoted returns a member of a JSON object.
func quoted(name, value string) string {
	raw, _ := json.Marshal(map[string]string{name: value}) // texts alone
	return string(raw[1 : len(raw)-1])
}
