import Errors

extension Planner {
  /// What a `COPY` or `ADD` does, one action for each place that it takes files from.
  func actions(
    of copy: Instruction.Copy, at instruction: Instruction
  ) throws(SandlotError) -> [BuildStep.Action] {
    let evaluated = try CopyOperands(copy, with: variables, in: config, at: instruction)
    var actions: [BuildStep.Action] = []
    if !evaluated.paths.isEmpty {
      let source = try stage.source(of: copy, at: instruction)
      let unpacks = copy.isAdd && copy.unpacks != false
      actions.append(.copy(evaluated.command(source, evaluated.paths, unpacks: unpacks)))
    }
    if !evaluated.files.isEmpty {
      let names = evaluated.files.map(\.name.asLiteralPattern)
      actions.append(.copy(evaluated.command(.inline(evaluated.files), names, unpacks: false)))
    }
    for (address, name) in evaluated.addresses {
      let source = CopyCommand.Source.url(address, checksum: evaluated.checksum)
      actions.append(
        .copy(
          evaluated.command(source, [name.asLiteralPattern], unpacks: copy.unpacks == true)))
    }
    return actions
  }
}

/// The operands of a `COPY` or `ADD` with variables put in.
private struct CopyOperands {
  /// Patterns of files, seen from the root of the source.
  private(set) var paths: [String] = []
  private(set) var files: [CopyCommand.InlineFile] = []
  private(set) var addresses: [(address: String, name: String)] = []
  let checksum: String?
  private let destination: String
  private let owner: String
  private let mode: String?
  private let excludes: [String]
  private let keepsParents: Bool

  init(
    _ copy: Instruction.Copy, with variables: Variables, in config: ImageConfig,
    at instruction: Instruction
  ) throws(SandlotError) {
    func text(_ template: Template) throws(SandlotError) -> String {
      try instruction.expand(template, with: variables)
    }
    destination = AbsolutePath.destination(
      try text(copy.destination), in: config.workingDirectory)
    owner = try copy.owner.map(text) ?? ""
    mode = try instruction.mode(try copy.mode.map(text))
    excludes = try copy.excludes.map(text)
    checksum = try instruction.checksum(try copy.checksum.map(text))
    keepsParents = copy.keepsParents
    for source in copy.sources {
      switch source {
      case .heredoc(let name, let content):
        files.append(CopyCommand.InlineFile(name: name, content: try text(content)))
      case .path(let path): try take(try text(path), isAdd: copy.isAdd, at: instruction)
      }
    }
    try check(at: instruction)
  }

  private mutating func take(
    _ source: String, isAdd: Bool, at instruction: Instruction
  ) throws(SandlotError) {
    switch CopyOrigin(source) {
    case .path:
      paths.append(keepsParents ? AbsolutePath.pivoted(source) : AbsolutePath.relative(source))
    case .git:
      throw instruction.unsupported(
        "the Git repository “\(source)” cannot be added",
        hint: "Install git in the image and clone it in a RUN.")
    case .url where !isAdd:
      throw instruction.invalid(
        "COPY takes no address, “\(source)”", hint: "ADD takes addresses of http and https.")
    case .url(let name):
      guard let name = name ?? nameOfDestination else {
        throw instruction.invalid(
          "the address “\(source)” ends in no file's name",
          hint: "Name the file in the destination, without a slash at its end.")
      }
      addresses.append((source, name))
    }
  }

  private var nameOfDestination: String? {
    destination.hasSuffix("/") ? nil : destination.split(separator: "/").last.map(String.init)
  }

  private func check(at instruction: Instruction) throws(SandlotError) {
    guard paths.count + files.count + addresses.count == 1 || destination.hasSuffix("/") else {
      throw instruction.invalid(
        "several sources need a directory as their destination, “\(destination)”",
        hint: "Write it with a slash at the end.")
    }
    guard checksum == nil || (addresses.count == 1 && paths.isEmpty && files.isEmpty) else {
      throw instruction.invalid("--checksum is for one address of http or https")
    }
  }

  func command(
    _ source: CopyCommand.Source, _ sources: [String], unpacks: Bool
  ) -> CopyCommand {
    CopyCommand(
      source: source, sources: sources, destination: destination, owner: owner, mode: mode,
      unpacksArchives: unpacks, excludes: excludes, keepsParents: keepsParents)
  }
}

extension Instruction {
  /// The octal digits of `--chmod`.
  fileprivate func mode(_ text: String?) throws(SandlotError) -> String? {
    guard let text else { return nil }
    if let value = UInt32(text, radix: 8), value <= 0o7777 { return text }
    guard text.contains(where: { "+-=".contains($0) }) else {
      throw invalid("--chmod takes an octal mode like 755, not “\(text)”")
    }
    throw unsupported(
      "--chmod=\(text) is not supported: it is no octal mode",
      hint: "Write it in octal digits, as --chmod=755, or change modes in a RUN.")
  }

  fileprivate func checksum(_ text: String?) throws(SandlotError) -> String? {
    guard let text else { return nil }
    let digits = text.dropFirst("sha256:".count)
    guard text.hasPrefix("sha256:"), digits.utf8.count == 64, digits.allSatisfy(\.isHexDigit) else {
      throw invalid("--checksum takes sha256: and 64 hexadecimal digits, not “\(text)”")
    }
    return "sha256:" + digits.lowercased()
  }
}
