package files

// PasswdHomes lets tests read a passwd file.
var PasswdHomes = passwdHomes
