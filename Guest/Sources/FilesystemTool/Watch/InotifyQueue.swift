import CLinux
import Glibc

/// One record of the kernel's inotify queue.
struct InotifyEvent {
  /// The number of the watch; -1 for the queue itself.
  let watch: Int32
  /// `IN_…` bits.
  let mask: Int32
  /// The same for the two halves of one renaming.
  let cookie: UInt32
  /// The name in the watched directory; empty when the directory itself is meant.
  let name: [UInt8]

  /// Whether one of the bits is set.
  func has(_ bits: Int32) -> Bool { mask & bits != 0 }

  /// Whether it is about a directory.
  var isDirectory: Bool { has(IN_ISDIR) }
}

/// The kernel's queue of file events.
struct InotifyQueue: ~Copyable {
  private let descriptor: Descriptor

  /// Makes an empty queue.
  init() throws(FilesystemError) {
    do throws(FilesystemError) {
      descriptor = Descriptor(
        adopting: try SystemCall.perform("inotify_init1") {
          inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
        })
    } catch {
      guard error.code == EMFILE else { throw error }
      throw Self.limitReached("watches of this user", "max_user_instances", error)
    }
  }

  /// For `poll`.
  var number: Int32 { descriptor.number }

  /// Watches the directory at `path`; the number is the same if it is watched already.
  func add(_ path: [UInt8], mask: Int32) throws(FilesystemError) -> Int32 {
    do throws(FilesystemError) {
      return try SystemCall.perform("inotify_add_watch(\(SystemCall.describe(path)))") {
        SystemCall.withPath(path) {
          inotify_add_watch(descriptor.number, $0, UInt32(bitPattern: mask))
        }
      }
    } catch {
      guard error.code == ENOSPC else { throw error }
      throw Self.limitReached("watched directories", "max_user_watches", error)
    }
  }

  /// Stops a watch; one that has ended already is no error.
  func remove(_ watch: Int32) {
    _ = inotify_rm_watch(descriptor.number, watch)
  }

  /// What is in the queue now, up to a buffer full; nothing if it is empty.
  func read() throws(FilesystemError) -> [InotifyEvent] {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
    defer { buffer.deallocate() }
    let count = try ByteStream.read(from: descriptor.number, into: buffer, whenEmpty: .stop)
    let header = MemoryLayout<inotify_event>.size
    var events: [InotifyEvent] = []
    var offset = 0
    while offset + header <= count {
      let event = buffer.loadUnaligned(fromByteOffset: offset, as: inotify_event.self)
      let name = buffer[(offset + header)..<(offset + header + Int(event.len))]
      events.append(
        InotifyEvent(
          watch: event.wd, mask: Int32(bitPattern: event.mask), cookie: event.cookie,
          name: Array(name.prefix { $0 != 0 })))
      offset += header + Int(event.len)
    }
    return events
  }

  private static func limitReached(
    _ what: String, _ setting: String, _ cause: FilesystemError
  ) -> FilesystemError {
    FilesystemError(
      .io, "Too many \(what): the kernel's limit fs.inotify.\(setting) is reached",
      detail: cause.detail, code: cause.code)
  }
}
