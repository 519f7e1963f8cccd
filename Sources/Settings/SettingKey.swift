/// Everything that can be set, under the name it has in the configuration file.
///
/// The same setting is `--data-directory` on the command line and `SANDLOT_DATA_DIRECTORY` in the
/// environment.
public enum SettingKey: String, CaseIterable, Sendable {
  /// Where images, sandboxes and the database live.
  case dataDirectory = "data_directory"
  /// The address to listen on.
  case host
  /// The TCP port to listen on; 0 takes a free one.
  case port
  /// The token id that clients must send.
  case tokenID = "token_id"
  /// The token secret that clients must send.
  case tokenSecret = "token_secret"
  /// `auto`, `kvm` or `tcg`.
  case engine
  /// The QEMU program.
  case qemu
  /// A kernel of the operator's own instead of Debian's cloud kernel.
  case kernel
  /// The modules of that kernel: the directory that holds its `modules.dep`.
  case kernelModules = "kernel_modules"
  /// Certificate files that builds and sandboxes trust besides their image's own.
  case guestCertificates = "guest_certificates"
  /// The IPv4 range that sandboxes get their addresses from.
  case networkRange = "network_range"
  /// The Debian mirror that base images are made from.
  case debianMirror = "debian_mirror"
  /// The memory of the host, in MiB, that is for sandboxes and builds.
  case memoryBudget = "memory_budget"
  /// How many spare machines wait for someone to need one; 0 means none.
  case warmPool = "warm_pool"
  /// The disk space, in MiB, that all templates together may take.
  case templateBudget = "template_budget"
  /// The MiB that are kept of each of a sandbox's two output streams.
  case logLimit = "log_limit"
  /// The disk space, in MiB, that the logs of all finished sandboxes together may take.
  case logBudget = "log_budget"
  /// How many days the log of a finished sandbox is kept.
  case logDays = "log_days"
  /// How many times the memory budget may be promised.
  case memoryOvercommit = "memory_overcommit"
  /// The price of a physical core for a second, as a decimal number in any currency.
  case cpuRate = "cpu_rate"
  /// The price of a GiB of memory for a second, in the same currency.
  case memoryRate = "memory_rate"
  /// The TCP port for uploads of large files; 0 takes a free one.
  case uploadPort = "upload_port"
  /// The MiB of the largest local file that a client may send.
  case fileLimit = "file_limit"
  /// The MiB of all files together that a client may send as one mount.
  case mountLimit = "mount_limit"
  /// Where the standalone Pythons of add_python= are fetched from; `none` for nowhere.
  case pythonMirror = "python_mirror"
  /// The disk space, in MiB, that all images and cached build steps together may take.
  case imageBudget = "image_budget"
  /// How many days an image or a cached step is kept that nobody uses.
  case imageDays = "image_days"
  /// The memory of a build's machine, in MiB.
  case buildMemory = "build_memory"
  /// The virtual processors of a build's machine.
  case buildProcessors = "build_processors"
  /// How many seconds all steps of a build together may take.
  case buildTimeout = "build_timeout"
  /// The size of every sandbox's root disk, in GiB.
  case diskSize = "disk_size"
  /// A registry that is asked instead of docker.io.
  case registryMirror = "registry_mirror"
  /// Certificate files of authorities that registries are trusted by besides the host's own.
  case registryCertificates = "registry_certificates"
  /// Registries that may be reached without TLS or with any certificate.
  case insecureRegistries = "insecure_registries"
  /// The largest image that is imported, unpacked, in MiB.
  case imageLimit = "image_limit"
  /// How many files, directories and links an image that is imported may have.
  case imageEntries = "image_entries"

  /// The environment variable.
  public var environmentName: String { "SANDLOT_\(rawValue.uppercased())" }

  /// The command-line option.
  public var optionName: String { "--" + String(rawValue.map { $0 == "_" ? "-" : $0 }) }
}
