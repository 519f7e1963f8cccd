// swift-tools-version: 6.2

import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

// The guest side of Sandlot: what runs inside a sandbox's virtual machine. It is a package of
// its own because it is linked statically (`--static-swift-stdlib`'s stronger sibling,
// `-static-executable`) and uses neither Foundation, Dispatch nor Swift concurrency.
let package = Package(
  name: "Guest",
  products: [
    .library(name: "GuestProtocol", targets: ["GuestProtocol"]),
    .library(name: "CopyPatterns", targets: ["CopyPatterns"]),
    .executable(name: "sandlot-agent", targets: ["sandlot-agent"]),
    .executable(name: "modal-sandbox-fs-tools", targets: ["FilesystemToolMain"]),
  ],
  targets: [
    .target(name: "GuestProtocol", swiftSettings: strict),

    // What `import Glibc` lacks: functions behind `_GNU_SOURCE`, variadic calls and macros.
    .target(name: "CLinux"),

    // The filesystem tool that the SDK runs inside the sandbox for `sandbox.filesystem`.
    .target(name: "JSON", swiftSettings: strict),
    .target(name: "FilesystemTool", dependencies: ["CLinux", "JSON"], swiftSettings: strict),
    .executableTarget(
      name: "FilesystemToolMain", dependencies: ["CLinux", "FilesystemTool"],
      swiftSettings: strict),

    // The tool that carries out COPY and ADD of image builds, and what it shares with the host: which
    // files of a context a copy takes.
    .target(name: "CopyPatterns", swiftSettings: strict),
    .target(
      name: "CopyTool", dependencies: ["CLinux", "CopyPatterns", "FilesystemTool", "JSON"],
      swiftSettings: strict),

    // The agent: process 1 of the machine. The child side of a spawn cannot be Swift.
    .target(name: "CSpawn"),
    .target(
      name: "Agent", dependencies: ["CLinux", "CSpawn", "GuestProtocol"], swiftSettings: strict),
    .executableTarget(
      name: "sandlot-agent", dependencies: ["Agent", "CopyTool", "FilesystemTool"],
      swiftSettings: strict),

    .testTarget(
      name: "GuestProtocolTests", dependencies: ["GuestProtocol"], swiftSettings: strict),
    .testTarget(
      name: "AgentTests", dependencies: ["Agent", "CLinux", "GuestProtocol"],
      swiftSettings: strict),
    .testTarget(
      name: "CopyPatternsTests", dependencies: ["CopyPatterns"], swiftSettings: strict),
    .testTarget(
      name: "CopyToolTests", dependencies: ["CLinux", "CopyTool"], swiftSettings: strict),
    .testTarget(name: "JSONTests", dependencies: ["JSON"], swiftSettings: strict),
    .testTarget(
      name: "FilesystemToolTests", dependencies: ["FilesystemTool", "JSON"],
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
