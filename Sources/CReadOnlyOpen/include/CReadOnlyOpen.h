// A library to be preloaded; nothing in it is to be called by name.
