import Errors
import SystemPackage

extension DebianBase {
  /// apt's sources of the image, one per line.
  var sources: [String] {
    [
      "deb \(mirror) \(suite) main",
      "deb \(mirror) \(suite)-updates main",
      "deb \(mirror)-security \(suite)-security main",
    ]
  }

  /// Installs the packages into a new directory.
  func install(into tree: FilePath) async throws {
    // Its mounts live in a name space of their own: however it ends, none stays on the host.
    try await Tool.unshare.run(
      [
        "--mount", "--propagation", "private", "mmdebstrap", "--mode=root", "--variant=minbase",
        "--format=directory", "--components=main", "--include=\(packages.joined(separator: ","))",
        // With the lists in the image, a guest's apt-get update finds nearly all of them current.
        "--skip=cleanup/apt/lists", suite, tree.string,
      ] + sources,
      onLine: { line in
        if line.hasPrefix("I: ") { report(String(line.dropFirst(3))) }
      })
  }

  /// Takes out what belongs to this host, and adds what Debian's and Python's official images have.
  func finish(_ tree: FilePath) async throws {
    for path in ["etc/hostname", "etc/resolv.conf", "etc/machine-id"] {
      try HostFiles.removeFile(tree.appending(path))
    }
    for (path, lines) in configuration {
      try HostFiles.write(lines.joined(separator: "\n") + "\n", to: tree.appending(path))
    }
    try HostFiles.setPermissions(0o755, of: tree.appending("usr/sbin/policy-rc.d"))
    if let python = pythonName(in: tree) { try link(python, in: tree) }
    try await fillCache(of: tree)
  }

  private var configuration: [(path: String, lines: [String])] {
    [
      ("etc/apt/sources.list", sources),
      (
        "etc/apt/apt.conf.d/90image",
        [
          "Acquire::Languages \"none\";", "APT::AutoRemove::SuggestsImportant \"false\";",
          "APT::Keep-Downloaded-Packages \"false\";",
        ]
      ),
      // An interrupted installation in a sandbox is not mended but thrown away.
      ("etc/dpkg/dpkg.cfg.d/image", ["force-unsafe-io"]),
      // No service starts because its package was installed.
      ("usr/sbin/policy-rc.d", ["#!/bin/sh", "exit 101"]),
    ]
  }

  /// Makes `python` and `pip` work, in the places where Python's official image has them.
  private func link(_ python: String, in tree: FilePath) throws {
    let local = tree.appending("usr/local/bin")
    for name in ["python", "python3", python] {
      try HostFiles.link(local.appending(name), to: "/usr/bin/\(python)")
    }
    if HostFiles.exists(tree.appending("usr/bin/pip3")) {
      for name in ["pip", "pip3", python.replacing("python", with: "pip")] {
        try HostFiles.link(local.appending(name), to: "/usr/bin/pip3")
      }
    }
    // Debian forbids pip to install for the whole system; in a sandbox that is what pip is for.
    try HostFiles.removeFile(
      tree.appending("usr/lib").appending(python).appending("EXTERNALLY-MANAGED"))
  }

  /// Has apt parse its lists now: it takes half a second here, and many in an emulated guest,
  /// before each apt-get there.
  private func fillCache(of tree: FilePath) async throws {
    try await Tool.chroot.run(
      [tree.string, "/usr/bin/apt-cache", "gencaches"],
      environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"])
  }

  /// The versioned name of the interpreter: `python3.11`.
  func pythonName(in tree: FilePath) -> String? {
    let names = try? HostFiles.names(in: tree.appending("usr/bin"))
    return names?.last { $0.hasPrefix("python3.") && $0.dropFirst(8).allSatisfy(\.isNumber) }
  }
}
