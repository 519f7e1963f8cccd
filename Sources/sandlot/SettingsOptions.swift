import ArgumentParser
import Foundation
import Settings

/// The options that `up` and `doctor` share: how a server is set up.
struct SettingsOptions: ParsableArguments {
  @OptionGroup var location: LocationOptions

  @Option(help: "The IPv4 address to listen on. (default: 127.0.0.1)")
  var host: String?

  @Option(help: "The port to listen on; 0 takes a free one. (default: 4600)")
  var port: String?

  @Option(help: "The token id that clients must send. (default: made at the first start)")
  var tokenID: String?

  @Option(help: "The token secret that clients must send. (default: made at the first start)")
  var tokenSecret: String?

  @Option(help: "auto, kvm or tcg; auto boots a probe to find out. (default: auto)")
  var engine: String?

  @Option(help: "The QEMU program. (default: qemu-system-x86_64)")
  var qemu: String?

  @Option(help: "A kernel of your own, bzImage or vmlinux. (default: Debian's cloud kernel)")
  var kernel: String?

  @Option(help: "The modules of your own kernel. (default: /lib/modules/<its version>)")
  var kernelModules: String?

  @Option(
    help: """
      Certificate files, separated by ':', that builds and sandboxes trust too. \
      (default: the host's own extra ones, /usr/local/share/ca-certificates/*.crt)
      """)
  var guestCertificates: String?

  @Option(help: "The IPv4 range of sandbox addresses. (default: 10.213.0.0/16)")
  var networkRange: String?

  @Option(help: "The Debian mirror for base images. (default: http://deb.debian.org/debian)")
  var debianMirror: String?

  @Option(
    help: """
      Spare machines of the usual size that wait, restored and paused, so that the next sandboxes \
      start at once; more of them under demand, none of them where memory is short; 0 for none. \
      (default: 2)
      """)
  var warmPool: String?

  @Option(help: "MiB of disk for all templates that machines are restored from. (default: 8192)")
  var templateBudget: String?

  @Option(
    help: """
      MiB that are kept of each of the two output streams of a sandbox's entrypoint; the oldest go. \
      (default: 128)
      """)
  var logLimit: String?

  @Option(
    help: """
      MiB of disk for the logs of all finished sandboxes; the oldest go. (default: 4096)
      """)
  var logBudget: String?

  @Option(help: "Days that the log of a finished sandbox is kept. (default: 7)")
  var logDays: String?

  @Option(
    help: """
      MiB of the host's memory for all sandboxes and builds together; what does not fit is refused. \
      (default: what the host has, less 512 MiB and a 32nd)
      """)
  var memoryBudget: String?

  @Option(
    help: """
      How many times the memory budget may be promised, 1 to 100. Above 1, machines that use all \
      they were promised can drive the host out of memory. (default: 1)
      """)
  var memoryOvercommit: String?

  @Option(
    help: """
      The price of a physical core for a second, in your currency; billed is the greater of \
      requested and used. (default: 0.0000131, near what public clouds ask in US dollars)
      """)
  var cpuRate: String?

  @Option(help: "The price of a GiB of memory for a second. (default: 0.00000222, likewise)")
  var memoryRate: String?

  @Option(
    help: """
      The port for uploads of large local files; 0 takes a free one. (default: the port and one; a \
      free one where the port is)
      """)
  var uploadPort: String?

  @Option(help: "MiB of the largest local file that a client may send. (default: 16384)")
  var fileLimit: String?

  @Option(help: "MiB of all local files that a client may send as one mount. (default: 65536)")
  var mountLimit: String?

  @Option(
    help: """
      Where the standalone Pythons of add_python= are fetched from, release and file name behind it; \
      none for nowhere. (default: the project's releases on GitHub)
      """)
  var pythonMirror: String?

  @Option(
    help: """
      MiB of disk for all images and cached build steps; beyond it the least recently used that \
      nothing uses go. (default: 204800)
      """)
  var imageBudget: String?

  @Option(help: "Days that an image or a cached step is kept that nobody uses. (default: 30)")
  var imageDays: String?

  @Option(help: "MiB of memory of the machine that builds an image. (default: 2048)")
  var buildMemory: String?

  @Option(help: "Virtual processors of the machine that builds an image. (default: 2)")
  var buildProcessors: String?

  @Option(help: "Seconds that all steps of a build together may take. (default: 7200)")
  var buildTimeout: String?

  @Option(
    help: """
      GiB of every sandbox's root disk, which takes on the host what is written to it. It can be \
      raised later, and not lowered. (default: 64)
      """)
  var diskSize: String?

  @Option(
    help: """
      A registry that is asked instead of docker.io, as mirror.example:5000. (default: none)
      """)
  var registryMirror: String?

  @Option(
    help: """
      Certificate files, separated by ':', of authorities that registries are trusted by besides the \
      host's own. (default: none)
      """)
  var registryCertificates: String?

  @Option(
    help: """
      Registries, separated by ',', that may be reached without TLS or with any certificate; those of \
      the host itself (localhost, 127.…) always may. (default: none)
      """)
  var insecureRegistries: String?

  @Option(help: "MiB of the largest image that is imported, unpacked. (default: 65536)")
  var imageLimit: String?

  @Option(
    help: "How many files and directories an image that is imported may have. (default: 900000)")
  var imageEntries: String?

  /// The settings of the command line, the environment and the file together.
  func settings() throws -> Settings { try location.settings(given) }

  private var given: [SettingKey: String] {
    let values: [SettingKey: String?] = [
      .dataDirectory: location.dataDirectory, .host: host, .port: port, .tokenID: tokenID,
      .tokenSecret: tokenSecret, .engine: engine, .qemu: qemu, .kernel: kernel,
      .kernelModules: kernelModules, .guestCertificates: guestCertificates,
      .networkRange: networkRange, .debianMirror: debianMirror, .memoryBudget: memoryBudget,
      .warmPool: warmPool, .templateBudget: templateBudget,
      .logLimit: logLimit, .logBudget: logBudget, .logDays: logDays,
      .memoryOvercommit: memoryOvercommit,
      .cpuRate: cpuRate, .memoryRate: memoryRate, .uploadPort: uploadPort,
      .fileLimit: fileLimit, .mountLimit: mountLimit, .pythonMirror: pythonMirror,
      .imageBudget: imageBudget,
      .imageDays: imageDays, .buildMemory: buildMemory, .buildProcessors: buildProcessors,
      .buildTimeout: buildTimeout, .diskSize: diskSize,
      .registryMirror: registryMirror, .registryCertificates: registryCertificates,
      .insecureRegistries: insecureRegistries, .imageLimit: imageLimit,
      .imageEntries: imageEntries,
    ]
    return values.compactMapValues { $0 }
  }

  /// The options as they were given, to start another process with the same settings; without the
  /// tokens, since every user of the host sees a process's arguments.
  var forwarded: [String] {
    given.filter { $0.key != .tokenID && $0.key != .tokenSecret }
      .flatMap { [$0.key.optionName, $0.value] } + (location.config.map { ["--config", $0] } ?? [])
  }
}
