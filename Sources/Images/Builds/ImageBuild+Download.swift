import Errors
import Foundation
import Machines
import Store

extension Download {
  /// The directory, below the root, that has a download on its disk.
  static let directory = "sandlot-download"

  /// Fetches the address into the file, with the time of its last change, and checks it. Its arguments
  /// are the address, the file and the checksum, which may be empty.
  fileprivate static let program = """
    import email.utils, hashlib, http.client, os, sys, urllib.request
    address, path, checksum = sys.argv[1:]
    algorithm, _, wanted = checksum.partition(":")
    digest = hashlib.new(algorithm or "sha256")
    os.makedirs(os.path.dirname(path))
    try:
        with urllib.request.urlopen(address, timeout=60) as answer, open(path, "wb") as file:
            while block := answer.read(1 << 20):
                digest.update(block)
                file.write(block)
            changed = answer.headers.get("Last-Modified")
    except (OSError, ValueError, http.client.HTTPException) as error:
        sys.exit(f"{address} cannot be fetched: {error}")
    os.chmod(path, 0o600)
    time = email.utils.parsedate_to_datetime(changed).timestamp() if changed else 0
    os.utime(path, (time, time))
    if wanted and digest.hexdigest() != wanted.lower():
        sys.exit(f"{address} has another checksum: {algorithm}:{digest.hexdigest()}")
    """
}

extension ImageBuild {
  /// The disk that has a download; fetched where no earlier build has.
  ///
  /// A machine fetches it, never the host: a build reaches what sandboxes reach.
  func layers(of download: Download) async throws -> [String] {
    let key = download.diskKey
    if cache == .normal, let row = try await context.store.buildStep(key: key),
      context.layers.contains(row.layers)
    {
      return row.layers
    }
    journal.append("Fetching \(download.address)\n")
    let base = try await context.bases.layers(of: context.toolBase) { _ in }
    let layers = try await withMachine(on: base) { machine in
      let execution = StepExecution(
        heading: "ADD \(download.address)", machine: machine, context: context, journal: journal)
      try await execution.run { execution in
        let path = "/\(Download.directory)/\(download.name)"
        var command = MachineCommand(
          arguments: [
            "/usr/bin/python3", "-c", Download.program, download.address, path,
            download.checksum ?? "",
          ])
        command.environment = ["PATH=/usr/bin:/bin"]
        try await execution.succeed(command)
      }
      return base + [try context.layers.adopt(try await machine.snapshotDisk())]
    }
    try await remember(
      BuildStepRow(
        key: key, parent: "", text: download.address, inputs: [], layers: layers,
        createdAt: context.now()))
    return layers
  }
}
