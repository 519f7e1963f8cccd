import Crypto
import Errors
import Foundation
import SystemPackage

/// What all templates of a server depend on besides the profile: where any of it changes, a saved
/// state would be restored into a machine that it does not fit, and so gets another key.
struct TemplateKey: Sendable {
  /// Changes when what a template holds changes otherwise than by what is hashed here.
  private static let format = "2"

  private let host: String

  /// Reads what the guest is made of; takes some tenths of a second.
  ///
  /// Throws `SandlotError` where a file of the guest cannot be read.
  init(
    binary: QEMUBinary, engine: MachineEngine, guest: PreparedGuest, kernelWords: [String],
    diskBytes: Int64
  ) throws {
    let files = try [guest.kernel, guest.initramfs, guest.modulesDisk].map(HostFiles.sha256)
    let parts =
      [Self.format, binary.version, binary.machineType, engine.rawValue, Self.processor(engine)]
      + files + [kernelWords.joined(separator: " "), "\(diskBytes)"]
    host = parts.joined(separator: "\n")
  }

  /// The key for a profile: a name that files can have.
  func text(for profile: MachineProfile) -> String {
    let digest = SHA256.hash(data: Data("\(host)\n\(profile.description)".utf8))
    return "\(profile.description)-\(HostFiles.hexadecimal(digest.prefix(8)))"
  }

  /// Under KVM a guest sees the host's own processor, and its state fits no other.
  private static func processor(_ engine: MachineEngine) -> String {
    guard engine == .kvm else { return QEMUCommandLine.emulatedProcessor }
    guard let text = try? HostFiles.text(at: "/proc/cpuinfo") else { return "" }
    let wanted = ["model name", "flags", "stepping", "microcode"]
    let lines = text.split(separator: "\n").prefix { !$0.isEmpty }
    return lines.filter { line in wanted.contains { line.hasPrefix($0) } }
      .prefix(wanted.count).joined(separator: "\n")
  }
}
