import Glibc
import SystemPackage

/// A directory that is made as a whole from known inputs, or not at all.
///
/// It is built beside its place and renamed into it, with a file `inputs` that says what it was made
/// from; while the inputs stay the same it is kept.
struct Artifact: Sendable {
  let directory: FilePath
  let inputs: [String: String]

  init(_ name: String, in parent: FilePath, inputs: [String: String]) {
    directory = parent.appending(name)
    self.inputs = inputs
  }

  var isCurrent: Bool {
    (try? HostFiles.text(at: directory.appending(Self.inputsName))) == inputsText
  }

  /// Builds the directory unless it is current.
  ///
  /// `build` gets an empty directory to fill; when it throws, nothing is left of its work and the
  /// former directory stays as it was.
  func make(_ build: (FilePath) async throws -> Void) async throws {
    guard !isCurrent else { return }
    let new = sibling("new")
    try await HostFiles.removeTree(new)
    try HostFiles.makeDirectory(new)
    do {
      try await build(new)
      try HostFiles.write(inputsText, to: new.appending(Self.inputsName))
      // After a power cut the renamed directory must not hold files without their content.
      sync()
      try await replace(with: new)
    } catch {
      try? await HostFiles.removeTree(new)
      throw error
    }
  }

  private static let inputsName = "inputs"

  private var inputsText: String {
    inputs.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)\n" }.joined()
  }

  private func replace(with new: FilePath) async throws {
    let old = sibling("old")
    try await HostFiles.removeTree(old)
    if HostFiles.exists(directory) { try HostFiles.rename(directory, to: old) }
    try HostFiles.rename(new, to: directory)
    try await HostFiles.removeTree(old)
  }

  private func sibling(_ suffix: String) -> FilePath {
    let name = directory.lastComponent?.string ?? "artifact"
    return directory.removingLastComponent().appending(".\(name).\(suffix)")
  }
}
