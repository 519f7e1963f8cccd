/// The syntax of the names that users give to apps, environments, secrets and sandboxes.
public enum ObjectName {
  /// What a name is made of, for messages.
  public static let rule =
    "A name has 1 to 63 letters, digits, '-', '_' and '.', and does not look like the id of an app."

  /// Whether this can be a name. What looks like an app's id could not be told from one: the SDK's
  /// command line takes both in one place.
  public static func isValid(_ name: String) -> Bool {
    let syntax = name.allSatisfy {
      $0.isASCII && ($0.isLetter || $0.isNumber || "-._".contains($0))
    }
    return syntax && (1..<64).contains(name.count)
      && name.wholeMatch(of: #/ap-[0-9A-Za-z]{22}/#) == nil
  }
}
