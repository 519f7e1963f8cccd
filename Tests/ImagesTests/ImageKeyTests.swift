import Dockerfile
import Images
import Testing

@Suite struct ImageKeyTests {
  private let base = ImageConfig(env: [EnvironmentVariable(name: "PATH", value: "/bin")])

  /// The keys of the disks after some steps, as a build plan has them.
  private func disks(
    _ lines: String..., base identity: String = "b", secrets: [String] = [], files: String = "f"
  ) throws -> [String] {
    let file = try Dockerfile(lines: ["FROM base"] + lines)
    let steps = try file.plan(try #require(try file.stages().last), base: base).steps
    var key = ImageKey.disk(of: identity)
    return steps.map { step in
      switch step.action {
      case .configure: break
      case .makeDirectory: key = ImageKey.disk(after: key, StepInputs(step))
      case .run(let command):
        key = ImageKey.disk(after: key, StepInputs(command, secretNames: secrets))
      case .copy: key = ImageKey.disk(after: key, StepInputs(step, files: files))
      }
      return key
    }
  }

  /// The keys are in people's databases: these values change only together with the keys' version.
  @Test func theKeysAreTheSameInEveryProcess() throws {
    let disk = try #require(disks("RUN true", "ENV A=b", "WORKDIR /w", secrets: ["S"]).last)
    #expect(disk == "356ca5760329c7b56056be8f7d10d1d6d1750c5418932ec6715e2239351a3b14")
    let image = try ImageKey.image(disk: disk, config: base, builderVersion: "2025.06")
    #expect(image == "3fd771a05600fbf0302c5677623add13f74a16106e89120e105289d6fae0b58b")
  }

  @Test func everythingThatMattersChangesTheKeyOfADisk() throws {
    let others = [
      try disks("RUN true"), try disks("RUN false"), try disks("RUN true", "RUN true"),
      try disks("RUN true", base: "c"), try disks("RUN true", secrets: ["S"]),
      try disks("WORKDIR /w", "RUN true"), try disks("USER 1", "RUN true"),
      try disks("ENV A=b", "RUN true"), try disks("COPY a /", "RUN true"),
      try disks("COPY b /", "RUN true"), try disks("COPY a /", "RUN true", files: "g"),
    ].map(\.last)
    #expect(Set(others).count == others.count)
    #expect(try disks("RUN true") == disks("RUN true"))
  }

  @Test func everythingThatMattersChangesTheKeyOfAnImage() throws {
    let keys = [
      try ImageKey.image(disk: "a", config: base, builderVersion: "2025.06"),
      try ImageKey.image(disk: "b", config: base, builderVersion: "2025.06"),
      try ImageKey.image(disk: "a", config: .scratch, builderVersion: "2025.06"),
      try ImageKey.image(disk: "a", config: base, builderVersion: "2026.10"),
    ]
    #expect(Set(keys).count == keys.count)
  }

  @Test func theOrderOfSecretsDoesNotMatter() throws {
    #expect(
      try disks("RUN true", secrets: ["A", "B"]) == disks("RUN true", secrets: ["B", "A"]))
  }

  @Test func aDiskKeyDependsOnWhatCameBefore() throws {
    let one = try disks("RUN 1", "LABEL a=b", "RUN 2")
    #expect(one[0] == one[1])
    let lastChanged = try disks("RUN 1", "RUN 3")
    #expect(lastChanged[0] == one[0])
    #expect(lastChanged[1] != one[2])
    #expect(try disks("RUN 0", "RUN 2")[1] != one[2])
  }

  @Test func whatOnlyConfiguresLeavesTheDisk() throws {
    #expect(try disks("LABEL a=b", "EXPOSE 80", "CMD x", "RUN 1").last == disks("RUN 1").last)
  }
}
