package awssim

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// mfaHandlers returns the operations on MFA devices.
func mfaHandlers() map[string]Handler {
	return map[string]Handler{
		"CreateVirtualMFADevice": writeHandler(createVirtualMFADevice),
		"DeactivateMFADevice":    doing[iam.DeactivateMFADeviceOutput](deactivateMFADevice),
		"DeleteVirtualMFADevice": doing[iam.DeleteVirtualMFADeviceOutput](deleteVirtualMFADevice),
		"EnableMFADevice":        doing[iam.EnableMFADeviceOutput](enableMFADevice),
		"GetMFADevice":           readHandler(getMFADevice),
		"ListMFADeviceTags":      readHandler(listMFADeviceTags),
		"ListMFADevices":         readHandler(listMFADevices),
		"ListVirtualMFADevices":  readHandler(listVirtualMFADevices),
		"TagMFADevice":           doingAny[iam.TagMFADeviceOutput, iam.TagMFADeviceInput](tag),
		"UntagMFADevice":         doingAny[iam.UntagMFADeviceOutput, iam.UntagMFADeviceInput](untag),
	}
}

// device finds a second factor by its serial number, and whose it is: nobody's
// for a virtual device that is spare.
func (c *Call) device(serial string) (*MFADevice, *User, error) {
	if m := c.Account.spare[serial]; m != nil {
		return m, nil, nil
	}
	for _, u := range c.Account.users {
		for _, m := range u.mfa {
			if m.Serial == serial {
				return m, u, nil
			}
		}
	}
	return nil, nil, noSuchEntity("VirtualMFADevice with serial number %s does not exist.", serial)
}

// createVirtualMFADevice follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateVirtualMFADevice.html
// The seed is not kept, as any six digits are a right code; there is no QR code.
func createVirtualMFADevice(c *Call, in *iam.CreateVirtualMFADeviceInput) (*iam.CreateVirtualMFADeviceOutput, error) {
	serial := c.Account.ARN("iam", "", "mfa"+either(in.Path, "/")+*in.VirtualMFADeviceName)
	if m, _, _ := c.device(serial); m != nil {
		return nil, Errorf("EntityAlreadyExists", "MFADevice entity at the same path and name already exists.")
	}
	tags, err := newTags(in.Tags)
	if err != nil {
		return nil, err
	}
	c.Account.spare[serial] = &MFADevice{Serial: serial, Tags: tags}
	return &iam.CreateVirtualMFADeviceOutput{VirtualMFADevice: &types.VirtualMFADevice{
		SerialNumber: aws.String(serial), Base32StringSeed: []byte(randomFrom(base32Letters, 64)), Tags: iamTags(tags),
	}}, nil
}

// enableMFADevice follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_EnableMFADevice.html
func enableMFADevice(c *Call, in *iam.EnableMFADeviceInput) error {
	u, err := c.user(in.UserName)
	if err != nil {
		return err
	}
	m, owner, err := c.device(*in.SerialNumber)
	switch {
	case err != nil:
		return err
	case owner != nil:
		return Errorf("EntityAlreadyExists", "MFA Device is already in use.")
	case *in.AuthenticationCode1 == *in.AuthenticationCode2:
		return Errorf("InvalidAuthenticationCode", "Authentication code for device is not valid.")
	}
	if err := within("MFADevicesPerUser", len(u.mfa)+1, maxDevices); err != nil {
		return err
	}
	delete(c.Account.spare, m.Serial)
	m.Enabled = c.Now()
	u.mfa = append(u.mfa, m)
	return nil
}

// deactivateMFADevice follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeactivateMFADevice.html
// A virtual device is spare from then on.
func deactivateMFADevice(c *Call, in *iam.DeactivateMFADeviceInput) error {
	u, err := c.userOrSelf(in.UserName)
	if err != nil {
		return err
	}
	m, owner, err := c.device(*in.SerialNumber)
	if err != nil {
		return err
	}
	if owner != u {
		return noSuchEntity("MFA Device invalid for user.")
	}
	u.mfa = slices.DeleteFunc(u.mfa, func(other *MFADevice) bool { return other == m })
	if !m.Hardware {
		c.Account.spare[m.Serial] = m
	}
	return nil
}

// deleteVirtualMFADevice follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteVirtualMFADevice.html
func deleteVirtualMFADevice(c *Call, in *iam.DeleteVirtualMFADeviceInput) error {
	m, owner, err := c.device(*in.SerialNumber)
	switch {
	case err != nil:
		return err
	case owner != nil:
		return Errorf("DeleteConflict", "MFA VirtualDevice in use. Must deactivate first.")
	}
	delete(c.Account.spare, m.Serial)
	return nil
}

// getMFADevice follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetMFADevice.html
func getMFADevice(c *Call, in *iam.GetMFADeviceInput) (*iam.GetMFADeviceOutput, error) {
	m, owner, err := c.device(*in.SerialNumber)
	if err != nil {
		return nil, err
	}
	if in.UserName != nil {
		u, err := c.user(in.UserName)
		if err != nil {
			return nil, err
		}
		if owner != u {
			return nil, Errorf("NoSuchEntity", "MFA Device invalid for user.")
		}
	}
	out := &iam.GetMFADeviceOutput{SerialNumber: aws.String(m.Serial)}
	if owner != nil {
		out.UserName, out.EnableDate = aws.String(owner.Name), iamTime(m.Enabled)
	}
	return out, nil
}

// listMFADevices follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListMFADevices.html
func listMFADevices(c *Call, in *iam.ListMFADevicesInput) (*iam.ListMFADevicesOutput, error) {
	u, err := c.userOrSelf(in.UserName)
	if err != nil {
		return nil, err
	}
	page, next := pageBy(u.mfa, in.Marker, in.MaxItems, func(m *MFADevice) string { return m.Serial })
	return &iam.ListMFADevicesOutput{IsTruncated: next != nil, Marker: next, MFADevices: Each(page, func(m *MFADevice) types.MFADevice {
		return types.MFADevice{SerialNumber: aws.String(m.Serial), EnableDate: iamTime(m.Enabled), UserName: aws.String(u.Name)}
	})}, nil
}

// listVirtualMFADevices follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListVirtualMFADevices.html
func listVirtualMFADevices(c *Call, in *iam.ListVirtualMFADevicesInput) (*iam.ListVirtualMFADevicesOutput, error) {
	all := []types.VirtualMFADevice{}
	if in.AssignmentStatus != types.AssignmentStatusTypeUnassigned {
		for _, u := range c.Account.users {
			for _, m := range u.virtual() {
				user := u.brief()
				all = append(all, types.VirtualMFADevice{SerialNumber: aws.String(m.Serial), EnableDate: iamTime(m.Enabled), User: &user})
			}
		}
	}
	if in.AssignmentStatus != types.AssignmentStatusTypeAssigned {
		for serial := range c.Account.spare {
			all = append(all, types.VirtualMFADevice{SerialNumber: aws.String(serial)})
		}
	}
	page, next := pageBy(all, in.Marker, in.MaxItems, func(m types.VirtualMFADevice) string { return *m.SerialNumber })
	return &iam.ListVirtualMFADevicesOutput{VirtualMFADevices: page, IsTruncated: next != nil, Marker: next}, nil
}
