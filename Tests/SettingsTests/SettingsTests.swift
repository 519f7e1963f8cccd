import Errors
import Foundation
import Settings
import Testing

@Suite struct SettingsTests {
  let defaults = Settings.Defaults(dataDirectory: "/srv/sandlot", guestCertificates: ["/ca.crt"])

  @Test func defaultsHoldWhereNothingIsSet() throws {
    let settings = try Settings(sources: [], defaults: defaults)
    #expect(settings.dataDirectory == "/srv/sandlot")
    #expect(settings.host == "127.0.0.1")
    #expect(settings.port == 4600)
    #expect(settings.engine == .auto)
    #expect(settings.guestCertificates == ["/ca.crt"])
    #expect(settings.tokens == nil)
    #expect(settings.memoryBudget == nil)
    #expect(settings.memoryOvercommit == 1)
    #expect(settings.cpuRate.description == "0.0000131")
    #expect(settings.memoryRate.description == "0.00000222")
  }

  @Test func anEarlierSourceWins() throws {
    let settings = try Settings(
      sources: [
        .options([.port: "1000"]),
        .environment(["SANDLOT_PORT": "2000", "SANDLOT_ENGINE": "tcg", "SANDLOT_HOME": "/h"]),
      ], defaults: defaults)
    #expect(settings.port == 1000)
    #expect(settings.engine == .tcg)
    #expect(settings.dataDirectory == "/h")
  }

  @Test(arguments: [
    ("SANDLOT_PORT", "x", "65535"), ("SANDLOT_PORT", "70000", "70000"),
    ("SANDLOT_ENGINE", "xen", "kvm"), ("SANDLOT_DATA_DIRECTORY", "here", "absolute"),
    ("SANDLOT_TOKEN_ID", "ak-1", "token_secret"), ("SANDLOT_MEMORY_BUDGET", "1", "128"),
    ("SANDLOT_MEMORY_OVERCOMMIT", "0.5", "1.0 to 100.0"),
    ("SANDLOT_MEMORY_OVERCOMMIT", "nan", "nan"), ("SANDLOT_MEMORY_OVERCOMMIT", "two", "two"),
    ("SANDLOT_CPU_RATE", "-0.1", "-0.1"), ("SANDLOT_CPU_RATE", "1e-5", "decimal"),
    ("SANDLOT_CPU_RATE", "0,1", "0.0000131"), ("SANDLOT_CPU_RATE", "nan", "nan"),
    ("SANDLOT_MEMORY_RATE", "cheap", "cheap"), ("SANDLOT_MEMORY_RATE", ".5", "decimal"),
    ("SANDLOT_MEMORY_RATE", "0.0000000000000000001", "18 digits"),
  ])
  func aBadValueIsRefusedByNameAndOrigin(name: String, value: String, says: String) {
    do {
      _ = try Settings(sources: [.environment([name: value])], defaults: defaults)
      Issue.record("\(name)=\(value) was accepted")
    } catch let error as SandlotError {
      #expect(error.code == .invalidArgument)
      #expect(error.message.contains(name))
      #expect(error.description.contains(says))
    } catch { Issue.record(error) }
  }

  @Test(arguments: [
    ("0", "0"), ("3", "3"), ("0.25", "0.25"), ("0.00000000000000001", "0.00000000000000001"),
    ("123456789.123456789", "123456789.123456789"),
  ])
  func aRateIsWhatItSays(text: String, value: String) throws {
    let source = try file("cpu_rate: \(text)\nmemory_rate: '\(text)'\n")
    let settings = try Settings(sources: [source], defaults: defaults)
    #expect(settings.cpuRate.description == value)
    #expect(settings.memoryRate.description == value)
  }

  @Test func aFileIsRead() throws {
    let source = try file("# mine\nport: 4700\nguest_certificates:\n  - /a.crt\n  - /b.crt\n")
    let settings = try Settings(sources: [source], defaults: defaults)
    #expect(settings.port == 4700)
    #expect(settings.guestCertificates == ["/a.crt", "/b.crt"])
  }

  @Test func memoryIsSetInMebibytesAndAFactor() throws {
    let source = try file("memory_budget: 8192\nmemory_overcommit: 1.5\n")
    let settings = try Settings(sources: [source], defaults: defaults)
    #expect(settings.memoryBudget == 8192)
    #expect(settings.memoryOvercommit == 1.5)
  }

  @Test(arguments: ["prot: 1", "- a", "port: [", "port: {a: b}"])
  func aWrongFileIsRefused(text: String) {
    #expect(throws: SandlotError.self) { try file(text) }
  }

  @Test func anEmptyFileSetsNothing() throws {
    #expect(try file("").values.isEmpty)
    #expect(try file("# nothing\n").values.isEmpty)
  }

  @Test func aMissingFileIsNamed() {
    let error = #expect(throws: SandlotError.self) { try SettingSource.file("/nowhere.yaml") }
    #expect(error?.message.contains("/nowhere.yaml") == true)
  }

  @Test func variablesThatLookLikeSettingsAndAreNoneAreFound() {
    let variables = [
      "SANDLOT_PROT": "1", "SANDLOT_PORT": "2", "SANDLOT_HOME": "/h", "SANDLOT_CONFIG": "/c",
      "SANDLOT_TEST_HOME": "/t", "SANDLOT_": "", "HOME": "/", "MODAL_SANDLOT_X": "",
    ]
    #expect(SettingSource.strangers(in: variables) == ["SANDLOT_", "SANDLOT_PROT"])
  }

  private func file(_ text: String) throws -> SettingSource {
    let path = NSTemporaryDirectory() + "sandlot-settings-\(UUID().uuidString).yaml"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return try SettingSource.file(path)
  }
}
