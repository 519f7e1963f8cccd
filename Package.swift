// swift-tools-version: 6.2

import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

let errors: Target.Dependency = "Errors"
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let grpcCore: Target.Dependency = .product(name: "GRPCCore", package: "grpc-swift-2")
let grpcTransport: Target.Dependency = .product(
  name: "GRPCNIOTransportHTTP2Posix", package: "grpc-swift-nio-transport")
let grpcProtobuf: Target.Dependency = .product(
  name: "GRPCProtobuf", package: "grpc-swift-protobuf")
let protobuf: Target.Dependency = .product(name: "SwiftProtobuf", package: "swift-protobuf")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let copyPatterns: Target.Dependency = .product(name: "CopyPatterns", package: "Guest")
let guestProtocol: Target.Dependency = .product(name: "GuestProtocol", package: "Guest")
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")
let systemPackage: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let lifecycle: Target.Dependency = .product(
  name: "ServiceLifecycle", package: "swift-service-lifecycle")

let unixSignals: Target.Dependency = .product(
  name: "UnixSignals", package: "swift-service-lifecycle")

let package = Package(
  name: "sandlot",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "sandlot", targets: ["sandlot"]),
    .executable(name: "sandlot-unpack", targets: ["sandlot-unpack"]),
    .library(name: "ReadOnlyOpen", type: .dynamic, targets: ["CReadOnlyOpen"]),
  ],
  dependencies: [
    .package(path: "Guest"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0", traits: []),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/grpc/grpc-swift-2", from: "2.4.3"),
    .package(url: "https://github.com/grpc/grpc-swift-nio-transport", from: "2.9.2"),
    .package(url: "https://github.com/grpc/grpc-swift-protobuf", from: "2.4.1"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
  ],
  targets: [
    // Leaf modules: each is useful alone.
    .target(name: "Errors", swiftSettings: strict),
    .target(name: "CFileHoles"),
    .target(name: "CReadOnlyOpen"),
    .target(name: "CTimeStampCounter"),
    .target(name: "CUnpackHost"),
    .systemLibrary(
      name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
    // Unpacks image layers, in a process of its own.
    .target(name: "UnpackRequest", swiftSettings: strict),
    .target(
      name: "Unpack", dependencies: ["CArchive", "CUnpackHost", "UnpackRequest", crypto],
      swiftSettings: strict),
    .executableTarget(
      name: "sandlot-unpack", dependencies: ["Unpack", "UnpackRequest"], swiftSettings: strict),
    .target(name: "Identifiers", swiftSettings: strict),
    .target(name: "Dockerfile", dependencies: [errors], swiftSettings: strict),
    .target(
      name: "QMP", dependencies: [errors, logging, nioCore, nioPosix], swiftSettings: strict),
    .target(
      name: "Tokens",
      dependencies: [errors, crypto, .product(name: "JWTKit", package: "jwt-kit")],
      swiftSettings: strict),
    .target(
      name: "Settings", dependencies: [errors, .product(name: "Yams", package: "Yams")],
      swiftSettings: strict),
    .target(
      name: "ModalProtocol", dependencies: [grpcCore, grpcProtobuf, protobuf],
      swiftSettings: strict),

    .target(
      name: "OperatorProtocol", dependencies: [grpcCore, grpcProtobuf, protobuf],
      swiftSettings: strict),

    // The layers, top to bottom in docs/architecture.md; dependencies point downward only.
    .target(name: "Store", dependencies: [errors, grdb], swiftSettings: strict),
    .target(
      name: "Machines",
      dependencies: [
        errors, "CTimeStampCounter", "QMP", logging, nioCore, nioPosix, guestProtocol, subprocess,
        systemPackage, crypto,
      ],
      swiftSettings: strict),
    .target(
      name: "Mounts",
      dependencies: [
        errors, "CFileHoles", "Identifiers", "Machines", "Store", logging, crypto, nioCore,
        nioPosix, .product(name: "NIOHTTP1", package: "swift-nio"), systemPackage,
      ],
      swiftSettings: strict),
    .target(
      name: "Images",
      dependencies: [
        errors, "Identifiers", "Dockerfile", "Machines", "Mounts", "Store", logging, crypto,
        subprocess, systemPackage, copyPatterns, "UnpackRequest",
      ],
      swiftSettings: strict),
    .target(
      name: "Sandboxes",
      dependencies: [
        errors, "CFileHoles", "Identifiers", "Machines", "Store", logging, guestProtocol,
        systemPackage,
      ],
      swiftSettings: strict),
    .target(
      name: "Apps", dependencies: [errors, "Identifiers", "Store", logging],
      swiftSettings: strict),
    .target(
      name: "Secrets", dependencies: [errors, "Identifiers", "Store", "Tokens"],
      swiftSettings: strict),
    .target(
      name: "Edge",
      dependencies: [
        errors, "ModalProtocol", "Sandboxes", "Secrets", "Tokens", logging, grpcCore,
      ],
      swiftSettings: strict),
    .target(
      name: "API",
      dependencies: [
        errors, "Apps", "Edge", "Images", "Mounts", "Sandboxes", "Secrets", "Store",
        "Tokens", "ModalProtocol", logging,
        grpcCore, protobuf,
      ],
      swiftSettings: strict),
    .target(
      name: "Router",
      dependencies: [
        errors, "Edge", "Sandboxes", "Secrets", "Tokens", "ModalProtocol", logging, guestProtocol,
        grpcCore, protobuf,
      ],
      swiftSettings: strict),
    .target(
      name: "Operator",
      dependencies: [
        errors, "Apps", "Images", "Machines", "Mounts", "ModalProtocol", "OperatorProtocol",
        "Sandboxes", "Store", grpcCore,
        grpcTransport, protobuf,
      ],
      swiftSettings: strict),
    .target(
      name: "Server",
      dependencies: [
        "API", "Apps", "Edge", "Images", "Machines", "Mounts", "Operator", "Router", "Sandboxes",
        "Secrets",
        "Settings", "OperatorProtocol", "Store", "Tokens", errors, systemPackage, logging,
        lifecycle,
        unixSignals, grpcCore, grpcTransport, nioCore,
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "sandlot",
      dependencies: [
        "Operator", "OperatorProtocol", "Server", "Settings", errors, logging, systemPackage,
        unixSignals,
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),

    .testTarget(
      name: "DockerfileTests", dependencies: ["Dockerfile", errors], swiftSettings: strict),
    .testTarget(
      name: "QMPTests", dependencies: ["QMP", errors, logging, nioCore, nioPosix],
      swiftSettings: strict),
    .testTarget(name: "ErrorsTests", dependencies: [errors], swiftSettings: strict),
    .testTarget(name: "IdentifiersTests", dependencies: ["Identifiers"], swiftSettings: strict),
    .testTarget(
      name: "TokensTests", dependencies: ["Tokens", errors], swiftSettings: strict),
    .testTarget(
      name: "ModalProtocolTests", dependencies: ["ModalProtocol", grpcCore],
      swiftSettings: strict),
    .testTarget(
      name: "SettingsTests", dependencies: ["Settings", errors], swiftSettings: strict),
    .testTarget(name: "StoreTests", dependencies: ["Store", errors], swiftSettings: strict),
    .testTarget(
      name: "AppsTests", dependencies: ["Apps", "Store", errors, logging], swiftSettings: strict),
    .testTarget(
      name: "SecretsTests", dependencies: ["Secrets", "Store", "Tokens", errors],
      swiftSettings: strict),
    .testTarget(
      name: "EdgeTests",
      dependencies: [
        "Edge", "ModalProtocol", "Tokens", errors, logging, grpcCore,
        .product(name: "GRPCInProcessTransport", package: "grpc-swift-2"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "APITests",
      dependencies: [
        "API", "Edge", "ModalProtocol", "Sandboxes", "Secrets", "Store", "Tokens", errors, grpcCore,
      ],
      swiftSettings: strict),
    .testTarget(
      name: "OperatorTests",
      dependencies: ["Operator", "OperatorProtocol", "Machines", "Sandboxes", errors, protobuf],
      swiftSettings: strict),
    .testTarget(
      name: "ServerTests",
      dependencies: [
        "Sandboxes", "Server", "Settings", errors, nioCore, systemPackage,
        .product(name: "NIOEmbedded", package: "swift-nio"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "SandboxesTests",
      dependencies: [
        "Sandboxes", "Machines", "Store", errors, guestProtocol, logging, systemPackage,
      ],
      swiftSettings: strict),
    .testTarget(
      name: "MountsTests",
      dependencies: [
        "Mounts", "Machines", "Store", errors, logging, nioCore, nioPosix, systemPackage,
      ],
      swiftSettings: strict),
    .testTarget(
      name: "ImagesTests",
      dependencies: [
        "Images", "Dockerfile", "Machines", "Mounts", "Store", errors, guestProtocol, logging,
        systemPackage,
      ],
      swiftSettings: strict),
    .testTarget(name: "UnpackTests", dependencies: ["Unpack"], swiftSettings: strict),
    .testTarget(
      name: "MachinesTests",
      dependencies: [
        "Machines", errors, crypto, guestProtocol, logging, nioCore, nioPosix, systemPackage,
        .target(name: "CReadOnlyOpen"),
      ],
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
