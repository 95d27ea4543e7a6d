package organizations

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"github.com/hawser/hawser/internal/awssim"
)

// maxDepth is how many units may stand above each other under the root.
const maxDepth = 5

func listRoots(o *Organization, _ *awssim.Call, in *organizations.ListRootsInput) (*organizations.ListRootsOutput, error) {
	roots, next, err := page([]*Node{o.Root}, nodeID, in.MaxResults, in.NextToken)
	return &organizations.ListRootsOutput{Roots: awssim.Each(roots, (*Node).asRoot), NextToken: next}, err
}

func (n *Node) asRoot() types.Root {
	root := types.Root{Id: &n.ID, Arn: aws.String(n.arn()), Name: aws.String(n.Name), PolicyTypes: []types.PolicyTypeSummary{}}
	for _, t := range types.PolicyType("").Values() {
		if n.org.enabled[t] {
			root.PolicyTypes = append(root.PolicyTypes, types.PolicyTypeSummary{Type: t, Status: types.PolicyTypeStatusEnabled})
		}
	}
	return root
}

func (n *Node) asUnit() types.OrganizationalUnit {
	return types.OrganizationalUnit{Id: &n.ID, Arn: aws.String(n.arn()), Name: aws.String(n.Name), Path: aws.String(n.path())}
}

// needUnit finds a unit or answers that there is none.
func (o *Organization) needUnit(id *string) (*Node, error) {
	n := o.parent(aws.ToString(id))
	if n == nil || n == o.Root {
		return nil, awssim.Errorf("OrganizationalUnitNotFoundException", "You specified an organizational unit that doesn't exist.")
	}
	return n, nil
}

// needParent finds the root or a unit, or answers that there is none.
func (o *Organization) needParent(id *string) (*Node, error) {
	n := o.parent(aws.ToString(id))
	if n == nil {
		return nil, awssim.Errorf("ParentNotFoundException", "You specified parent that doesn't exist.")
	}
	return n, nil
}

func describeUnit(o *Organization, _ *awssim.Call, in *organizations.DescribeOrganizationalUnitInput) (*organizations.DescribeOrganizationalUnitOutput, error) {
	n, err := o.needUnit(in.OrganizationalUnitId)
	if err != nil {
		return nil, err
	}
	unit := n.asUnit()
	return &organizations.DescribeOrganizationalUnitOutput{OrganizationalUnit: &unit}, nil
}

func createUnit(o *Organization, _ *awssim.Call, in *organizations.CreateOrganizationalUnitInput) (*organizations.CreateOrganizationalUnitOutput, error) {
	parent, err := o.needParent(in.ParentId)
	if err != nil {
		return nil, err
	}
	if err := parent.freeName(*in.Name); err != nil {
		return nil, err
	}
	if parent.depth() >= maxDepth {
		return nil, violation(types.ConstraintViolationExceptionReasonOuDepthLimitExceeded, "You exceeded the maximum number of levels for an OU tree.")
	}
	tags, err := newTags(in.Tags)
	if err != nil {
		return nil, err
	}
	unit := o.add(parent, &Node{ID: o.unitID(), Name: *in.Name, Kind: types.TargetTypeOrganizationalUnit, Tags: tags}).asUnit()
	return &organizations.CreateOrganizationalUnitOutput{OrganizationalUnit: &unit}, nil
}

// depth is how many units stand above a node and at it.
func (n *Node) depth() int {
	if n.parent == nil {
		return 0
	}
	return n.parent.depth() + 1
}

// freeName wants no unit of that name right under n.
func (n *Node) freeName(name string) error {
	for _, child := range n.children {
		if child.Kind == types.TargetTypeOrganizationalUnit && child.Name == name {
			return awssim.Errorf("DuplicateOrganizationalUnitException", "An OU with the same name already exists.")
		}
	}
	return nil
}

func updateUnit(o *Organization, _ *awssim.Call, in *organizations.UpdateOrganizationalUnitInput) (*organizations.UpdateOrganizationalUnitOutput, error) {
	n, err := o.needUnit(in.OrganizationalUnitId)
	if err != nil {
		return nil, err
	}
	if in.Name != nil && *in.Name != n.Name {
		if err := n.parent.freeName(*in.Name); err != nil {
			return nil, err
		}
		n.Name = *in.Name
	}
	unit := n.asUnit()
	return &organizations.UpdateOrganizationalUnitOutput{OrganizationalUnit: &unit}, nil
}

func deleteUnit(o *Organization, _ *awssim.Call, in *organizations.DeleteOrganizationalUnitInput) (*organizations.DeleteOrganizationalUnitOutput, error) {
	n, err := o.needUnit(in.OrganizationalUnitId)
	switch {
	case err != nil:
		return nil, err
	case len(n.children) > 0:
		return nil, awssim.Errorf("OrganizationalUnitNotEmptyException", "The specified OU is not empty.")
	}
	o.drop(n)
	return &organizations.DeleteOrganizationalUnitOutput{}, nil
}

// under gives the children of a parent that are of a kind, a page of them.
func (o *Organization) under(parent *string, kind types.TargetType, size *int32, token *string) ([]*Node, *string, error) {
	n, err := o.needParent(parent)
	if err != nil {
		return nil, nil, err
	}
	return page(awssim.Only(awssim.InOrder(n.children), func(n *Node) bool { return n.Kind == kind }), nodeID, size, token)
}

func listUnitsForParent(o *Organization, _ *awssim.Call, in *organizations.ListOrganizationalUnitsForParentInput) (*organizations.ListOrganizationalUnitsForParentOutput, error) {
	units, next, err := o.under(in.ParentId, types.TargetTypeOrganizationalUnit, in.MaxResults, in.NextToken)
	return &organizations.ListOrganizationalUnitsForParentOutput{OrganizationalUnits: awssim.Each(units, (*Node).asUnit), NextToken: next}, err
}

func listAccountsForParent(o *Organization, _ *awssim.Call, in *organizations.ListAccountsForParentInput) (*organizations.ListAccountsForParentOutput, error) {
	accounts, next, err := o.under(in.ParentId, types.TargetTypeAccount, in.MaxResults, in.NextToken)
	return &organizations.ListAccountsForParentOutput{Accounts: awssim.Each(accounts, (*Node).asAccount), NextToken: next}, err
}

func listChildren(o *Organization, _ *awssim.Call, in *organizations.ListChildrenInput) (*organizations.ListChildrenOutput, error) {
	kind := types.TargetType(in.ChildType)
	children, next, err := o.under(in.ParentId, kind, in.MaxResults, in.NextToken)
	return &organizations.ListChildrenOutput{NextToken: next, Children: awssim.Each(children, func(n *Node) types.Child {
		return types.Child{Id: &n.ID, Type: in.ChildType}
	})}, err
}

func listParents(o *Organization, _ *awssim.Call, in *organizations.ListParentsInput) (*organizations.ListParentsOutput, error) {
	n := o.nodes[*in.ChildId]
	if n == nil || n.parent == nil {
		return nil, awssim.Errorf("ChildNotFoundException", "You specified a child that doesn't exist.")
	}
	parents, next, err := page([]*Node{n.parent}, nodeID, in.MaxResults, in.NextToken)
	return &organizations.ListParentsOutput{NextToken: next, Parents: awssim.Each(parents, func(n *Node) types.Parent {
		return types.Parent{Id: &n.ID, Type: types.ParentType(n.Kind)}
	})}, err
}
