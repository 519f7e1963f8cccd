import GRDB

/// The tables, in the order in which they came. A migration that has been released never changes;
/// what comes later gets one of its own.
enum Migrations {
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("apps", migrate: makeApps)
    migrator.registerMigration("images", migrate: makeImages)
    migrator.registerMigration("sandboxes", migrate: makeSandboxes)
    migrator.registerMigration("usage", migrate: makeUsage)
    migrator.registerMigration("traces") { database in
      try database.alter(table: "sandboxes") { $0.add(column: "trace", .jsonText) }
    }
    migrator.registerMigration("environments", migrate: makeEnvironments)
    migrator.registerMigration("secrets", migrate: makeSecrets)
    migrator.registerMigration("mounts", migrate: makeMounts)
    migrator.registerMigration("bases", migrate: makeBases)
    migrator.registerMigration("build history", migrate: makeBuildHistory)
    migrator.registerMigration("image names", migrate: makeImageNames)
    migrator.registerMigration("use of bases") { database in
      try database.alter(table: "baseDisks") { table in
        table.add(column: "lastUsedAt", .datetime).notNull().defaults(to: "1970-01-01 00:00:00.000")
      }
      try database.execute(sql: "UPDATE baseDisks SET lastUsedAt = createdAt")
    }
    migrator.registerMigration("snapshots") { database in
      try database.alter(table: "images") { table in
        table.add(column: "snapshotOf", .text)
        table.add(column: "expiresAt", .datetime)
      }
    }
    return migrator
  }

  @Sendable private static func makeApps(_ database: Database) throws {
    try database.create(table: "apps") { table in
      table.primaryKey("id", .text)
      table.column("name", .text)
      table.column("environment", .text).notNull()
      table.column("description", .text).notNull()
      table.column("state", .text).notNull()
      table.column("createdAt", .datetime).notNull()
    }
    // A stopped app gives its name free.
    try database.create(
      index: "appsByName", on: "apps", columns: ["environment", "name"], options: .unique,
      condition: Column("state") != "stopped")
  }

  @Sendable private static func makeImages(_ database: Database) throws {
    try database.create(table: "images") { table in
      table.primaryKey("id", .text)
      table.column("key", .text).notNull().indexed()
      table.column("state", .text).notNull()
      table.column("parent", .text)
      table.column("layers", .jsonText).notNull()
      table.column("config", .jsonText).notNull()
      table.column("warnings", .jsonText).notNull()
      table.column("failure", .text)
      table.column("createdAt", .datetime).notNull()
    }
    try database.create(table: "buildSteps") { table in
      table.primaryKey("key", .text)
      table.column("layers", .jsonText).notNull()
      table.column("createdAt", .datetime).notNull()
    }
  }

  @Sendable private static func makeSandboxes(_ database: Database) throws {
    try database.create(table: "sandboxes") { table in
      table.primaryKey("id", .text)
      table.column("taskID", .text).notNull().unique()
      table.column("appID", .text).notNull()
      table.column("name", .text)
      table.column("state", .text).notNull()
      table.column("specification", .jsonText).notNull()
      table.column("tags", .jsonText).notNull()
      table.column("createdAt", .datetime).notNull()
      table.column("startedAt", .datetime)
      table.column("finishedAt", .datetime)
      table.column("result", .jsonText)
      table.column("idempotencyKey", .text).unique()
    }
    try database.create(
      index: "sandboxesByTime", on: "sandboxes", columns: ["appID", "createdAt"])
    try database.create(index: "sandboxesByState", on: "sandboxes", columns: ["state"])
  }

  @Sendable private static func makeUsage(_ database: Database) throws {
    try database.create(table: "usage") { table in
      table.column("sandboxID", .text).notNull()
      table.column("time", .double).notNull()
      table.column("seconds", .double).notNull()
      table.column("coreSeconds", .double).notNull()
      table.column("billedCoreSeconds", .double).notNull()
      table.column("billedGiBSeconds", .double).notNull()
      table.column("memoryBytes", .integer)
    }
    try database.create(index: "usageByTime", on: "usage", columns: ["sandboxID", "time"])
    try database.create(table: "usageTotals") { table in
      table.primaryKey("sandboxID", .text)
      table.column("seconds", .double).notNull()
      table.column("coreSeconds", .double).notNull()
      table.column("billedCoreSeconds", .double).notNull()
      table.column("billedGiBSeconds", .double).notNull()
    }
  }

  @Sendable private static func makeEnvironments(_ database: Database) throws {
    try database.create(table: "environments") { table in
      table.primaryKey("id", .text)
      table.column("name", .text).notNull().unique()
      table.column("isDefault", .boolean).notNull()
      table.column("webSuffix", .text).notNull()
      table.column("createdAt", .datetime).notNull()
    }
    try database.execute(
      sql: """
        INSERT INTO environments
        VALUES ('en-0000000000000000000000', 'main', 1, '', strftime('%Y-%m-%d %H:%M:%f', 'now'))
        """)
    try database.alter(table: "apps") { $0.add(column: "stoppedAt", .datetime) }
  }

  @Sendable private static func makeSecrets(_ database: Database) throws {
    try database.create(table: "secrets") { table in
      table.primaryKey("id", .text)
      table.column("name", .text)
      table.column("environment", .text).notNull()
        .references("environments", column: "name", onDelete: .cascade, onUpdate: .cascade)
      table.column("appID", .text)
      table.column("keys", .jsonText).notNull()
      table.column("sealed", .blob).notNull()
      table.column("createdAt", .double).notNull()
      table.column("lastUsedAt", .double)
      table.uniqueKey(["environment", "name"])
    }
    // Sandboxes' variables were kept in the clear once; they are not kept any more.
    try database.execute(
      sql: "UPDATE sandboxes SET specification = json_remove(specification, '$.environment')")
  }

  @Sendable private static func makeMounts(_ database: Database) throws {
    try database.create(table: "mounts") { table in
      table.primaryKey("id", .text)
      table.column("name", .text)
      table.column("environment", .text).notNull()
      table.column("digest", .text).notNull()
      table.column("appID", .text)
      table.column("createdAt", .double).notNull()
      table.column("lastUsedAt", .double).notNull()
      table.uniqueKey(["environment", "name"])
    }
    try database.execute(
      sql: """
        UPDATE sandboxes SET specification = json_set(specification, '$.mountIDs', json('[]'))
        """)
  }

  @Sendable private static func makeBases(_ database: Database) throws {
    try database.create(table: "baseImages") { table in
      table.primaryKey("id", .text)
      table.column("reference", .text).notNull()
      table.column("source", .text).notNull()
      table.column("config", .jsonText).notNull()
      table.column("layers", .jsonText).notNull()
      table.column("warnings", .jsonText).notNull()
      table.column("createdAt", .datetime).notNull()
    }
    try database.create(table: "baseNames") { table in
      table.column("name", .text).notNull()
      table.column("kind", .text).notNull()
      table.column("target", .text).notNull()
      table.column("createdAt", .datetime).notNull()
      table.primaryKey(["name", "kind"])
    }
    try database.create(table: "baseDisks") { table in
      table.primaryKey("key", .text)
      table.column("layer", .text).notNull()
      table.column("createdAt", .datetime).notNull()
    }
  }

  /// What images and the disks of build steps are explained and removed by. Steps that are there
  /// have keys that are computed no more.
  @Sendable private static func makeBuildHistory(_ database: Database) throws {
    try database.alter(table: "images") { table in
      table.add(column: "steps", .jsonText).notNull().defaults(to: "[]")
      table.add(column: "lastUsedAt", .datetime).notNull().defaults(to: "1970-01-01 00:00:00.000")
    }
    try database.execute(sql: "UPDATE images SET lastUsedAt = createdAt")
    try database.drop(table: "buildSteps")
    try database.create(table: "buildSteps") { table in
      table.primaryKey("key", .text)
      table.column("parent", .text).notNull().indexed()
      table.column("text", .text).notNull().indexed()
      table.column("inputs", .jsonText).notNull()
      table.column("layers", .jsonText).notNull()
      table.column("createdAt", .datetime).notNull()
      table.column("lastUsedAt", .datetime).notNull()
    }
  }

  @Sendable private static func makeImageNames(_ database: Database) throws {
    try database.create(table: "imageNames") { table in
      table.column("environment", .text).notNull()
        .references("environments", column: "name", onDelete: .cascade, onUpdate: .cascade)
      table.column("name", .text).notNull()
      table.column("imageID", .text).notNull().indexed()
      table.column("createdAt", .datetime).notNull()
      table.column("updatedAt", .datetime).notNull()
      table.column("revision", .text).notNull()
      table.column("publishedBy", .text).notNull()
      table.primaryKey(["environment", "name"])
    }
    try database.create(table: "imageRevisions") { table in
      table.autoIncrementedPrimaryKey("number")
      table.column("environment", .text).notNull()
        .references("environments", column: "name", onDelete: .cascade, onUpdate: .cascade)
      table.column("name", .text).notNull()
      table.column("imageID", .text).notNull()
      table.column("revision", .text).notNull()
      table.column("publishedAt", .datetime).notNull()
      table.column("publishedBy", .text).notNull()
    }
    try database.create(
      index: "imageRevisionsByName", on: "imageRevisions",
      columns: ["environment", "name", "number"])
  }
}
