import Edge
import Errors

/// `experimental_options=` of `Sandbox.create`: words that Modal's servers know, and Sandlot's own.
struct ExperimentalOptions {
  /// `init`: whether the entrypoint is process 1. Where it is left out, the entrypoint is where it is a
  /// known init program.
  private(set) var isInit: Bool?

  /// Reads them. One that is not supported is refused by name; the user is told of one that is unknown.
  init(_ options: [String: String]) throws {
    for (name, value) in options.sorted(by: { $0.key < $1.key }) {
      let isOn = !["false", "0", "", "none"].contains(value.lowercased())
      switch name {
      case "vm_runtime" where !isOn:
        throw SandlotError(
          .invalidArgument, "vm_runtime=\(value) is not available: every sandbox here is a VM.",
          hint: "Leave vm_runtime out or set it to True.")
      case "enable_exit_snapshot" where isOn:
        throw SandlotError(
          .unimplemented, "enable_exit_snapshot is not supported yet.",
          hint: "Copy what you need out of the sandbox before it ends.")
      case "init": isInit = try Self.flag(name, value)
      // Docker works in every sandbox.
      case "vm_runtime", "enable_exit_snapshot", "enable_docker": break
      default:
        Warnings.current?.add(
          "experimental_options: this server does not know \"\(name)\", which has no effect.")
      }
    }
  }

  private static func flag(_ name: String, _ value: String) throws -> Bool {
    switch value.lowercased() {
    case "true", "1", "yes", "on": return true
    case "false", "0", "no", "off": return false
    default:
      throw SandlotError(
        .invalidArgument,
        "experimental_options: \(name) is \(value), which is neither true nor false.",
        hint: "Give True or False.")
    }
  }
}
