/// The value of another enum with the same number. Both enums are generated from one table, so that it is always there.
func sameNumber<From: RawRepresentable, To: RawRepresentable>(_ value: From) -> To where From.RawValue == To.RawValue {
    guard let same = To(rawValue: value.rawValue) else {
        preconditionFailure("\(To.self) has no \(value.rawValue): the sources of ZIM and of ZIMFFI differ")
    }
    return same
}
