import Errors
import SystemPackage

/// The QEMU that is installed.
package struct QEMUBinary: Sendable, Equatable {
  /// Where it is.
  package var path: FilePath
  /// Its version as it says it, such as `7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)`.
  package var version: String
  /// The newest versioned q35 machine type that it has.
  package var machineType: String

  /// Whether it maps guest memory from a file that it may only read, given `readonly=on,rom=off`
  /// (QEMU 8.2; see `memory-backend-file` in its manual).
  package var mapsReadableFiles: Bool {
    let numbers = version.prefix { $0.isNumber || $0 == "." }.split(separator: ".")
    let (major, minor) = (
      numbers.first.flatMap { Int($0) }, numbers.dropFirst().first.flatMap { Int($0) }
    )
    guard let major, let minor else { return false }
    return major > 8 || (major == 8 && minor >= 2)
  }

  /// The machine type to prefer: what Debian 12 has, so that templates stay usable after upgrades.
  package static let preferredMachineType = "pc-q35-7.2"

  /// Asks the QEMU at a path, or the one in PATH, what it is.
  ///
  /// Throws `SandlotError.failedPrecondition` where there is none or it is too old.
  package static func find(_ path: FilePath? = nil) async throws -> QEMUBinary {
    let tool = Tool(path?.string ?? "qemu-system-x86_64", package: "qemu-system-x86")
    guard let found = tool.locate() else { throw tool.missing }
    let banner = try await tool.run(["--version"]).standardOutput
    let machines = try await tool.run(["-machine", "help"]).standardOutput
    guard let type = machineType(in: machines) else {
      throw SandlotError(
        .failedPrecondition, "\(found) has no q35 machine.",
        hint: "Install qemu-system-x86 5.0 or newer.")
    }
    let firstLine = banner.split(whereSeparator: \.isNewline).first ?? ""

    let version =
      firstLine.firstRange(of: "version ").map { firstLine[$0.upperBound...] } ?? firstLine
    return QEMUBinary(path: found, version: String(version), machineType: type)
  }

  /// The preferred machine type where `-machine help` lists it, else the newest versioned q35.
  package static func machineType(in help: String) -> String? {
    let names = help.split(whereSeparator: \.isNewline).compactMap { line in
      line.split(separator: " ").first.map(String.init)
    }
    if names.contains(preferredMachineType) { return preferredMachineType }
    let prefix = "pc-q35-"
    let versioned = names.filter { $0.hasPrefix(prefix) }
    return versioned.max { left, right in
      let numbers = [left, right].map { name in
        name.dropFirst(prefix.count).split(separator: ".").compactMap { Int($0) }
      }
      return numbers[0].lexicographicallyPrecedes(numbers[1])
    }
  }
}
