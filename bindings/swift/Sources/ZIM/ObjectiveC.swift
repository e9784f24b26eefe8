// On Apple's systems `import ZIM` brings the Objective-C API along. A name that both have means the Swift value; a file
// written for the Objective-C classes says `import ZIMObjectiveC` instead and has them alone.
#if canImport(ZIMObjectiveC)
@_exported import ZIMObjectiveC
#endif
