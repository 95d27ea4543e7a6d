// Package org reads an organization: its units, accounts and policies.
package org
