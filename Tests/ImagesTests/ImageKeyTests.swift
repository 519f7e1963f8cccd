import Dockerfile
import Images
import Testing

@Suite struct ImageKeyTests {
  private let base = ImageConfig(env: [EnvironmentVariable(name: "PATH", value: "/bin")])

  private func steps(_ lines: String...) throws -> [BuildStep] {
    let file = try Dockerfile(lines: ["FROM base"] + lines)
    return try file.plan(try #require(try file.stages().last), base: base).steps
  }

  private func key(
    _ steps: [BuildStep], base identity: String = "b", config: ImageConfig? = nil,
    secrets: [String] = [], version: String = "2025.06"
  ) throws -> String {
    try ImageKey.image(
      base: identity, config: config ?? base, steps: steps, secretNames: secrets,
      builderVersion: version)
  }

  /// The keys are in people's databases: this value changes only together with the keys' version.
  @Test func theKeyIsTheSameInEveryProcess() throws {
    let steps = try steps("RUN true", "ENV A=b", "WORKDIR /w")
    let image = try key(steps, secrets: ["S"])
    #expect(image == "6e5af77260193b5b02e8768eaada07691d904a3ef8b287900b6e305e605950f9")
    let disk = ImageKey.disks(base: "b", steps: steps, secretNames: ["S"]).last
    #expect(disk == "6cc67c91c0cd7584645e4c4521ae3bd951b7eb7a84e287e239c04c39210e3654")
  }

  @Test func everythingThatMattersChangesTheKey() throws {
    let one = try key(steps("RUN true"))
    #expect(try key(steps("RUN true")) == one)
    let other = [
      try key(steps("RUN false")), try key(steps("RUN true", "RUN true")),
      try key(steps("RUN true"), base: "c"), try key(steps("RUN true"), config: .scratch),
      try key(steps("RUN true"), secrets: ["S"]), try key(steps("RUN true"), version: "2026.10"),
      try key(steps("RUN true", "CMD [\"a\"]")), try key([]),
    ]
    #expect(Set(other + [one]).count == other.count + 1)
  }

  @Test func theOrderOfSecretsDoesNotMatter() throws {
    let steps = try steps("RUN true")
    #expect(try key(steps, secrets: ["A", "B"]) == key(steps, secrets: ["B", "A"]))
  }

  @Test func aDiskKeyDependsOnWhatCameBefore() throws {
    let one = ImageKey.disks(
      base: "b", steps: try steps("RUN 1", "LABEL a=b", "RUN 2"), secretNames: [])
    #expect(one[0] == one[1])
    let lastChanged = ImageKey.disks(
      base: "b", steps: try steps("RUN 1", "RUN 3"), secretNames: [])
    #expect(lastChanged[0] == one[0])
    #expect(lastChanged[1] != one[2])
    let firstChanged = ImageKey.disks(
      base: "b", steps: try steps("RUN 0", "RUN 2"), secretNames: [])
    #expect(firstChanged[1] != one[2])
  }

  @Test func labelsDoNotChangeTheDisk() throws {
    let plain = ImageKey.disks(base: "b", steps: try steps("RUN 1"), secretNames: [])
    let labelled = ImageKey.disks(
      base: "b", steps: try steps("LABEL a=b", "RUN 1"), secretNames: [])
    #expect(plain.last == labelled.last)
  }
}
