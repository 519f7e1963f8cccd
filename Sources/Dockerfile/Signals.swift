/// The names of Linux's signals.
enum Signals {
  private static let names: Set = [
    "ABRT", "ALRM", "BUS", "CHLD", "CLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT", "KILL",
    "PIPE", "POLL", "PROF", "PWR", "QUIT", "SEGV", "STKFLT", "STOP", "SYS", "TERM", "TRAP", "TSTP",
    "TTIN", "TTOU", "URG", "USR1", "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ", "RTMIN", "RTMAX",
  ]

  /// Whether it is a number or a name, with or without `SIG`; real-time signals have an offset, as
  /// `RTMIN+3`.
  static func isKnown(_ text: String) -> Bool {
    if let number = Int(text) { return (1...64).contains(number) }
    let upper = text.uppercased()
    let name = upper.hasPrefix("SIG") ? String(upper.dropFirst(3)) : upper
    if names.contains(name) { return true }
    let ends = name.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == "+" || $0 == "-" }
    guard ends.count == 2, let offset = Int(ends[1]) else { return false }
    return ["RTMIN", "RTMAX"].contains(String(ends[0])) && (0...30).contains(offset)
  }
}
