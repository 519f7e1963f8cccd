import Errors
import Store

extension SandboxInfo {
  /// What the store knows of a sandbox.
  init(_ row: SandboxRow) throws(SandlotError) {
    id = row.id
    taskID = row.taskID
    appID = row.appID
    name = row.name
    tags = try JSONText.decode([String: String].self, from: row.tags)
    createdAt = row.createdAt
    startedAt = row.startedAt
    finishedAt = row.finishedAt
    result = try row.result.map { text throws(SandlotError) in
      try JSONText.decode(SandboxResult.self, from: text)
    }
    specification = try JSONText.decode(SandboxSpecification.self, from: row.specification)
  }
}
