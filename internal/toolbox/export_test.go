package toolbox

// HeadOfKey is what the witness reads of its keys.
var HeadOfKey = headOfKey
