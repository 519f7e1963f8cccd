import API
import Edge
import Errors
import ModalProtocol
import Sandboxes
import Secrets
import Store
import Testing
import Tokens

@Suite struct EnvironmentSourcesTests {
  @Test func theSDKsSourcesAreAll() {
    // Python repeats the ids of its sources in the definition.
    let request = Modal_Client_SandboxCreateV2Request.with {
      $0.definition.secretIds = ["st-1"]
      $0.definition.environmentVariables.contents = ["A": "definition"]
      $0.secretSources = [
        .with { $0.env.contents = ["A": "first"] }, .with { $0.secretID = "st-1" },
        .with { $0.env.contents = ["A": "last"] },
      ]
    }
    #expect(
      request.environmentSources == [
        .variables(["A": "definition"]), .variables([:]), .variables(["A": "first"]),
        .secret("st-1"), .variables(["A": "last"]),
      ])
  }

  @Test func idsCountWhereThereAreNoSources() {
    let request = Modal_Client_SandboxCreateV2Request.with {
      $0.definition.secretIds = ["st-1", "st-2"]
      $0.ephemeralSecrets.contents = ["A": "own"]
    }
    #expect(
      request.environmentSources == [
        .variables([:]), .secret("st-1"), .secret("st-2"), .variables(["A": "own"]),
      ])
  }

  @Test func variablesComeInTheOrderInWhichTheyWin() async throws {
    let secrets = Secrets(store: try Store(), key: .generate())
    let id = try await secrets.create(
      name: "s", environment: "main", variables: ["B": "secret", "A": "secret"]
    ).id
    let variables = try await secrets.environment([
      .variables(["A": "before"]), .secret(id), .variables(["A": "after"]),
    ])
    #expect(
      variables.map { "\($0.name)=\($0.value)" }
        == ["A=before", "A=secret", "B=secret", "A=after"])
  }

  @Test func anUnknownSecretIsNamed() async throws {
    let secrets = Secrets(store: try Store(), key: .generate())
    let error = await #expect(throws: SandlotError.self) {
      try await secrets.environment([.secret("st-9")])
    }
    #expect(error?.code == .notFound && error?.message.contains("st-9") == true)
  }
}
