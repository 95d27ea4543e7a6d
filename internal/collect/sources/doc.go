// Package sources joins the services that a sync reads into one engine. A new
// service is added here and nowhere else.
package sources
