import Errors
import Foundation
import Store
import Testing

@Suite struct StoreTests {
  private func withDirectory(_ body: (URL) async throws -> Void) async throws {
    let directory = FileManager.default.temporaryDirectory
      .appendingPathComponent("sandlot-store-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    try await body(directory)
  }

  @Test func rowsOutliveTheProcess() async throws {
    try await withDirectory { directory in
      let path = directory.appendingPathComponent("s.sqlite").path
      let row = ImageRow(id: "im-1", key: "k", state: .built, createdAt: .distantPast)
      try await Store(path: path).save(row)
      #expect(try await Store(path: path).image(id: "im-1")?.key == "k")
    }
  }

  @Test func aCancelledTaskCanWriteHowItEnded() async throws {
    let store = try Store()
    let row = ImageRow(id: "im-1", key: "k", state: .failed, createdAt: .distantPast)
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      try await store.save(row)
    }
    try await task.value
    #expect(try await store.image(id: "im-1") == row)
  }

  @Test func aFileThatIsNoDatabaseIsNamed() async throws {
    try await withDirectory { directory in
      let file = directory.appendingPathComponent("s.sqlite")
      try Data(repeating: 7, count: 8192).write(to: file)
      let error = #expect(throws: SandlotError.self) { try Store(path: file.path) }
      #expect(error?.code == .failedPrecondition)
      #expect(error?.message.contains(file.path) == true)
    }
  }

  @Test func aMissingDirectoryIsNamed() throws {
    let error = #expect(throws: SandlotError.self) { try Store(path: "/nowhere/at/all.sqlite") }
    #expect(error?.message.contains("/nowhere/at/all.sqlite") == true)
  }
}
