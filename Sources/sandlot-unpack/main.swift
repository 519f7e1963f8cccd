import Foundation
import Glibc
import Unpack
import UnpackRequest

// Unpacks image layers into a disk. The server starts it, in a name space of mounts of its own; it
// is no command for people.

/// Opens everything on the host first, then unpacks inside the disk.
func run(_ request: UnpackRequest, _ unpacker: inout Unpacker) throws(UnpackResult.Failure) {
  var blobs: [(descriptor: Int32, layer: UnpackRequest.Layer)] = []
  for layer in request.layers {
    let descriptor = open(layer.blob, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw UnpackResult.Failure(
        .host, "cannot open \(layer.blob): \(String(cString: strerror(errno)))")
    }
    blobs.append((descriptor, layer))
  }
  let disk = try MountedDisk(request)
  try disk.enter()
  for (index, blob) in blobs.enumerated() {
    print("layer \(index + 1) of \(blobs.count)")
    fflush(nil)
    let label = "layer \(blob.layer.blob.split(separator: "/").last ?? "")"
    try unpacker.unpack(blob.descriptor, diffID: blob.layer.diffID, label: label)
  }
  try disk.close()
}

// libarchive keeps names in the locale's encoding; in this one UTF-8 stays as it is.
setlocale(LC_ALL, "C.UTF-8")
umask(0o022)
guard
  let request = try? JSONDecoder().decode(
    UnpackRequest.self, from: FileHandle.standardInput.readDataToEndOfFile())
else {
  FileHandle.standardError.write(Data("sandlot-unpack is started by the server alone.\n".utf8))
  exit(64)
}
var unpacker = Unpacker(
  maximumEntries: request.maximumEntries, maximumBytes: request.maximumBytes)
var result: UnpackResult
do {
  try run(request, &unpacker)
  result = unpacker.result
} catch {
  result = unpacker.result
  result.failure = error
}
if let data = try? JSONEncoder().encode(result) {
  print(String(decoding: data, as: UTF8.self))
  fflush(nil)
}
exit(0)
