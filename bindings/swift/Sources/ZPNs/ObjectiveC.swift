// The Objective-C API of the push client, see the file of the same name in the target ZIM.
#if canImport(ZIMObjectiveC)
@_exported import ZIMObjectiveC
#endif
