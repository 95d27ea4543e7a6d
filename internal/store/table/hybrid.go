package table

import "encoding/binary"

// appendHybrid writes small numbers of a width in bits as Parquet's mixture of
// runs of one value and groups of eight packed values.
// https://parquet.apache.org/docs/file-format/data-pages/encodings/
func appendHybrid[T byte | uint32](b []byte, values []T, width int) []byte {
	packed := 0 // where those begin that wait to be packed
	for i := 0; i < len(values); {
		run := i + 1
		for run < len(values) && values[run] == values[i] {
			run++
		}
		if run-i < 8 {
			i = min(i+8, len(values))
			continue
		}
		b = appendPacked(b, values[packed:i], width)
		b = binary.AppendUvarint(b, uint64(run-i)<<1)
		for rest := 0; rest < width; rest += 8 {
			b = append(b, byte(uint32(values[i])>>rest))
		}
		i, packed = run, run
	}
	return appendPacked(b, values[packed:], width)
}

// appendPacked packs values from the lowest bit on; zeros fill the last group.
func appendPacked[T byte | uint32](b []byte, values []T, width int) []byte {
	if len(values) == 0 {
		return b
	}
	groups := (len(values) + 7) / 8
	b = binary.AppendUvarint(b, uint64(groups)<<1|1)
	return appendBits(b, values, width, groups*width)
}

// appendBits packs values into size bytes.
func appendBits[T byte | uint32](b []byte, values []T, width, size int) []byte {
	end := len(b) + size
	var bits uint64
	held := 0
	for _, v := range values {
		bits |= uint64(v) << held
		for held += width; held >= 8; held -= 8 {
			b = append(b, byte(bits))
			bits >>= 8
		}
	}
	if held > 0 {
		b = append(b, byte(bits))
	}
	for len(b) < end {
		b = append(b, 0)
	}
	return b
}
