package identitycenter

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"

	"github.com/hawser/hawser/internal/awssim"
)

// operationTime is how long an assignment takes, in simulated time, and
// maxOutstanding how many may be under way. See
// https://docs.aws.amazon.com/singlesignon/latest/userguide/limits.html
const (
	operationTime  = 3 * time.Second
	maxOutstanding = 10
)

type operationKind int

const (
	creating operationKind = iota
	deleting
	provisioning
)

// operation is something that takes its time.
type operation struct {
	id        string
	kind      operationKind
	set       *PermissionSet
	account   string // empty for all that the set is provisioned to
	principal Principal
	asked     time.Time
	due       time.Time
	status    types.StatusValues
	failure   string
}

// begin starts an operation, unless it gets in the way of another.
func (i *Instance) begin(c *awssim.Call, op *operation) error {
	switch {
	case op.kind != provisioning && op.principal.Type != types.PrincipalTypeUser && op.principal.Type != types.PrincipalTypeGroup:
		return invalid("PrincipalType must be USER or GROUP.")
	case i.conflicts(op):
		return awssim.Errorf("ConflictException", "There is a conflicting operation in process. Retry when it has ended.")
	case len(i.pending) >= maxOutstanding:
		return awssim.Errorf("ThrottlingException", "There are too many outstanding requests.")
	}
	now := c.Now()
	op.id, op.asked, op.due = i.mint.uuid(), now, now.Add(c.World.Clock.Scaled(operationTime))
	op.status = types.StatusValuesInProgress
	i.operations[op.id] = op
	i.pending = append(i.pending, op)
	return nil
}

// conflicts reports whether the same assignment, or the same permission set's
// provisioning, is under way.
func (i *Instance) conflicts(op *operation) bool {
	for _, other := range i.pending {
		if other.set != op.set {
			continue
		}
		if other.kind == provisioning || op.kind == provisioning || other.account == op.account && other.principal == op.principal {
			return true
		}
	}
	return false
}

// busy reports whether anything is under way with a permission set.
func (i *Instance) busy(s *PermissionSet) bool {
	for _, op := range i.pending {
		if op.set == s {
			return true
		}
	}
	return false
}

// carryOut ends an operation.
func (i *Instance) carryOut(op *operation) {
	var err error
	switch op.kind {
	case creating:
		err = i.assign(op.set, op.account, op.principal)
	case deleting:
		i.withdraw(op.set, op.account, op.principal)
	case provisioning:
		err = i.refresh(op.set, op.account)
	}
	op.status = types.StatusValuesSucceeded
	if err != nil {
		op.status, op.failure = types.StatusValuesFailed, err.Error()
	}
}

func (op *operation) assignmentStatus() *types.AccountAssignmentOperationStatus {
	return &types.AccountAssignmentOperationStatus{
		RequestId: &op.id, Status: op.status, FailureReason: awssim.Optional(op.failure), CreatedDate: &op.asked, PermissionSetArn: &op.set.ARN,
		PrincipalId: &op.principal.ID, PrincipalType: op.principal.Type, TargetId: &op.account, TargetType: types.TargetTypeAwsAccount,
	}
}

func (op *operation) provisioningStatus() *types.PermissionSetProvisioningStatus {
	return &types.PermissionSetProvisioningStatus{
		RequestId: &op.id, Status: op.status, FailureReason: awssim.Optional(op.failure), CreatedDate: &op.asked, PermissionSetArn: &op.set.ARN,
		AccountId: awssim.Optional(op.account),
	}
}

// operation finds one by its ID and kind.
func (i *Instance) operation(id *string, kind operationKind) (*operation, error) {
	op := i.operations[aws.ToString(id)]
	if op == nil || op.kind != kind {
		return nil, notFound("The request %s was not found.", aws.ToString(id))
	}
	return op, nil
}

func describeCreation(i *Instance, _ *awssim.Call, in *ssoadmin.DescribeAccountAssignmentCreationStatusInput) (*ssoadmin.DescribeAccountAssignmentCreationStatusOutput, error) {
	op, err := i.operation(in.AccountAssignmentCreationRequestId, creating)
	if err != nil {
		return nil, err
	}
	return &ssoadmin.DescribeAccountAssignmentCreationStatusOutput{AccountAssignmentCreationStatus: op.assignmentStatus()}, nil
}

func describeDeletion(i *Instance, _ *awssim.Call, in *ssoadmin.DescribeAccountAssignmentDeletionStatusInput) (*ssoadmin.DescribeAccountAssignmentDeletionStatusOutput, error) {
	op, err := i.operation(in.AccountAssignmentDeletionRequestId, deleting)
	if err != nil {
		return nil, err
	}
	return &ssoadmin.DescribeAccountAssignmentDeletionStatusOutput{AccountAssignmentDeletionStatus: op.assignmentStatus()}, nil
}

func describeProvisioning(i *Instance, _ *awssim.Call, in *ssoadmin.DescribePermissionSetProvisioningStatusInput) (*ssoadmin.DescribePermissionSetProvisioningStatusOutput, error) {
	op, err := i.operation(in.ProvisionPermissionSetRequestId, provisioning)
	if err != nil {
		return nil, err
	}
	return &ssoadmin.DescribePermissionSetProvisioningStatusOutput{PermissionSetProvisioningStatus: op.provisioningStatus()}, nil
}

// listed gives a page of the operations of a kind and, where a filter says so,
// of a status.
func (i *Instance) listed(kind operationKind, f *types.OperationStatusFilter, size *int32, token *string) ([]*operation, *string, error) {
	found := awssim.Only(awssim.InOrder(i.operations), func(op *operation) bool {
		return op.kind == kind && (f == nil || f.Status == "" || f.Status == op.status)
	})
	return page(found, func(op *operation) string { return op.id }, size, token)
}

func (op *operation) metadata() types.AccountAssignmentOperationStatusMetadata {
	return types.AccountAssignmentOperationStatusMetadata{RequestId: &op.id, Status: op.status, CreatedDate: &op.asked}
}

func listCreations(i *Instance, _ *awssim.Call, in *ssoadmin.ListAccountAssignmentCreationStatusInput) (*ssoadmin.ListAccountAssignmentCreationStatusOutput, error) {
	ops, next, err := i.listed(creating, in.Filter, in.MaxResults, in.NextToken)
	return &ssoadmin.ListAccountAssignmentCreationStatusOutput{AccountAssignmentsCreationStatus: awssim.Each(ops, (*operation).metadata), NextToken: next}, err
}

func listDeletions(i *Instance, _ *awssim.Call, in *ssoadmin.ListAccountAssignmentDeletionStatusInput) (*ssoadmin.ListAccountAssignmentDeletionStatusOutput, error) {
	ops, next, err := i.listed(deleting, in.Filter, in.MaxResults, in.NextToken)
	return &ssoadmin.ListAccountAssignmentDeletionStatusOutput{AccountAssignmentsDeletionStatus: awssim.Each(ops, (*operation).metadata), NextToken: next}, err
}

func listProvisionings(i *Instance, _ *awssim.Call, in *ssoadmin.ListPermissionSetProvisioningStatusInput) (*ssoadmin.ListPermissionSetProvisioningStatusOutput, error) {
	ops, next, err := i.listed(provisioning, in.Filter, in.MaxResults, in.NextToken)
	return &ssoadmin.ListPermissionSetProvisioningStatusOutput{NextToken: next, PermissionSetsProvisioningStatus: awssim.Each(ops, func(op *operation) types.PermissionSetProvisioningStatusMetadata {
		return types.PermissionSetProvisioningStatusMetadata(op.metadata())
	})}, err
}
