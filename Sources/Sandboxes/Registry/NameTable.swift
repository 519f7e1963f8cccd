import Errors

/// The names of the sandboxes that have not finished: unique in an app, one for each sandbox, for
/// life.
struct NameTable {
  private struct Name: Hashable {
    var appID: String
    var name: String
  }

  private var holders: [Name: String] = [:]
  private var names: [String: Name] = [:]

  /// Gives a sandbox its name; returns false where it has this name already.
  ///
  /// Throws `SandlotError`: `failedPrecondition` where the sandbox has another name,
  /// `alreadyExists` where another sandbox has this one.
  @discardableResult
  mutating func give(
    _ name: String, appID: String, to sandboxID: String
  ) throws(SandlotError) -> Bool {
    let wanted = Name(appID: appID, name: name)
    if let own = names[sandboxID] {
      guard own != wanted else { return false }
      throw SandlotError(
        .failedPrecondition, "Sandbox \(sandboxID) is named '\(own.name)' for life.")
    }
    if let holder = holders[wanted] {
      throw SandlotError(
        .alreadyExists, "App \(appID) has a running sandbox named '\(name)' already: \(holder).",
        hint: "Terminate it, use it (modal.Sandbox.from_name), or choose another name.")
    }
    holders[wanted] = sandboxID
    names[sandboxID] = wanted
    return true
  }

  /// Gives the name of a sandbox free, where it has one.
  mutating func release(_ sandboxID: String) {
    guard let name = names.removeValue(forKey: sandboxID) else { return }
    holders[name] = nil
  }
}
