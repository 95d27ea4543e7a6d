package identitycenter

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/document"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/types"

	"github.com/hawser/hawser/internal/awssim"
)

// enterprise is the one extension that users may have.
const enterprise = "aws:identitystore:enterprise"

func createUser(i *Instance, _ *awssim.Call, in *identitystore.CreateUserInput) (*identitystore.CreateUserOutput, error) {
	u := &User{Active: true, Attributes: Attributes{
		UserName: aws.ToString(in.UserName), Name: fromName(in.Name), DisplayName: aws.ToString(in.DisplayName),
		NickName: aws.ToString(in.NickName), ProfileURL: aws.ToString(in.ProfileUrl), UserType: aws.ToString(in.UserType),
		Title: aws.ToString(in.Title), PreferredLanguage: aws.ToString(in.PreferredLanguage), Locale: aws.ToString(in.Locale),
		Timezone: aws.ToString(in.Timezone), Website: aws.ToString(in.Website), Birthdate: aws.ToString(in.Birthdate),
	}}
	for _, e := range in.Emails {
		u.Emails = append(u.Emails, Contact{Value: aws.ToString(e.Value), Type: aws.ToString(e.Type), Primary: e.Primary})
	}
	for _, p := range in.PhoneNumbers {
		u.PhoneNumbers = append(u.PhoneNumbers, Contact{Value: aws.ToString(p.Value), Type: aws.ToString(p.Type), Primary: p.Primary})
	}
	for _, p := range in.Photos {
		u.Photos = append(u.Photos, Contact{Value: aws.ToString(p.Value), Type: aws.ToString(p.Type), Display: aws.ToString(p.Display), Primary: p.Primary})
	}
	for _, r := range in.Roles {
		u.Roles = append(u.Roles, Contact{Value: aws.ToString(r.Value), Type: aws.ToString(r.Type), Primary: r.Primary})
	}
	for _, a := range in.Addresses {
		u.Addresses = append(u.Addresses, Address{
			Formatted: aws.ToString(a.Formatted), StreetAddress: aws.ToString(a.StreetAddress), Locality: aws.ToString(a.Locality),
			Region: aws.ToString(a.Region), PostalCode: aws.ToString(a.PostalCode), Country: aws.ToString(a.Country),
			Type: aws.ToString(a.Type), Primary: a.Primary,
		})
	}
	if err := u.extend(in.Extensions); err != nil {
		return nil, err
	}
	if err := i.addUser(u); err != nil {
		return nil, err
	}
	return &identitystore.CreateUserOutput{IdentityStoreId: &i.StoreID, UserId: &u.ID}, nil
}

// extend takes the extension's attributes in.
func (u *User) extend(extensions map[string]document.Interface) error {
	for name, doc := range extensions {
		if name != enterprise || read(doc, &u.Enterprise) != nil {
			return invalid("Extensions may hold %s only, which is an object.", enterprise)
		}
	}
	return nil
}

func fromName(n *types.Name) *Name {
	if n == nil {
		return nil
	}
	return &Name{
		Formatted: aws.ToString(n.Formatted), FamilyName: aws.ToString(n.FamilyName), GivenName: aws.ToString(n.GivenName),
		MiddleName: aws.ToString(n.MiddleName), HonorificPrefix: aws.ToString(n.HonorificPrefix), HonorificSuffix: aws.ToString(n.HonorificSuffix),
	}
}

func deleteUser(i *Instance, _ *awssim.Call, in *identitystore.DeleteUserInput) (*identitystore.DeleteUserOutput, error) {
	u, err := i.user(in.UserId)
	if err != nil {
		return nil, err
	}
	i.dropUser(u)
	return &identitystore.DeleteUserOutput{}, nil
}

func describeUser(i *Instance, _ *awssim.Call, in *identitystore.DescribeUserInput) (*identitystore.DescribeUserOutput, error) {
	found, err := i.user(in.UserId)
	if err != nil {
		return nil, err
	}
	u := i.asUser(found, in.Extensions)
	return &identitystore.DescribeUserOutput{
		IdentityStoreId: u.IdentityStoreId, UserId: u.UserId, UserName: u.UserName, Name: u.Name, DisplayName: u.DisplayName,
		NickName: u.NickName, ProfileUrl: u.ProfileUrl, Emails: u.Emails, Addresses: u.Addresses, PhoneNumbers: u.PhoneNumbers,
		Photos: u.Photos, Roles: u.Roles, UserType: u.UserType, Title: u.Title, PreferredLanguage: u.PreferredLanguage,
		Locale: u.Locale, Timezone: u.Timezone, Website: u.Website, Birthdate: u.Birthdate, UserStatus: u.UserStatus,
		ExternalIds: u.ExternalIds, Extensions: u.Extensions, CreatedAt: u.CreatedAt, UpdatedAt: u.UpdatedAt,
	}, nil
}

func listUsers(i *Instance, _ *awssim.Call, in *identitystore.ListUsersInput) (*identitystore.ListUsersOutput, error) {
	wanted, err := filtered(in.Filters, "userName") //nolint:staticcheck // deprecated, and what clients still send
	if err != nil {
		return nil, err
	}
	users := awssim.Only(awssim.InOrder(i.users), func(u *User) bool { return wanted(u.UserName) })
	users, next, err := page(users, func(u *User) string { return u.ID }, in.MaxResults, in.NextToken)
	return &identitystore.ListUsersOutput{NextToken: next, Users: awssim.Each(users, func(u *User) types.User {
		return i.asUser(u, in.Extensions)
	})}, err
}

// filtered reads the one filter that a listing takes, of one attribute.
func filtered(filters []types.Filter, attribute string) (func(string) bool, error) {
	switch {
	case len(filters) == 0:
		return func(string) bool { return true }, nil
	case len(filters) > 1 || lowerFirst(aws.ToString(filters[0].AttributePath)) != attribute:
		return nil, invalid("The filter must be one of the attribute %s.", attribute)
	}
	return func(value string) bool { return value == aws.ToString(filters[0].AttributeValue) }, nil
}

func lowerFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// claimOf spells the claim to a unique attribute's value.
func claimOf(word, value string) string { return word + " " + strings.ToLower(value) }

func getUserID(i *Instance, _ *awssim.Call, in *identitystore.GetUserIdInput) (*identitystore.GetUserIdOutput, error) {
	id, err := i.holder("user", in.AlternateIdentifier, map[string]string{"userName": "user", "emails.value": "email"})
	if err != nil {
		return nil, err
	}
	if id == "" {
		return nil, missing(types.ResourceTypeUser, "")
	}
	return &identitystore.GetUserIdOutput{IdentityStoreId: &i.StoreID, UserId: &id}, nil
}

func updateUser(i *Instance, _ *awssim.Call, in *identitystore.UpdateUserInput) (*identitystore.UpdateUserOutput, error) {
	u, err := i.user(in.UserId)
	if err != nil {
		return nil, err
	}
	to := *u
	for _, op := range in.Operations {
		var value any
		if err := read(op.AttributeValue, &value); err != nil {
			return nil, invalid("The value of %s is not a document.", *op.AttributePath)
		}
		if err := to.set(*op.AttributePath, value); err != nil {
			return nil, err
		}
	}
	if err := i.changeUser(u, to); err != nil {
		return nil, err
	}
	return &identitystore.UpdateUserOutput{IdentityStoreId: &i.StoreID, UserId: &u.ID}, nil
}

// set changes an attribute by its path, such as name.familyName; a nil value
// takes it away. u is a copy: what it points to is not changed.
func (u *User) set(path string, value any) error {
	if key, ok := strings.CutPrefix(path, enterprise+"."); ok {
		changed := map[string]any{key: value}
		for k, v := range u.Enterprise {
			if k != key {
				changed[k] = v
			}
		}
		u.Enterprise = changed
		return nil
	}
	text, err := json.Marshal(u.Attributes)
	if err != nil {
		return err
	}
	var all map[string]any
	if err := json.Unmarshal(text, &all); err != nil {
		return err
	}
	at := all
	parts := strings.Split(path, ".")
	for _, part := range parts[:len(parts)-1] {
		below, ok := at[lowerFirst(part)].(map[string]any)
		if !ok {
			below = make(map[string]any)
			at[lowerFirst(part)] = below
		}
		at = below
	}
	at[lowerFirst(parts[len(parts)-1])] = value
	return u.replace(all)
}

// replace reads all attributes anew.
func (u *User) replace(all map[string]any) error {
	text, err := json.Marshal(all)
	if err != nil {
		return err
	}
	var a Attributes
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&a); err != nil {
		return invalid("The attributes are not valid: %v", err)
	}
	u.Attributes = a
	return nil
}

// asUser is the user as the API lists it, with the extensions that were asked
// for.
func (i *Instance) asUser(u *User, extensions []string) types.User {
	status := types.UserStatusEnabled
	if !u.Active {
		status = types.UserStatusDisabled
	}
	out := types.User{
		IdentityStoreId: &i.StoreID, UserId: &u.ID, UserName: aws.String(u.UserName), DisplayName: awssim.Optional(u.DisplayName), UserStatus: status,
		NickName: awssim.Optional(u.NickName), ProfileUrl: awssim.Optional(u.ProfileURL), UserType: awssim.Optional(u.UserType), Title: awssim.Optional(u.Title),
		PreferredLanguage: awssim.Optional(u.PreferredLanguage), Locale: awssim.Optional(u.Locale), Timezone: awssim.Optional(u.Timezone), Website: awssim.Optional(u.Website),
		Birthdate: awssim.Optional(u.Birthdate), ExternalIds: asExternal(u.ExternalIDs), CreatedAt: aws.Time(u.Created), UpdatedAt: aws.Time(u.Updated),
	}
	if n := u.Name; n != nil {
		out.Name = &types.Name{
			Formatted: awssim.Optional(n.Formatted), FamilyName: awssim.Optional(n.FamilyName), GivenName: awssim.Optional(n.GivenName),
			MiddleName: awssim.Optional(n.MiddleName), HonorificPrefix: awssim.Optional(n.HonorificPrefix), HonorificSuffix: awssim.Optional(n.HonorificSuffix),
		}
	}
	u.asContacts(&out)
	for _, name := range extensions {
		if name == enterprise && u.Enterprise != nil {
			out.Extensions = map[string]document.Interface{enterprise: document.NewLazyDocument(u.Enterprise)}
		}
	}
	return out
}

// asContacts sets what there may be several of.
func (u *User) asContacts(out *types.User) {
	for _, e := range u.Emails {
		out.Emails = append(out.Emails, types.Email{Value: awssim.Optional(e.Value), Type: awssim.Optional(e.Type), Primary: e.Primary})
	}
	for _, p := range u.PhoneNumbers {
		out.PhoneNumbers = append(out.PhoneNumbers, types.PhoneNumber{Value: awssim.Optional(p.Value), Type: awssim.Optional(p.Type), Primary: p.Primary})
	}
	for _, p := range u.Photos {
		out.Photos = append(out.Photos, types.Photo{Value: awssim.Optional(p.Value), Type: awssim.Optional(p.Type), Display: awssim.Optional(p.Display), Primary: p.Primary})
	}
	for _, r := range u.Roles {
		out.Roles = append(out.Roles, types.Role{Value: awssim.Optional(r.Value), Type: awssim.Optional(r.Type), Primary: r.Primary})
	}
	for _, a := range u.Addresses {
		out.Addresses = append(out.Addresses, types.Address{
			Formatted: awssim.Optional(a.Formatted), StreetAddress: awssim.Optional(a.StreetAddress), Locality: awssim.Optional(a.Locality), Region: awssim.Optional(a.Region),
			PostalCode: awssim.Optional(a.PostalCode), Country: awssim.Optional(a.Country), Type: awssim.Optional(a.Type), Primary: a.Primary,
		})
	}
}

func asExternal(ids []ExternalID) []types.ExternalId {
	var out []types.ExternalId
	for _, x := range ids {
		out = append(out, types.ExternalId{Issuer: aws.String(x.Issuer), Id: aws.String(x.ID)})
	}
	return out
}
