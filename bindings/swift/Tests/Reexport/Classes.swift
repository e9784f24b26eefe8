// A file written for the Objective-C classes, in an app that takes the package.
import ZIMObjectiveC

let user = ZIMUserInfo(notTheSwiftValue: 1)
