// Stands in for the Objective-C API, which Linux has no Swift importer for: one name that the Swift values have too, and
// one that they do not.
typedef struct { int notTheSwiftValue; } ZIMUserInfo;
typedef struct { int onlyHere; } ZIMLegacyThing;
