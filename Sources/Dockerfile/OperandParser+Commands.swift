extension OperandParser {
  /// `RUN [--flag=value …] command`
  func run() throws(SyntaxFault) -> Instruction.Run {
    let (flags, rest) = try flags(valued: ["mount", "network", "security", "device"])
    let command = try command(rest)
    if case .shell("") = command { throw SyntaxFault("RUN has nothing after it") }
    if case .exec([]) = command { throw SyntaxFault("RUN has an empty list of arguments") }
    let refusals = flags.all.compactMap { Instruction.Refusal(ofRun: $0.name, $0.value ?? "") }
    return Instruction.Run(command: command, refusal: refusals.first, heredocs: heredocs)
  }

  /// A JSON array of strings is the exec form; whatever is not JSON is a line for the shell.
  func command(_ text: String) throws(SyntaxFault) -> Instruction.Command {
    switch JSONStrings(text) {
    case .strings(let strings): return .exec(strings)
    case .notJSON: return .shell(text)
    case .otherElements: throw SyntaxFault("the JSON array has elements that are not strings")
    }
  }

  /// `SHELL ["program", …]`, which has no other form.
  func shell() throws(SyntaxFault) -> [String] {
    guard case .strings(let strings) = JSONStrings(rest), !strings.isEmpty else {
      throw SyntaxFault(
        "SHELL takes a JSON array of strings",
        hint: "Write it like SHELL [\"/bin/bash\", \"-c\"].")
    }
    return strings
  }
}

extension Instruction.Refusal {
  /// What is refused about a flag of `RUN`; nil for one that asks for what is done anyway.
  fileprivate init?(ofRun flag: String, _ value: String) {
    switch (flag, value) {
    case ("network", "default"), ("security", "sandbox"): return nil
    case ("mount", _):
      let type = Self.mountType(value)
      self.init(what: "RUN --mount=type=\(type)", hint: Self.replacement(ofMount: type))
    case ("network", _):
      self.init(
        what: "RUN --network=\(value)",
        hint: "Leave the flag out; `unshare --net` runs a command without a network.")
    default:
      self.init(
        what: "RUN --\(flag)=\(value)",
        hint: "Leave the flag out: a step is root of its own virtual machine.")
    }
  }

  private static func mountType(_ value: String) -> String {
    let type = value.split(separator: ",").first { $0.hasPrefix("type=") }
    return type.map { String($0.dropFirst("type=".count)) } ?? "bind"
  }

  private static func replacement(ofMount type: String) -> String {
    switch type {
    case "cache": "Leave the flag out: steps that have not changed are not run again."
    case "tmpfs": "Leave the flag out, and remove the files in the same RUN."
    case "secret":
      "Give the step secrets=[…]: they are variables of its environment, not of the image's."
    case "ssh": "Give the step a key as a secret: secrets=[…] are variables of its environment."
    default: "COPY the files into the image, and remove them in a RUN."
    }
  }
}
