// An app that says `import ZIM` and nothing else.
import ZIM

// A name of both is the Swift value, and a name of the Objective-C API alone is there as well.
let user = ZIMUserInfo(userID: "alice")
let legacy = ZIMLegacyThing(onlyHere: 1)
// What the Swift value hides is there by its full name.
let hidden = ZIMObjectiveC.ZIMUserInfo(notTheSwiftValue: 1)
