package render

import (
	"image/color"

	"charm.land/lipgloss/v2"
)

// paint writes a line of a cell in the colour of what the cell says. Only columns about a
// state have colours, so that a name that reads "failed" has none.
func paint(title, cell, line string) string {
	switch title {
	case "STATUS", "STATE", "OUTCOME", "CHANGE":
	default:
		return line
	}
	colour, ok := colours()[cell]
	if !ok {
		return line
	}
	return lipgloss.NewStyle().Foreground(colour).Render(line)
}

// colours are those of the sixteen that every terminal has, by what a cell says.
func colours() map[string]color.Color {
	red, green, yellow := lipgloss.Red, lipgloss.Green, lipgloss.Yellow
	return map[string]color.Color{
		"failure": red, "failed": red, "error": red, "denied": red, "went": red, "terminated": red,
		"warning": yellow, "partial": yellow, "refused": yellow, "canceled": yellow, "interrupted": yellow, "changed": yellow, "renamed": yellow, "unknown": yellow,
		"appeared": green,
	}
}
